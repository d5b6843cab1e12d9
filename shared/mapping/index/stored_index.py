"""An index as it lies in its blob: arrays in a zip (NumPy's .npz), nothing that could run when it is read.

It belongs to one version of the catalogue and to one way of reading names; with any other it is not used.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from shared.mapping.index.catalogue_index import CatalogueIndex
from shared.mapping.stored_catalogue import StoredCatalogue
from shared.mapping.word_index import Rows, WordIndex

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA_TYPE: Final = "application/zip"
FORMAT: Final = 1
_READING: Final = (
    "words.py",
    "abbreviations.py",
    "languages.py",
    "data/languages.txt",
    "keys.py",
    "index/segments.py",
    "signals/meanings.npz",
)
"""What decides which words a name has."""

Bytes = npt.NDArray[np.uint8]


@cache
def reading() -> str:
    """Changes when names are read in another way: an index made before is then made anew."""
    folder = Path(__file__).parents[1]
    parts = [(folder / name).read_bytes() for name in _READING if (folder / name).exists()]
    return hashlib.sha256(b"".join([str(FORMAT).encode(), *parts])).hexdigest()[:16]


def pack(index: CatalogueIndex, version: str) -> bytes:
    """``version`` of the catalogue it was made from."""
    about = json.dumps({"catalogue": version, "reading": reading()})
    arrays: dict[str, npt.NDArray[np.generic]] = {"about": _bytes(about)}
    for name, words in (("names", index.names), ("texts", index.texts)):
        arrays[f"{name}Table"] = _bytes("\n".join(words.table))
        arrays[f"{name}Lengths"] = np.diff(words.rows.starts)
        arrays[f"{name}Words"] = words.rows.words
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return file.getvalue()


def load(content: bytes, stored: StoredCatalogue) -> CatalogueIndex | None:
    """The index, None where it is damaged, of another version, or made by another way of reading names."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            about = json.loads(_text(arrays["about"]))
            if about != {"catalogue": stored.version, "reading": reading()}:
                return None
            keys = sum(head.key_count for head in stored.heads)
            names, texts = (_words(arrays, name, keys) for name in ("names", "texts"))
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    return CatalogueIndex(stored.heads, stored.vocabulary, names, texts)


def _words(arrays: Mapping[str, npt.NDArray[np.generic]], name: str, keys: int) -> WordIndex:
    """Raises ValueError where the parts do not belong together."""
    text = _text(arrays[f"{name}Table"])
    table = text.split("\n") if text else []
    lengths, words = arrays[f"{name}Lengths"].astype(np.int32), arrays[f"{name}Words"].astype(np.int32)
    if len(lengths) != keys or (lengths < 0).any() or int(lengths.sum()) != len(words):
        raise ValueError("rows and words differ")
    if len(words) and not 0 <= int(words.min()) <= int(words.max()) < len(table):
        raise ValueError("no such word")
    starts = np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])
    return WordIndex.read(table, Rows(starts, words))


def _bytes(text: str) -> Bytes:
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)


def _text(array: npt.NDArray[np.generic]) -> str:
    return array.astype(np.uint8).tobytes().decode("utf-8", "surrogatepass")
