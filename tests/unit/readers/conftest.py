"""Files made in the test, and what they are read as."""

import gzip
import io

import pytest

from shared.drops.profile_file import profile_file
from shared.drops.unreadable import UnreadableFile


@pytest.fixture
def read():
    """``read(content, name, …)``: the profile of a file of these bytes."""

    def _read(content, name="drop.csv", packed=False, **options):
        content = gzip.compress(content) if packed else content
        return profile_file(io.BytesIO(content), len(content), name, "customers", None, **options)

    return _read


@pytest.fixture
def cause(read):
    """``cause(content, name, …)``: (code, sentence) of why the file cannot be read."""

    def _cause(content, name="drop.csv", **options):
        with pytest.raises(UnreadableFile) as raised:
            read(content, name, **options)
        assert raised.value.detail.endswith(".")
        return raised.value.code, raised.value.detail

    return _cause


@pytest.fixture
def columns():
    """``columns(profile)``: (name, samples, empty cells) of each column."""
    return lambda found: [(field.name, list(field.samples), field.counts.empty) for field in found.profile.fields]


@pytest.fixture
def codes():
    """``codes(profile)``: the codes of what was odd."""
    return lambda found: [note.code for note in found.warnings]
