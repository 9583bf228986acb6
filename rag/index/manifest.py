"""What a library says about itself, and the check that it is all there."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from rag.errors import LibraryDamaged, LibraryMismatch, first_line, how_to_rebuild
from rag.ingest.sidecar import sidecar_path

__all__ = ["FORMAT", "MANIFEST", "Manifest", "SegmentRecord", "SourceRecord", "file_sha256"]

FORMAT = 5  # goes up when the files change, or the terms that are written into them
MANIFEST = "manifest.json"
_HASH_ON_OPEN = 32 * 2**20  # bytes in all, smallest files first; the rest is hashed by `yinju check`, sizes always


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source as it was when it was read."""

    name: str
    path: str
    root: str  # the path that the user gave, below which it was found
    sha256: str
    sidecar_sha256: str  # "" where there is none
    size_bytes: int
    changed_ns: int  # time of its last change: where size and time are the same, it is not hashed again
    first_row: int = 0
    paragraphs: int = 0
    articles: int = 0

    @property
    def rows(self) -> range:
        """The rows of its paragraphs."""
        return range(self.first_row, self.first_row + self.paragraphs)

    def is_as_read(self, path: Path) -> bool:
        """Say whether the file at `path`, with its sidecar, is still what was read."""
        sidecar = sidecar_path(path)
        now = file_sha256(sidecar) if sidecar.is_file() else ""
        if now != self.sidecar_sha256:
            return False
        found = path.stat()
        if found.st_size != self.size_bytes:
            return False
        return found.st_mtime_ns == self.changed_ns or file_sha256(path) == self.sha256


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """A segment of a library."""

    name: str
    rows: int  # as written
    gone: int  # of them, taken out since
    recall: float  # of the exact 100 nearest, as measured when it was written; 1 where the search is exact


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that decides what a library holds and how it must be read."""

    fingerprint: str
    yinju: str
    built: str
    embedder: str
    embedder_fingerprint: str
    dimension: int
    tokens_fingerprint: str  # of the static model that cut the pieces
    ingest: int  # version of the rules
    next_row: int
    sources: tuple[SourceRecord, ...]
    segments: tuple[SegmentRecord, ...]
    files: Mapping[str, Mapping[str, Any]]  # relative path → bytes, sha256
    before: str  # the generation whose place it took; "" for none
    deleted_terms: int  # rows taken out of the term index whose terms may still be counted in it
    notices: tuple[str, ...] = ()
    format: int = FORMAT

    @property
    def counts(self) -> dict[str, int]:
        """How many sources, articles and paragraphs it holds."""
        return {
            "sources": len(self.sources),
            "articles": sum(s.articles for s in self.sources),
            "paragraphs": sum(s.paragraphs for s in self.sources),
        }

    def write(self, folder: Path) -> None:
        """Write it into a generation's folder, last of all files."""
        # In ASCII: the path of a folder may hold bytes that are no text.
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="ascii")

    @classmethod
    def read(cls, folder: Path, *, sha256: str = "") -> Self:
        """Read it, and compare it with its checksum where one is given.

        Raises LibraryDamaged when it is missing, broken or changed, LibraryMismatch for another format.
        """
        path = folder / MANIFEST
        content = _read_bytes(path)
        if sha256 and hashlib.sha256(content).hexdigest() != sha256:
            raise LibraryDamaged(f"{path} was changed since it was built")
        try:
            row = json.loads(content)
            _check_format(folder, row["format"])
            sources = tuple(SourceRecord(**s) for s in row.pop("sources"))
            segments = tuple(SegmentRecord(**s) for s in row.pop("segments"))
            return cls(**{**row, "sources": sources, "segments": segments, "notices": tuple(row["notices"])})
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
            raise LibraryDamaged(f"{path} is broken ({first_line(error)})") from error

    @staticmethod
    def check_format(folder: Path) -> None:
        """Raise LibraryMismatch when a generation has another format, LibraryDamaged when it can't be read."""
        try:
            found = json.loads(_read_bytes(folder / MANIFEST))["format"]
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            raise LibraryDamaged(f"{folder / MANIFEST} is broken ({first_line(error)})") from error
        _check_format(folder, found)

    def check_files(self, folder: Path, *, thorough: bool) -> None:
        """Compare every file with its record; of large libraries not every hash unless `thorough`.

        Raises LibraryDamaged.
        """
        hashed = 0
        for name, record in sorted(self.files.items(), key=lambda item: (item[1]["bytes"], item[0])):
            path = folder / name
            if not path.is_file():
                raise LibraryDamaged(f"{path} is missing")
            size = path.stat().st_size
            if size != record["bytes"]:
                raise LibraryDamaged(f"{path} has {size} bytes, expected {record['bytes']}")
            hashed += size
            if (thorough or hashed <= _HASH_ON_OPEN) and file_sha256(path) != record["sha256"]:
                raise LibraryDamaged(f"{path} was changed since it was built")

    def gone_sources(self) -> list[str]:
        """Name the sources that are not there any more; the library keeps their text."""
        return [s.name for s in self.sources if not Path(s.path).is_file()]

    def changed_sources(self) -> list[str]:
        """Name the sources that are still there but no longer as they were read."""
        # One that is gone is no change: the library keeps the text, and may have been copied to another machine.
        return [s.name for s in self.sources if Path(s.path).is_file() and not s.is_as_read(Path(s.path))]


def file_sha256(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise LibraryDamaged(f"{path} is missing") from error
    except OSError as error:
        raise LibraryDamaged(f"{path} can't be read ({error.strerror})") from error


def _check_format(folder: Path, found: object) -> None:
    if found != FORMAT:
        raise LibraryMismatch(f"{folder} has library format {found}, this Yinju reads {FORMAT}: run {how_to_rebuild()}")
