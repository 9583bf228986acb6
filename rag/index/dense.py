"""Search by vector: the joint, and FAISS behind it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryDamaged

__all__ = ["DenseIndex", "FaissIndex"]

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]


class DenseIndex(Protocol):
    """Keeps unit rows under integer ids and finds those nearest to a question."""

    def __len__(self) -> int:
        """Count the rows."""

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add rows: ids (n,), vectors (n, d)."""

    def remove(self, ids: Ids) -> None:
        """Forget rows; ids that are not there do nothing."""

    def search(self, queries: Vectors, k: int) -> tuple[Vectors, Ids]:
        """Give cosines and ids, both (q, k), best first; id −1 where there are fewer than k."""

    def vectors(self, ids: Sequence[int] | Ids) -> Vectors:
        """Give back rows (n, d). Raises KeyError for an id that is not there."""

    def save(self, path: Path) -> None:
        """Write to one file."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Raises LibraryDamaged when it can't be read."""


class FaissIndex:
    """Exact inner product over unit rows."""

    def __init__(self, dimension: int) -> None:
        import faiss

        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add rows: ids (n,), vectors (n, d)."""
        self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)

    def remove(self, ids: Ids) -> None:
        """Forget rows; ids that are not there do nothing."""
        self._index.remove_ids(ids)

    def search(self, queries: Vectors, k: int) -> tuple[Vectors, Ids]:
        """Give cosines and ids, both (q, k), best first, ties by id; id −1 where there are fewer than k."""
        scores, ids = self._index.search(np.ascontiguousarray(queries, dtype=np.float32), k)
        order = np.lexsort((ids, -scores), axis=1)
        return np.take_along_axis(scores, order, 1), np.take_along_axis(ids, order, 1)

    def vectors(self, ids: Sequence[int] | Ids) -> Vectors:
        """Give back rows (n, d). Raises KeyError for an id that is not there."""
        try:
            rows = [self._index.reconstruct(int(i)) for i in ids]
        except RuntimeError as error:
            raise KeyError(f"no vector for one of {list(ids)[:5]}") from error
        return np.array(rows, dtype=np.float32).reshape(len(rows), self._index.d)

    def save(self, path: Path) -> None:
        """Write to one file."""
        import faiss

        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Raises LibraryDamaged when it can't be read."""
        import faiss

        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise LibraryDamaged(f"{path} can't be read as a FAISS index: run `yinju index --fresh`") from error
        made = cls.__new__(cls)
        made._index = index
        return made
