"""Files made in the test, and what they are read as."""

import gzip

import pytest

from shared.drops.profile_file import profile_file
from shared.drops.unreadable import UnreadableFile


@pytest.fixture
def read(tmp_path):
    """``read(content, name, …)``: the profile of a file of these bytes. The path says nothing of the format."""

    def _read(content, name="drop.csv", packed=False, **options):
        path = tmp_path / "drop"
        path.write_bytes(gzip.compress(content) if packed else content)
        return profile_file(path, name, "customers", None, **options)

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
