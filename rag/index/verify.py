"""Verify a library down to each paragraph's place in its source."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from rag.errors import LibraryDamaged
from rag.index.library import Library
from rag.index.manifest import SourceRecord
from rag.ingest.accounts import crossed, lost
from rag.ingest.encodings import decode
from rag.schema import Paragraph, Span

__all__ = ["Verified", "verify"]

_SHOWN = 40  # characters of what is told


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared."""

    placed: int  # paragraphs found word for word
    sources: int  # whose text is there
    lost: tuple[str, ...]  # words of sources that are in no paragraph and not named as anything else


def verify(library: Library) -> Verified:
    """Compare every paragraph with its source, and account for every word of each source.

    Raises LibraryDamaged when a paragraph is not what its source says, when words stand inside of it that are left out
    and not recorded as page furniture or the like, or when it has no vector or no terms.
    """
    paragraphs: dict[str, list[Paragraph]] = defaultdict(list)
    for p in library.paragraphs():
        paragraphs[p.source].append(p)
    placed, sources, missing = 0, 0, []
    for record in library.manifest.sources:
        text = _text(library, record)
        if text is not None:
            sources += 1
            placed += _placed(paragraphs[record.name], text)
            if not record.name.endswith(".jsonl"):
                missing += _accounted(library, record, paragraphs[record.name], text)
    library.load()
    lexical = library.lexical.statistics.paragraphs
    if lexical != len(library):
        raise LibraryDamaged(f"{lexical} of {len(library)} paragraphs have terms")
    return Verified(placed, sources, tuple(missing))


def _text(library: Library, record: SourceRecord) -> str | None:
    """Return what the spans of a source point into: the text that is kept, or the source; None where that is gone."""
    kept = library.source_text(record.name).extracted
    if kept is not None:
        return kept
    path = Path(record.path)
    return decode(path).text if path.is_file() else None


def _placed(paragraphs: list[Paragraph], text: str) -> int:
    exact = [p for p in paragraphs if sum(b - a for a, b in p.spans) == len(p.text)]
    for p in exact:
        if "".join(text[a:b] for a, b in p.spans) != p.text:
            raise LibraryDamaged(f"paragraph {p.id} is not what its source says at {p.spans}")
    return len(exact)


def _accounted(library: Library, record: SourceRecord, paragraphs: list[Paragraph], text: str) -> list[str]:
    """Return the words that are lost. Raises LibraryDamaged where a paragraph leaves out words."""
    markup = Path(record.name).suffix.lower() in (".md", ".markdown")
    named: list[Span] = [(a, b) for a, b, _ in library.source_text(record.name).named]
    known = sorted([*named, *(span for p in paragraphs for span in p.spans)])
    for p in paragraphs:
        for a, b in crossed(text, p.spans, known, markup=markup):
            raise LibraryDamaged(f"paragraph {p.id} leaves out {text[a:b][:_SHOWN]!r}, which {record.name} has at {a}")
    return [f"{record.name} {a}: {text[a:b][:_SHOWN]!r}" for a, b in lost(text, known, markup=markup)]
