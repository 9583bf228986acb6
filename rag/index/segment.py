"""A segment: paragraphs with all that is searched of them, written once and never changed.

A library is a few segments: a large one, and small ones with what came later. What an update takes out stays in its
segment until that is written anew; which rows are still held, the manifest says.
"""

import hashlib
from collections.abc import Mapping, Sequence, Sized
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.embed.base import Embedder
from rag.embed.static import StaticEmbedder
from rag.errors import LibraryDamaged
from rag.index.dense import DenseIndex, FaissIndex
from rag.index.families import family_key
from rag.index.folded import FoldedTexts, FoldedWriter
from rag.index.pieces import PieceStore, TextPieces, write_pieces
from rag.index.shelf import Shelf, ShelfWriter
from rag.ingest.accounts import Named
from rag.schema import Article, Paragraph

__all__ = ["Entry", "Segment", "SegmentWriter", "SourceText", "context_of", "text_searched"]

T = TypeVar("T", Article, Paragraph)
Store = TypeVar("Store", bound=Sized)

_VECTORS, _ROWS, _BOUNDS, _FAMILIES = "vectors.faiss", "rows.npy", "bounds.npy", "families.npy"


@dataclass(frozen=True, slots=True)
class Entry:
    """A paragraph on its way into a segment; `vector` and `pieces` where an older segment holds them already."""

    row: int
    paragraph: Paragraph
    article: Article
    vector: NDArray[np.float32] | None = field(default=None, repr=False)
    pieces: TextPieces | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SourceText:
    """What a library keeps of a source beside its paragraphs."""

    name: str
    extracted: str | None  # the text that spans point into; None where that is the source itself
    named: tuple[Named, ...]  # what of it is no paragraph

    def to_json(self) -> dict[str, Any]:
        """Give a JSON object."""
        return {"id": self.name, "extracted": self.extracted, "named": self.named}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave. Raises LibraryDamaged when it is something else."""
        try:
            return cls(row["id"], row["extracted"], tuple((int(a), int(b), str(what)) for a, b, what in row["named"]))
        except (KeyError, TypeError, ValueError) as error:
            raise LibraryDamaged(f"what is kept of a source can't be read ({error})") from error


def context_of(paragraph: Paragraph, article: Article) -> str:
    """Give the words that say what a paragraph is about: headline and section; of an author note, the names.

    A working title is not searched: nobody wrote it.
    """
    if paragraph.context:
        return paragraph.context
    if paragraph.kind == "note":
        return " ".join(article.authors)
    title = "" if article.title_missing else article.title
    return f"{title} {paragraph.section}".strip()


def text_searched(paragraph: Paragraph, article: Article) -> str:
    """Give what is searched of a paragraph: its text, after the words that say what it is about."""
    return f"{context_of(paragraph, article)} {paragraph.text}".strip()


class Segment:
    """Paragraphs under row numbers that stay theirs from update to update."""

    def __init__(self, folder: Path) -> None:
        """Open what a SegmentWriter wrote. Raises LibraryDamaged when it can't be read."""
        self.folder = folder
        self._paragraphs = Shelf(folder, "paragraphs")
        self._articles = Shelf(folder, "articles")
        self._sources = Shelf(folder, "sources")
        try:
            self.rows: NDArray[np.int64] = np.asarray(np.load(folder / _ROWS, mmap_mode="r"))
            # Of each paragraph the rows of its article, half-open: (n, 2).
            self.bounds: NDArray[np.int64] = np.asarray(np.load(folder / _BOUNDS, mmap_mode="r"))
            self._families: NDArray[np.uint64] = np.asarray(np.load(folder / _FAMILIES, mmap_mode="r"))
        except (OSError, ValueError) as error:
            raise LibraryDamaged(f"{folder / _ROWS} can't be read ({error})") from error
        if len(self.rows) != len(self._paragraphs):
            raise LibraryDamaged(f"{folder} holds {len(self._paragraphs)} paragraphs under {len(self.rows)} numbers")

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def dense(self) -> DenseIndex:
        """The vectors, under row numbers."""
        return self._complete(FaissIndex.load(self.folder / _VECTORS), "vectors")

    @cached_property
    def _pieces(self) -> PieceStore:
        return self._complete(PieceStore(self.folder), "texts in pieces")

    @cached_property
    def _folded(self) -> FoldedTexts:
        return self._complete(FoldedTexts(self.folder), "folded texts")

    def _complete(self, store: Store, what: str) -> Store:
        """Give a store that holds every paragraph. Raises LibraryDamaged when it does not."""
        if len(store) != len(self):
            raise LibraryDamaged(f"{self.folder} holds {len(store)} {what} for {len(self)} paragraphs")
        return store

    def load(self) -> None:
        """Open every file now: a later build may drop them."""
        _ = self.dense, self._pieces, self._folded

    def paragraph(self, at: int) -> Paragraph:
        """Read a paragraph by its place. Raises LibraryDamaged."""
        return _made(Paragraph, self._paragraphs[at], self.folder)

    def pieces(self, at: int) -> TextPieces:
        """Give the pieces of a paragraph by its place."""
        return self._pieces[at]

    def folded(self, at: int) -> tuple[str, str]:
        """Give the context and the text of a paragraph by its place, as they are compared."""
        return self._folded[at]

    def row_of(self, paragraph: str) -> int | None:
        """Find a paragraph by its id."""
        at = self._paragraphs.number_of(paragraph)
        return None if at is None else int(self.rows[at])

    def article(self, article: str) -> tuple[Article, range] | None:
        """Find an article by its id, with the rows of its paragraphs."""
        number = self._articles.number_of(article)
        if number is None:
            return None
        row = self._articles[number]
        first, count = row.pop("first"), row.pop("count")
        return _made(Article, row, self.folder), range(first, first + count)

    def in_family(self, key: str) -> list[tuple[Article, range]]:
        """Find the articles that are states of one document, by their common key; with the rows of their paragraphs."""
        found = []
        for number in np.flatnonzero(self._families == _hashed(key)).tolist():
            row = self._articles[number]
            first, count = row.pop("first"), row.pop("count")
            article = _made(Article, row, self.folder)
            if family_key(article) == key:
                found.append((article, range(first, first + count)))
        return found

    def source(self, name: str) -> SourceText | None:
        """Find what is kept of a source: the text that spans point into, and what of it is no paragraph."""
        number = self._sources.number_of(name)
        return None if number is None else SourceText.from_json(self._sources[number])


class SegmentWriter:
    """Writes a segment batch by batch; a context manager. Paragraphs of one article must come together."""

    def __init__(self, folder: Path, embedder: Embedder, tokens: StaticEmbedder) -> None:
        folder.mkdir(parents=True)
        self._folder, self._embedder, self._tokens = folder, embedder, tokens
        self._paragraphs = ShelfWriter(folder, "paragraphs")
        self._sources = ShelfWriter(folder, "sources")
        self._folded = FoldedWriter(folder)
        self._article_of: list[str] = []
        self._articles: dict[str, dict[str, Any]] = {}
        self._rows: list[int] = []
        self._vectors: list[NDArray[np.float16]] = []
        self._pieces: list[TextPieces] = []
        self.without_vector = 0  # paragraphs of which the model knows nothing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with ExitStack() as stack:  # each tries to write what it still holds, which a full disk does not take
            for file in (self._paragraphs, self._sources, self._folded):
                stack.callback(file.__exit__)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, entries: Sequence[Entry]) -> None:
        """Embed the entries that have no vector yet, and keep them all."""
        contexts = [context_of(e.paragraph, e.article) for e in entries]
        new = [n for n, e in enumerate(entries) if e.pieces is None]
        fresh = self._cut([contexts[n] for n in new], [entries[n].paragraph.text for n in new])
        cut = dict(zip(new, fresh, strict=True))
        pieces = [e.pieces or cut[n] for n, e in enumerate(entries)]
        vectors = np.zeros((len(entries), self._embedder.dimension), dtype=np.float32)
        todo = [n for n, e in enumerate(entries) if e.vector is None]
        if self._tokens.fingerprint == self._embedder.fingerprint:
            vectors[todo] = self._tokens.pool([pieces[n].ids for n in todo])
        elif todo:
            texts = [text_searched(entries[n].paragraph, entries[n].article) for n in todo]
            vectors[todo] = self._embedder.encode(texts, kind="passage")
        for n, entry in enumerate(entries):
            if entry.vector is not None:
                vectors[n] = entry.vector
            self._paragraphs.add(entry.paragraph.to_json())
            if entry.article.id not in self._articles:
                self._articles[entry.article.id] = {**entry.article.to_json(), "first": entry.row, "count": 0}
            self._articles[entry.article.id]["count"] += 1
            self._article_of.append(entry.article.id)
            self._folded.add(contexts[n], entry.paragraph.text)
        self.without_vector += int((~vectors.any(axis=1)).sum())
        self._rows += (e.row for e in entries)
        self._vectors.append(vectors.astype(np.float16))
        self._pieces += pieces

    def add_source(self, source: SourceText) -> None:
        """Keep what belongs to a source beside its paragraphs."""
        self._sources.add(source.to_json())

    def finish(self) -> float:
        """Write the tables and indexes; give the recall of the vector search, as measured."""
        self._paragraphs.finish()
        self._sources.finish()
        self._folded.finish()
        keys = [family_key(Article.from_json(_without_rows(row))) for row in self._articles.values()]
        np.save(self._folder / _FAMILIES, np.array([_hashed(key) if key else 0 for key in keys], dtype=np.uint64))
        with ShelfWriter(self._folder, "articles") as articles:
            for row in self._articles.values():
                articles.add(row)
            articles.finish()
        rows = np.array(self._rows, dtype=np.int64)
        np.save(self._folder / _ROWS, rows)
        bounds = ((a["first"], a["first"] + a["count"]) for a in map(self._articles.__getitem__, self._article_of))
        np.save(self._folder / _BOUNDS, np.array(list(bounds), dtype=np.int64))
        write_pieces(self._folder, self._pieces)
        dense = FaissIndex(self._embedder.dimension)
        dense.add(rows, np.concatenate(self._vectors))
        dense.save(self._folder / _VECTORS)
        return dense.recall

    def _cut(self, contexts: list[str], texts: list[str]) -> list[TextPieces]:
        before, ids = self._tokens.pieces(contexts), self._tokens.pieces(texts)
        return [TextPieces(np.concatenate([b, i]), len(b)) for b, i in zip(before, ids, strict=True)]


def _without_rows(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("first", "count")}


def _hashed(key: str) -> np.uint64:
    """Return a number for the key of a family; never 0."""
    return np.uint64(int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little") | 1)


def _made(kind: type[T], row: dict[str, Any], folder: Path) -> T:
    try:
        return kind.from_json(row)
    except (KeyError, TypeError, ValueError) as error:
        raise LibraryDamaged(f"{folder} holds a broken row ({error})") from error
