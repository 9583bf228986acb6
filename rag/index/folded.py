"""Texts as they are compared, on disk: what a search looks through sentence by sentence, folded once."""

from array import array
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryDamaged
from rag.index.stored import StoredBytes
from rag.text.folding import fold

__all__ = ["FoldedTexts", "FoldedWriter"]

_TEXTS, _OFFSETS = "folded.txt", "folded.offsets.npy"


class FoldedTexts:
    """The context and the text of every paragraph, folded."""

    def __init__(self, folder: Path) -> None:
        """Open what a FoldedWriter wrote. Raises LibraryDamaged when it can't be read."""
        try:
            self._offsets: NDArray[np.int64] = np.asarray(np.load(folder / _OFFSETS, mmap_mode="r"))
            self._bytes = StoredBytes(folder / _TEXTS)
        except (OSError, ValueError) as error:
            raise LibraryDamaged(f"{folder / _TEXTS} can't be read ({error})") from error
        if not len(self._offsets) or self._offsets[-1] != len(self._bytes):
            raise LibraryDamaged(f"{folder / _TEXTS} and its offsets do not agree")

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> tuple[str, str]:
        """Give the context and the text of paragraph `number`."""
        whole = self._bytes.read(int(self._offsets[number]), int(self._offsets[number + 1])).decode()
        context, _, text = whole.partition("\0")
        return context, text


class FoldedWriter:
    """Writes texts; a context manager that shuts the file whatever happens."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = (folder / _TEXTS).open("wb")
        self._offsets = array("q", [0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def add(self, context: str, text: str) -> None:
        """Write the context and the text of a paragraph."""
        line = f"{fold(context)}\0{fold(text)}".encode()
        self._file.write(line)
        self._offsets.append(self._offsets[-1] + len(line))

    def finish(self) -> None:
        """Write the offsets."""
        self._file.flush()
        np.save(self._folder / _OFFSETS, np.array(self._offsets, dtype=np.int64))
