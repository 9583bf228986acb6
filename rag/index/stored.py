"""Files read piece by piece: unlike those of a mapping, their pages do not stay in the memory of the process."""

import os
import threading
import weakref
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["StoredArray", "StoredBytes"]


class StoredBytes:
    """The bytes of a file; one that is dropped from its folder can still be read."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises OSError."""
        self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        weakref.finalize(self, os.close, self._file)
        self._size = os.fstat(self._file).st_size
        self._lock = threading.Lock()  # place and read are two calls: os.pread is not everywhere

    def __len__(self) -> int:
        return self._size

    def read(self, start: int, end: int) -> bytes:
        """Give the bytes `[start, end)`. Raises ValueError where the file ends before."""
        with self._lock:
            os.lseek(self._file, start, os.SEEK_SET)
            found = os.read(self._file, end - start)
        if len(found) != end - start:
            raise ValueError(f"{len(found)} bytes at {start}, expected {end - start}")
        return found


class StoredArray:
    """A one-dimensional array that `numpy.save` wrote."""

    def __init__(self, path: Path) -> None:
        """Read the header. Raises OSError or ValueError."""
        with path.open("rb") as file:
            major, _ = np.lib.format.read_magic(file)
            header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
            shape, _, self._kind = header(file)
            self._first = file.tell()
        self._bytes = StoredBytes(path)
        if len(shape) != 1 or len(self._bytes) != self._first + shape[0] * self._kind.itemsize:
            raise ValueError(f"{len(self._bytes)} bytes for an array of shape {shape}")
        self._length = int(shape[0])

    def __len__(self) -> int:
        return self._length

    def read(self, start: int, end: int) -> NDArray[Any]:
        """Give the items `[start, end)`."""
        size = self._kind.itemsize
        return np.frombuffer(self._bytes.read(self._first + start * size, self._first + end * size), self._kind)
