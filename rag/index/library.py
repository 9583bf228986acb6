"""The library folder: opened for reading, checked against its manifest.

library/
  current                  the name of the generation in use; switched by an atomic rename
  generations/NAME/
    manifest.json          what it holds, what made it, a checksum for every file
    articles.jsonl  paragraphs.jsonl      text and ids
    vectors.faiss  terms/                 what can be made anew from them
"""

import json
from functools import cached_property
from pathlib import Path

from rag.embed.base import Embedder
from rag.errors import LibraryDamaged, LibraryMismatch, LibraryMissing
from rag.index.dense import DenseIndex, FaissIndex
from rag.index.lexical import LexicalIndex
from rag.index.manifest import Manifest
from rag.schema import Article, Paragraph

__all__ = ["ARTICLES", "CURRENT", "GENERATIONS", "PARAGRAPHS", "TERMS", "VECTORS", "Library"]

CURRENT, GENERATIONS = "current", "generations"
ARTICLES, PARAGRAPHS, VECTORS, TERMS = "articles.jsonl", "paragraphs.jsonl", "vectors.faiss", "terms"


class Library:
    """Articles, paragraphs and their indexes, as one build left them."""

    def __init__(self, folder: Path, *, thorough: bool = False, to_update: bool = False) -> None:
        """Open the current generation and check its files; with `to_update` sources may have changed since.

        Raises LibraryMissing, LibraryDamaged or LibraryMismatch.
        """
        self.folder = generation_folder(folder)
        self.manifest = Manifest.read(self.folder)
        self.manifest.check_files(self.folder, thorough=thorough)
        changed = self.manifest.changed_sources()
        if changed and not to_update:
            raise LibraryMismatch(
                f"{_some(changed)} changed since the library {folder} was built: run `yinju index` to read it again"
            )
        self.articles = {a.id: a for a in map(Article.from_json, self._rows(ARTICLES))}
        self.paragraphs = [Paragraph.from_json(row) for row in self._rows(PARAGRAPHS)]
        self.row_of = {p.id: row for row, p in enumerate(self.paragraphs)}

    def load(self) -> None:
        """Read the indexes now: files that a later build drops are not needed any more."""
        _ = self.dense, self.lexical

    @cached_property
    def dense(self) -> DenseIndex:
        """The vectors, under row numbers of `paragraphs`."""
        index = FaissIndex.load(self.folder / VECTORS)
        if len(index) != len(self.paragraphs):
            raise LibraryDamaged(
                f"{self.folder / VECTORS} holds {len(index)} vectors for {len(self.paragraphs)} paragraphs: "
                "run `yinju index --fresh`"
            )
        return index

    @cached_property
    def lexical(self) -> LexicalIndex:
        """The terms, under row numbers of `paragraphs`."""
        return LexicalIndex(self.folder / TERMS)

    def check_embedder(self, embedder: Embedder) -> None:
        """Raise LibraryMismatch when another model made the vectors."""
        made = self.manifest
        if embedder.fingerprint != made.embedder_fingerprint:
            raise LibraryMismatch(
                f"the library was made with embedder {made.embedder} ({made.embedder_fingerprint}), but "
                f"{embedder.name} ({embedder.fingerprint}) is set: run `yinju index` to embed it anew, or set "
                f"--embedder {made.embedder}"
            )

    def article_of(self, paragraph: Paragraph) -> Article:
        """Give the article that a paragraph stands in."""
        return self.articles[paragraph.article]

    def in_article(self, article: str) -> list[Paragraph]:
        """Give the paragraphs of an article in reading order."""
        return [p for p in self.paragraphs if p.article == article]

    def _rows(self, name: str) -> list[dict[str, object]]:
        path = self.folder / name
        try:
            with path.open(encoding="utf-8") as lines:
                return [json.loads(line) for line in lines]
        except (OSError, ValueError) as error:
            raise LibraryDamaged(f"{path} can't be read ({error}): run `yinju index --fresh`") from error


def generation_folder(folder: Path) -> Path:
    """Find the current generation of the library in `folder`. Raises LibraryMissing or LibraryDamaged."""
    pointer = folder / CURRENT
    if not pointer.is_file():
        raise LibraryMissing(f"no library in {folder}: run `yinju index PATH` with the folder of your articles")
    name = pointer.read_text(encoding="utf-8", errors="replace").strip()
    found = folder / GENERATIONS / name
    if not name or "/" in name or not found.is_dir():
        raise LibraryDamaged(f"{pointer} names {name!r}, which is not there: run `yinju index --fresh`")
    return found


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
