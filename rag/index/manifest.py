"""What a library says about itself, and the check that it is all there."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self, TypeVar

from rag.errors import LibraryDamaged, LibraryError, LibraryMismatch, first_line, how_to_rebuild
from rag.ingest.sidecar import sidecar_path

__all__ = [
    "CHECKSUM",
    "FORMAT",
    "GENERATION_NAME",
    "MANIFEST",
    "Manifest",
    "SegmentRecord",
    "SourceRecord",
    "file_sha256",
    "read_part",
]

CHECKSUM = "manifest.sha256"
GENERATION_NAME = re.compile(r"[0-9]{6,}")
FORMAT = 6  # goes up when the files change, or the terms that are written into them
MANIFEST = "manifest.json"
_TYPES: dict[str, Any] = {"str": str, "int": int, "float": int | float}
Record = TypeVar("Record", "SourceRecord", "SegmentRecord")
_HASH_ON_OPEN = 32 * 2**20  # bytes in all, smallest files first; the rest is hashed by `yinju check`, sizes always


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source as it was when it was read."""

    name: str
    path: str
    root: str  # the path that the user gave, below which it was found
    sha256: str
    sidecar_sha256: str  # "" where there is none
    stem: str  # what ids of its paragraphs begin with
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
        """Say whether the file at `path`, with its sidecar, is still what was read. Raises OSError."""
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
        """Write it into a generation's folder with its checksum beside it, last of all files."""
        # In ASCII: the path of a folder may hold bytes that are no text.
        content = (json.dumps(asdict(self), indent=1) + "\n").encode("ascii")
        (folder / MANIFEST).write_bytes(content)
        (folder / CHECKSUM).write_text(hashlib.sha256(content).hexdigest() + "\n", encoding="ascii")

    @classmethod
    def read(cls, folder: Path, *, sha256: str = "") -> Self:
        """Read it, and compare it with the checksum beside it and with one that is given.

        Raises LibraryDamaged when it is missing, broken or changed, LibraryMismatch for another format, and
        LibraryError where it may not be read.
        """
        path = folder / MANIFEST
        content = read_part(path)
        found = hashlib.sha256(content).hexdigest()
        if sha256 and found != sha256:
            raise LibraryDamaged(f"{path} was changed since it was built")
        row = _object(content, path)
        if row.get("format") != FORMAT:
            raise LibraryMismatch(
                f"{folder} has library format {row.get('format')}, this Yinju reads {FORMAT}: run {how_to_rebuild()}"
            )
        if read_part(folder / CHECKSUM).decode("ascii", errors="replace").strip() != found:
            raise LibraryDamaged(f"{path} was changed since it was built")
        try:
            return cls(
                **{
                    **row,
                    "sources": tuple(_record(SourceRecord, s) for s in row["sources"]),
                    "segments": tuple(_record(SegmentRecord, s) for s in row["segments"]),
                    "notices": tuple(row["notices"]),
                }
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LibraryDamaged(f"{path} is broken ({first_line(error)})") from error

    def __post_init__(self) -> None:
        """Raise ValueError for what no build writes: whoever reads it relies on it, names of folders above all."""
        _check_fields(self)
        if self.before and not GENERATION_NAME.fullmatch(self.before):
            raise ValueError(f"before is {self.before!r}")
        if not all(GENERATION_NAME.fullmatch(s.name) for s in self.segments):
            raise ValueError("a segment has a name that none can have")
        for name, record in self.files.items():
            if name.startswith("/") or ".." in name.split("/") or type(record.get("bytes")) is not int:
                raise ValueError(f"the record of the file {name!r}")

    def check_files(self, folder: Path, *, thorough: bool) -> None:
        """Compare every file with its record; of large libraries not every hash unless `thorough`.

        Raises LibraryDamaged, or LibraryError for a file that may not be read.
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
            if (thorough or hashed <= _HASH_ON_OPEN) and _part_sha256(path) != record["sha256"]:
                raise LibraryDamaged(f"{path} was changed since it was built")

    def gone_sources(self) -> list[str]:
        """Name the sources that are not there any more; the library keeps their text."""
        return [s.name for s in self.sources if not Path(s.path).is_file()]


def file_sha256(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _part_sha256(path: Path) -> str:
    try:
        return file_sha256(path)
    except PermissionError as error:
        raise _not_allowed(path, error) from error
    except OSError as error:
        raise LibraryDamaged(f"{path} can't be read ({error.strerror})") from error


def read_part(path: Path) -> bytes:
    """Read a file of a library. Raises LibraryDamaged where it is not there, LibraryError where it may not be read."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise LibraryDamaged(f"{path} is missing") from error
    except PermissionError as error:
        raise _not_allowed(path, error) from error
    except OSError as error:
        raise LibraryDamaged(f"{path} can't be read ({error.strerror})") from error


def _not_allowed(path: Path, error: OSError) -> LibraryError:
    return LibraryError(f"{path} can't be read ({error.strerror}): ask its owner for permission")


def _object(content: bytes, path: Path) -> dict[str, Any]:
    try:
        row = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise LibraryDamaged(f"{path} is broken ({first_line(error)})") from error
    if not isinstance(row, dict):
        raise LibraryDamaged(f"{path} is broken (no object)")
    return row


def _record(kind: type[Record], row: object) -> Record:
    if not isinstance(row, dict):
        raise TypeError(f"a {kind.__name__} that is a {type(row).__name__}")
    made = kind(**row)
    _check_fields(made)
    return made


def _check_fields(made: Any) -> None:
    """Raise ValueError where a field has another type than it is declared with, or a number that it can't have."""
    for f in fields(made):
        value = getattr(made, f.name)
        expected = _TYPES.get(str(getattr(f.type, "__name__", f.type)))
        wrong = expected is not None and (not isinstance(value, expected) or isinstance(value, bool))
        least = -(2**62) if f.name == "changed_ns" else 0  # a file may be older than 1970
        if wrong or (isinstance(value, int | float) and not least <= value < 2**62):
            raise ValueError(f"{f.name} is {str(value)[:40]!r}")
