"""Verify a library down to each paragraph's place in its source."""

from pathlib import Path

from rag.errors import LibraryDamaged
from rag.index.library import Library
from rag.ingest.paragraphs import read_document
from rag.ingest.readers import decode

__all__ = ["verify"]


def verify(library: Library) -> tuple[int, int]:
    """Give how many paragraphs were found word for word, in how many sources that are still there.

    Raises LibraryDamaged when one is not what its source says, or has no vector or no terms.
    """
    paths = {s.name: Path(s.path) for s in library.manifest.sources}
    texts = {name: _text(path) for name, path in paths.items() if path.is_file()}
    placed = 0
    for p in library.paragraphs():
        one_to_one = sum(b - a for a, b in p.spans) == len(p.text)
        if p.source in texts and one_to_one:
            if "".join(texts[p.source][a:b] for a, b in p.spans) != p.text:
                raise LibraryDamaged(f"paragraph {p.id} is not what its source says at {p.spans}")
            placed += 1
    library.load()
    lexical = library.lexical.statistics.paragraphs
    if lexical != len(library):
        raise LibraryDamaged(f"{lexical} of {len(library)} paragraphs have terms")
    return placed, len(texts)


def _text(path: Path) -> str:
    """Return what the spans of a source point into."""
    document = None if path.suffix.lower() == ".jsonl" else read_document(path)
    return decode(path).text if document is None else document.text
