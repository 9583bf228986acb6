"""Read question-answering sets in SQuAD's format, and make libraries of their paragraphs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.config import Settings
from rag.errors import SourceError
from rag.retrieve.retriever import Retriever
from rag.session import index_sources, open_retriever

__all__ = ["SquadParagraph", "library_of", "read_squad"]


@dataclass(frozen=True, slots=True)
class SquadParagraph:
    """A paragraph with the questions that it answers."""

    text: str
    questions: tuple[str, ...]


def read_squad(path: Path) -> list[SquadParagraph]:
    """Read a file. Raises SourceError when it is in another format."""
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        return [
            SquadParagraph(paragraph["context"], tuple(q["question"] for q in paragraph["qas"]))
            for article in articles
            for paragraph in article["paragraphs"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path} is not in SQuAD's format ({error!r}): expected data → paragraphs → qas") from error


def library_of(folder: Path, name: str, texts: Sequence[str], embedder: str = "bundled") -> Retriever:
    """Make a library of texts in `folder`; the id of a paragraph is its number."""
    source = folder / f"{name}.jsonl"
    rows = (json.dumps({"id": str(n), "text": text}, ensure_ascii=False) for n, text in enumerate(texts))
    source.write_text("\n".join(rows), encoding="utf-8")
    settings = Settings(library=folder / name, embedder=embedder)
    index_sources(settings, [source])
    return open_retriever(settings)
