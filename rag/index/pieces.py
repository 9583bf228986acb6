"""The pieces of every paragraph, as the static model cuts it: what late interaction compares."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.embed.static import Pieces
from rag.errors import LibraryDamaged
from rag.index.stored import StoredArray

__all__ = ["PieceStore", "TextPieces", "write_pieces"]

_SMALL = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True)
class TextPieces:
    """The pieces of a paragraph behind those of its context: headline and section."""

    ids: Pieces = field(repr=False)
    context: int  # how many of them are context


class PieceStore:
    """Piece ids on disk, read for the paragraphs that a search looks at."""

    def __init__(self, folder: Path) -> None:
        """Open what `write_pieces` wrote. Raises LibraryDamaged when it can't be read."""
        try:
            self._flat = StoredArray(folder / "pieces.npy")
            self._offsets: NDArray[np.int64] = np.asarray(np.load(folder / "pieces.offsets.npy", mmap_mode="r"))
            self._context: NDArray[np.uint32] = np.asarray(np.load(folder / "pieces.context.npy", mmap_mode="r"))
        except (OSError, ValueError) as error:
            raise LibraryDamaged(f"{folder}/pieces.npy can't be read ({error})") from error
        if not len(self._offsets) or self._offsets[-1] != len(self._flat) or len(self._context) != len(self):
            raise LibraryDamaged(f"{folder}/pieces.npy and its offsets do not agree")

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> TextPieces:
        """Give the pieces of paragraph `number`."""
        ids = self._flat.read(int(self._offsets[number]), int(self._offsets[number + 1])).astype(np.uint32)
        return TextPieces(ids, int(self._context[number]))


def write_pieces(folder: Path, pieces: Sequence[TextPieces]) -> None:
    """Write piece ids, in two bytes each where the vocabulary allows."""
    flat = np.concatenate([*(p.ids for p in pieces), np.zeros(0, dtype=np.uint32)])
    small = not len(flat) or int(flat.max()) <= _SMALL
    np.save(folder / "pieces.npy", flat.astype(np.uint16 if small else np.uint32))
    np.save(folder / "pieces.offsets.npy", np.cumsum([0, *(len(p.ids) for p in pieces)], dtype=np.int64))
    np.save(folder / "pieces.context.npy", np.array([p.context for p in pieces], dtype=np.uint32))
