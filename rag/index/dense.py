"""Search by vector: the joint, and FAISS behind it."""

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryDamaged, first_line

__all__ = ["EXACT_UP_TO", "DenseIndex", "FaissIndex"]

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]

EXACT_UP_TO = 20_000  # rows: a scan of 512 dimensions takes about 5 ms on one core
_LISTS_PER_ROOT = 2  # inverted lists, in square roots of the number of rows
_SAMPLE_PER_LIST = 32
_WANTED_RECALL = 0.97  # of the exact 100 nearest, by paragraphs of the collection asked as questions
_PROBES = (8, 16, 32, 64, 128, 256)
_ASKED = 64  # of them
_CHUNK = 65_536  # rows turned into float32 at once


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
    """Inner product over unit rows.

    Up to EXACT_UP_TO rows added at once they are kept as float16 and the search is exact. Beyond, they lie in inverted
    lists (IVF) with 8 bits a number, and as many lists are looked into as it takes to find 97 % of the exact 100
    nearest; that share, as measured, is `recall`.
    """

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._index: Any = None
        self._removed: set[int] = set()
        self.recall = 1.0

    def __len__(self) -> int:
        return int(self._index.ntotal) - len(self._removed) if self._index is not None else 0

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add rows: ids (n,), vectors (n, d), float16 or float32. The first decide how the index searches."""
        if self._index is None:
            self._index = _empty(self._dimension, vectors)
        for start in range(0, len(ids), _CHUNK):
            part = slice(start, start + _CHUNK)
            self._index.add_with_ids(_rounded(vectors[part]), np.ascontiguousarray(ids[part], dtype=np.int64))
        if (lists := self._lists) is not None:
            lists.make_direct_map()
            self.recall = _tune(lists, vectors)

    def remove(self, ids: Ids) -> None:
        """Forget rows; ids that are not there do nothing."""
        if self._index is not None:
            import faiss

            held = faiss.vector_to_array(self._index.id_map)
            self._removed |= set(np.intersect1d(held, ids).tolist())

    def search(self, queries: Vectors, k: int) -> tuple[Vectors, Ids]:
        """Give cosines and ids, both (q, k), best first, ties by id; id −1 where there are fewer than k."""
        if self._index is None:
            return np.full((len(queries), k), -np.inf, np.float32), np.full((len(queries), k), -1, np.int64)
        with _one_thread():
            asked = np.ascontiguousarray(queries, dtype=np.float32)
            scores, ids = self._index.search(asked, k, params=self._parameters())
        order = np.lexsort((ids, -scores), axis=1)
        return np.take_along_axis(scores, order, 1), np.take_along_axis(ids, order, 1)

    def vectors(self, ids: Sequence[int] | Ids) -> Vectors:
        """Give back rows (n, d). Raises KeyError for an id that is not there."""
        asked = np.asarray(ids, dtype=np.int64)
        if not len(asked):
            return np.zeros((0, self._dimension), dtype=np.float32)
        try:
            rows: Vectors = self._index.reconstruct_batch(asked)
        except (RuntimeError, AttributeError) as error:
            raise KeyError(f"no vector for one of {asked[:5].tolist()}") from error
        return rows

    def save(self, path: Path) -> None:
        """Write to one file; removed rows stay in it. Raises OSError."""
        import faiss

        try:
            faiss.write_index(self._index if self._index is not None else _empty(self._dimension, None), str(path))
        except RuntimeError as error:
            raise OSError(errno.EIO, first_line(error), str(path)) from error

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Raises LibraryDamaged when it can't be read."""
        import faiss

        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise LibraryDamaged(f"{path} can't be read as a FAISS index") from error
        made = cls(index.d)
        made._index = index
        return made

    @property
    def _lists(self) -> Any:
        """The inverted lists, or None where the search is exact."""
        import faiss

        inner = faiss.downcast_index(self._index.index)
        return inner if isinstance(inner, faiss.IndexIVF) else None

    def _parameters(self) -> Any:
        faiss: Any = import_module("faiss")  # its stubs lack the arguments of search parameters
        lists = self._lists
        if not self._removed:
            return None
        gone = faiss.IDSelectorBatch(np.array(sorted(self._removed), dtype=np.int64))
        kept = faiss.IDSelectorNot(gone)
        made = (
            faiss.SearchParameters(sel=kept)
            if lists is None
            else faiss.SearchParametersIVF(sel=kept, nprobe=lists.nprobe)
        )
        made.keep_alive = (gone, kept)  # FAISS holds plain pointers
        return made


@contextmanager
def _one_thread() -> Iterator[None]:
    """Search on one thread: the threads of FAISS and of numpy's BLAS wait for each other, 31 ms against 20 a query."""
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _rounded(vectors: Vectors) -> Vectors:
    """Give float32 rows that float16 holds exactly."""
    return np.ascontiguousarray(vectors, dtype=np.float16).astype(np.float32)


def _empty(dimension: int, rows: Vectors | None) -> Any:
    """Make an index for as many rows as these."""
    faiss: Any = import_module("faiss")
    product = faiss.METRIC_INNER_PRODUCT
    if rows is None or len(rows) <= EXACT_UP_TO:
        return faiss.IndexIDMap2(faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, product))
    lists = int(_LISTS_PER_ROOT * len(rows) ** 0.5)
    coarse = faiss.IndexFlatIP(dimension)
    inverted = faiss.IndexIVFScalarQuantizer(coarse, dimension, lists, faiss.ScalarQuantizer.QT_8bit, product, False)
    inverted.own_fields = True
    coarse.this.disown()
    inverted.cp.niter = 6
    inverted.cp.seed = 1
    inverted.cp.spherical = True
    sample = np.random.default_rng(0).choice(len(rows), min(len(rows), lists * _SAMPLE_PER_LIST), replace=False)
    inverted.cp.min_points_per_centroid = 1
    inverted.train(_rounded(rows[np.sort(sample)]))
    index = faiss.IndexIDMap2(inverted)
    inverted.this.disown()
    index.own_fields = True
    return index


def _tune(lists: Any, rows: Vectors) -> float:
    """Look into as many lists as the wanted recall takes, and give the recall reached."""
    asked = _rounded(rows[:: max(1, len(rows) // _ASKED)][:_ASKED])
    chunks = range(0, len(rows), _CHUNK)
    scores = np.concatenate([asked @ _rounded(rows[start : start + _CHUNK]).T for start in chunks], axis=1)
    exact = np.argpartition(-scores, 100, axis=1)[:, :100]
    found = 0.0
    for probes in _PROBES:
        lists.nprobe = min(probes, lists.nlist)
        _, near = lists.search(asked, 100)
        found = float(np.mean([len(np.intersect1d(a, b)) / 100 for a, b in zip(exact, near, strict=True)]))
        if found >= _WANTED_RECALL:
            break
    return found
