"""Tell where a source repeats another: the same file, or nearly all of its paragraphs."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from rag.index.manifest import SourceRecord
from rag.ingest.paragraphs import Ingested

__all__ = ["Copies"]

_NEARLY_ALL = 0.9  # of the paragraphs; two states of one regulation share less, or are told apart by their dates
_FEWEST = 3  # paragraphs of which this can be said


class Copies:
    """What was read so far, in the order in which it is read."""

    def __init__(self, kept: Iterable[SourceRecord]) -> None:
        """Begin with the sources that stay as they are: of these only the files are compared."""
        self._files = {record.sha256: record.name for record in kept}
        self._texts: dict[bytes, str] = {}

    def tell(self, record: SourceRecord, found: Ingested) -> list[str]:
        """Give a notice where a source repeats one before it, and remember it."""
        if record.name.endswith(".jsonl"):
            return []
        same = self._files.setdefault(record.sha256, record.name)
        texts = [hashlib.blake2b(p.text.encode(), digest_size=8).digest() for p in found.paragraphs]
        shared = Counter(other for text in texts if (other := self._texts.get(text)))
        for text in texts:
            self._texts.setdefault(text, record.name)
        if same != record.name:
            return [f"{record.name}: the same file as {same}"]
        if shared and len(texts) >= _FEWEST:
            (other, count) = shared.most_common(1)[0]
            if count >= _NEARLY_ALL * len(texts):
                return [f"{record.name}: {count} of its {len(texts)} paragraphs stand in {other} too"]
        return []
