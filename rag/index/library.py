"""The library folder: opened for reading, checked against its manifest.

library/                   see `rag.index.generations`
  generations/NAME/
    manifest.json          what it holds, what made it, a checksum for every file
    segments/NAME/         paragraphs with their vectors and pieces, written once; hard links to those of the generation
                           before where they are the same
    terms/                 the term index over all segments
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.embed.base import Embedder
from rag.embed.static import StaticEmbedder
from rag.errors import LibraryDamaged, LibraryMismatch
from rag.index.dense import DenseIndex
from rag.index.families import Family, families, family_key
from rag.index.generations import current_generation, current_name
from rag.index.lexical import LexicalIndex
from rag.index.manifest import SourceRecord
from rag.index.pieces import TextPieces
from rag.index.segment import Segment, SourceText
from rag.index.watch import SourceWatch
from rag.schema import Article, Paragraph

__all__ = ["SEGMENTS", "TERMS", "Library", "held", "open_current"]

T = TypeVar("T")
Ids = NDArray[np.int64]

SEGMENTS, TERMS = "segments", "terms"
_REMEMBERED = 4096  # articles, paragraphs
_TRIES = 5  # to open what a build may be dropping


class Library:
    """Articles, paragraphs and their indexes, as one build left them. Texts stay on disk until they are asked for."""

    def __init__(self, folder: Path, *, thorough: bool = False, to_update: bool = False) -> None:
        """Open the current generation and check its files; with `to_update` sources may have changed since.

        Raises LibraryMissing, LibraryDamaged or LibraryMismatch.
        """
        self.folder, self.manifest = current_generation(folder)
        self.manifest.check_files(self.folder, thorough=thorough)
        changed = [] if to_update else SourceWatch(self.manifest.sources).changed()
        if changed:
            raise LibraryMismatch(
                f"{_some(changed)} changed since the library {folder} was built: run `yinju index` to read it again"
            )
        self.segments = [Segment(self.folder / SEGMENTS / s.name) for s in self.manifest.segments]
        if any(len(s) != record.rows for s, record in zip(self.segments, self.manifest.segments, strict=True)):
            raise LibraryDamaged(f"{self.folder} holds other paragraphs than its manifest says")
        # Not methods of this object: it would hold itself, with its files, until the garbage collector comes by.
        self.paragraph = lru_cache(_REMEMBERED)(partial(_paragraph, self.folder, self.segments))
        self._article = lru_cache(_REMEMBERED)(partial(_find_article, self.folder, self.segments))
        self._stated = lru_cache(_REMEMBERED)(
            partial(_stated_article, self.folder, self.segments, self.manifest.sources)
        )

    def __len__(self) -> int:
        """Count the paragraphs."""
        return self.manifest.counts["paragraphs"]

    def load(self) -> None:
        """Open the indexes now: files that a later build drops are not needed any more."""
        _ = self.lexical, self._gone, self._dense
        for segment in self.segments:
            segment.load()

    @cached_property
    def lexical(self) -> LexicalIndex:
        """The terms, under row numbers."""
        return LexicalIndex(self.folder / TERMS)

    def rows(self) -> Iterator[int]:
        """Return the numbers of all paragraphs in the library's order: by name of the source, then as they stand."""
        return chain.from_iterable(s.rows for s in self.manifest.sources)

    def place(self, row: int) -> tuple[int, int]:
        """Return a key that puts rows in the library's order, which is the same after updates as in a fresh build."""
        starts, numbers = self._source_starts
        at = bisect_right(starts, row) - 1
        return (numbers[at] if at >= 0 else -1), row

    @cached_property
    def _source_starts(self) -> tuple[list[int], list[int]]:
        """The first row of each source that holds any, sorted, with the number of the source in the library's order."""
        found = sorted((s.first_row, n) for n, s in enumerate(self.manifest.sources) if s.paragraphs)
        return [first for first, _ in found], [n for _, n in found]

    def paragraphs(self) -> Iterator[Paragraph]:
        """Read all paragraphs, in the library's order."""
        return map(partial(_paragraph, self.folder, self.segments), self.rows())

    def row_of(self, paragraph: str) -> int | None:
        """Find a paragraph by its id."""
        for segment in self.segments:
            row = segment.row_of(paragraph)
            if row is not None and row not in self._gone:
                return row
        return None

    def article_of(self, paragraph: Paragraph) -> Article:
        """Give the article that a paragraph stands in; where the library holds several states of it, which this is."""
        return self._stated(paragraph.article)

    def family_of(self, article: Article) -> Family | None:
        """Give the states of the document that an article is one of; None where the library holds no other."""
        return _find_family(self.segments, self.manifest.sources, article)

    def in_article(self, article: str) -> list[Paragraph]:
        """Give the paragraphs of an article in reading order."""
        return [self.paragraph(row) for row in self._article(article)[1]]

    def source_text(self, name: str) -> SourceText:
        """Give what is kept of a source beside its paragraphs. Raises LibraryDamaged when nothing is."""
        for segment in reversed(self.segments):  # a source that was read again stands in a later one
            found = segment.source(name)
            if found is not None:
                return found
        raise LibraryDamaged(f"{self.folder} keeps nothing of the source {name!r}")

    def beside(self, rows: Sequence[int]) -> list[list[int]]:
        """Give the rows before and after each paragraph in its article."""
        found: list[list[int]] = [[] for _ in rows]
        for segment, numbers, places in _places(self.folder, self.segments, rows):
            for n, (first, end) in zip(numbers.tolist(), segment.bounds[places].tolist(), strict=True):
                found[n] = [near for near in (rows[n] - 1, rows[n] + 1) if first <= near < end]
        return found

    def folded(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        """Give the contexts and texts of paragraphs as they are compared (`rag.text.folding`)."""
        return _read(self.folder, self.segments, rows, Segment.folded)

    def nearest(self, query: NDArray[np.float32], k: int) -> list[int]:
        """Give the rows of the `k` vectors nearest to a query (1, d), best first."""
        found: list[tuple[float, int]] = []
        for dense in self._dense:
            scores, rows = dense.search(query, min(k, len(dense)))
            found += ((-float(s), int(r)) for s, r in zip(scores[0], rows[0], strict=True) if r >= 0)
        found.sort(key=lambda pair: (pair[0], self.place(pair[1])))
        return [row for _, row in found[:k]]

    def vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """Give the vectors of rows: (n, d) float32."""
        out = np.zeros((len(rows), self.manifest.dimension), dtype=np.float32)
        asked = np.asarray(rows, dtype=np.int64)
        for segment, numbers, _ in _places(self.folder, self.segments, rows):
            out[numbers] = segment.dense.vectors(asked[numbers])
        return out

    def pieces(self, rows: Sequence[int]) -> list[TextPieces]:
        """Give the pieces of paragraphs."""
        return _read(self.folder, self.segments, rows, Segment.pieces)

    def check_models(self, embedder: Embedder, tokens: StaticEmbedder) -> None:
        """Raise LibraryMismatch when another model made the vectors or the pieces."""
        made = self.manifest
        if embedder.fingerprint != made.embedder_fingerprint:
            raise LibraryMismatch(
                f"the library was made with embedder {made.embedder} ({made.embedder_fingerprint}), but "
                f"{embedder.name} ({embedder.fingerprint}) is set: run `yinju index` to embed it anew, or set "
                f"--embedder {made.embedder}"
            )
        if tokens.fingerprint != made.tokens_fingerprint:
            raise LibraryMismatch(
                f"the library was made with another bundled model ({made.tokens_fingerprint}) than this Yinju's "
                f"({tokens.fingerprint}): run `yinju index` to embed it anew"
            )

    @cached_property
    def _gone(self) -> frozenset[int]:
        """The rows that are still written in a segment but no longer held."""
        written = [s.rows for s, record in zip(self.segments, self.manifest.segments, strict=True) if record.gone]
        return frozenset(int(row) for rows in written for row in rows[~held(rows, self.manifest.sources)])

    @cached_property
    def _dense(self) -> list[DenseIndex]:
        """The vectors of each segment; those of rows that are no longer held are forgotten."""
        found = [segment.dense for segment in self.segments]
        for dense in found if self._gone else ():
            dense.remove(np.array(sorted(self._gone), dtype=np.int64))
        return found


def open_current(folder: Path, *, to_update: bool = False) -> Library:
    """Open the library with all its indexes; where a build drops the generation meanwhile, the one that took its place.

    Raises what `Library` does.
    """
    for _ in range(_TRIES):
        name = current_name(folder)
        try:
            library = Library(folder, to_update=to_update)
            library.load()
        except LibraryDamaged:
            if current_name(folder) == name:
                raise
        else:
            return library
    raise LibraryDamaged(f"{folder} changes faster than it can be opened", repairable=False)


def _places(folder: Path, segments: Sequence[Segment], rows: Sequence[int]) -> Iterator[tuple[Segment, Ids, Ids]]:
    """Give each segment that holds some of the rows, which of them, and their places in it."""
    asked = np.asarray(rows, dtype=np.int64)
    left = len(asked)
    for segment in segments:
        at = np.searchsorted(segment.rows, asked)
        at[at == len(segment)] = 0
        numbers = np.flatnonzero(segment.rows[at] == asked)
        left -= len(numbers)
        if len(numbers):
            yield segment, numbers, at[numbers]
    if left:
        raise LibraryDamaged(f"{folder} lacks {left} paragraphs")


def _read(folder: Path, segments: Sequence[Segment], rows: Sequence[int], read: Callable[[Segment, int], T]) -> list[T]:
    """Read something of every row, each from the segment that holds it."""
    found: dict[int, T] = {}
    for segment, numbers, places in _places(folder, segments, rows):
        found |= {n: read(segment, at) for n, at in zip(numbers.tolist(), places.tolist(), strict=True)}
    return [found[n] for n in range(len(rows))]


def _paragraph(folder: Path, segments: Sequence[Segment], row: int) -> Paragraph:
    return _read(folder, segments, [row], Segment.paragraph)[0]


def _find_article(folder: Path, segments: Sequence[Segment], article: str) -> tuple[Article, range]:
    for segment in reversed(segments):  # an article that was read again stands in a later one
        found = segment.article(article)
        if found:
            return found
    raise LibraryDamaged(f"{folder} has no article {article!r}")


def _find_family(segments: Sequence[Segment], sources: Sequence[SourceRecord], article: Article) -> Family | None:
    key = family_key(article)
    found: dict[str, Article] = {}
    for segment in segments if key else ():
        for other, rows in segment.in_family(key):
            if held(np.array([rows.start], dtype=np.int64), sources)[0]:
                found[other.id] = other
    return next(iter(families(found.values())), None) if len(found) > 1 else None


def _stated_article(
    folder: Path, segments: Sequence[Segment], sources: Sequence[SourceRecord], article: str
) -> Article:
    found = _find_article(folder, segments, article)[0]
    family = _find_family(segments, sources, found)
    if family is None:
        return found
    label = next(s.label for s in family.states if s.article.id == article)
    holds = next((s for s in family.states if s.in_force), None)
    superseded = holds.label if holds and holds.article.id != article else ""
    return replace(found, version=label, superseded_by=superseded)


def held(rows: NDArray[np.int64], sources: Iterable[SourceRecord]) -> NDArray[np.bool_]:
    """Tell which rows belong to one of the sources: (n,) bool."""
    ranges = sorted((s.first_row, s.first_row + s.paragraphs) for s in sources if s.paragraphs)
    if not ranges:
        return np.zeros(len(rows), dtype=np.bool_)
    starts, ends = np.array(ranges, dtype=np.int64).T
    at = np.searchsorted(starts, rows, side="right") - 1
    found: NDArray[np.bool_] = (at >= 0) & (rows < ends[np.maximum(at, 0)])
    return found


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
