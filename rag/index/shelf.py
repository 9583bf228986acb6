"""Rows of JSON on disk, read one at a time: by number, or by the id that each has."""

import hashlib
import json
import zlib
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryDamaged
from rag.index.stored import StoredBytes

__all__ = ["Shelf", "ShelfWriter"]


class Shelf:
    """A file of JSON lines with the offsets and checksums (CRC-32) of its lines and a sorted table of hashed ids.

    Nothing but three small tables is held in memory: the rows stay on disk until they are asked for.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Open what a ShelfWriter wrote. Raises LibraryDamaged when it can't be read."""
        self._path = folder / f"{name}.jsonl"
        try:
            self._offsets: NDArray[np.int64] = np.asarray(np.load(folder / f"{name}.offsets.npy", mmap_mode="r"))
            self._sums: NDArray[np.uint32] = np.asarray(np.load(folder / f"{name}.sums.npy", mmap_mode="r"))
            self._hashes: NDArray[np.uint64] = np.asarray(np.load(folder / f"{name}.ids.npy", mmap_mode="r"))
            self._text = StoredBytes(self._path)
            whole = int(self._offsets[-1])
        except (OSError, ValueError, IndexError) as error:
            raise LibraryDamaged(f"{self._path} can't be read ({error})") from error
        if len(self._text) != whole or self._hashes.shape != (2, len(self)) or len(self._sums) != len(self):
            raise LibraryDamaged(f"{self._path} and its tables do not agree")

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> dict[str, Any]:
        """Give row `number`, counted from 0. Raises LibraryDamaged when it is not what was written."""
        try:
            line = self._text.read(int(self._offsets[number]), int(self._offsets[number + 1]))
            if zlib.crc32(line) != self._sums[number]:
                raise ValueError("its checksum is another")
            row = json.loads(line)
            if not isinstance(row, dict):
                raise TypeError(f"a {type(row).__name__}")
        except (ValueError, TypeError) as error:
            raise LibraryDamaged(f"{self._path} line {number + 1} can't be read ({error})") from error
        return row

    def number_of(self, row_id: str) -> int | None:
        """Find the row with this `id`."""
        hashes, numbers = self._hashes
        key = np.uint64(_hash(row_id))
        at = int(np.searchsorted(hashes, key))
        while at < len(hashes) and hashes[at] == key:
            if self[int(numbers[at])]["id"] == row_id:
                return int(numbers[at])
            at += 1
        return None


class ShelfWriter:
    """Writes rows, each with its `id`; a context manager that shuts the file whatever happens."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._file = (folder / f"{name}.jsonl").open("wb")
        self._offsets = array("q", [0])
        self._sums = array("I")
        self._hashes = array("Q")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def add(self, row: Mapping[str, Any]) -> None:
        """Write a row."""
        line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
        self._file.write(line)
        self._offsets.append(self._offsets[-1] + len(line))
        self._sums.append(zlib.crc32(line))
        self._hashes.append(_hash(str(row["id"])))

    def finish(self) -> None:
        """Write the tables."""
        self._file.flush()
        np.save(self._folder / f"{self._name}.sums.npy", np.array(self._sums, dtype=np.uint32))
        np.save(self._folder / f"{self._name}.offsets.npy", np.array(self._offsets, dtype=np.int64))
        keys = np.array(self._hashes, dtype=np.uint64)
        order = np.argsort(keys, kind="stable").astype(np.uint64)
        np.save(self._folder / f"{self._name}.ids.npy", np.stack([keys[order], order]))


def _hash(row_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(row_id.encode(), digest_size=8).digest(), "little")
