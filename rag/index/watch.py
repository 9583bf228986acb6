"""Which sources changed since they were read?"""

from collections.abc import Sequence
from pathlib import Path

from rag.index.manifest import SourceRecord
from rag.ingest.sidecar import sidecar_path

__all__ = ["SourceWatch"]


class SourceWatch:
    """Compares sources with what was read of them; a file is read again only where its size or time changed."""

    def __init__(self, sources: Sequence[SourceRecord]) -> None:
        self._sources = sources
        self._compared: dict[str, tuple[object, bool]] = {}

    def changed(self) -> list[str]:
        """Name the sources that are still there but no longer as they were read.

        One that is gone or that may not be read is no change: the library keeps the text, and may have been copied.
        """
        return [s.name for s in self._sources if not self._is_as_read(s)]

    def _is_as_read(self, source: SourceRecord) -> bool:
        path = Path(source.path)
        try:
            if not path.is_file():
                return True
            facts = (_facts(path), _facts(sidecar_path(path)))
            known = self._compared.get(source.name)
            if known is None or known[0] != facts:
                known = self._compared[source.name] = (facts, source.is_as_read(path))
        except OSError:
            return True
        return known[1]


def _facts(path: Path) -> tuple[int, int] | None:
    if not path.is_file():
        return None
    found = path.stat()
    return found.st_size, found.st_mtime_ns
