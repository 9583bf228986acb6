"""What a library says about itself, and the check that it is all there."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from rag.errors import LibraryDamaged, LibraryMismatch

__all__ = ["FORMAT", "Manifest", "SourceRecord", "file_sha256"]

FORMAT = 2  # goes up when the files change, or the terms that are written into them
_NAME = "manifest.json"
_HASH_ON_OPEN = 64 * 2**20  # bytes; larger files are hashed by `yinju check` only, their size always


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source as it was when it was read."""

    name: str
    path: str
    root: str  # the path that the user gave, below which it was found
    sha256: str
    sidecar_sha256: str  # "" where there is none


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that decides what a library holds and how it must be read."""

    fingerprint: str
    yinju: str
    built: str
    embedder: str
    embedder_fingerprint: str
    dimension: int
    ingest: int  # version of the rules
    counts: Mapping[str, int]
    sources: tuple[SourceRecord, ...]
    files: Mapping[str, Mapping[str, Any]]  # relative path → bytes, sha256
    notices: tuple[str, ...] = ()
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write it into a generation's folder, last of all files."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / _NAME).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read it. Raises LibraryDamaged when it is missing or broken, LibraryMismatch for another format."""
        path = folder / _NAME
        try:
            row = json.loads(path.read_text(encoding="utf-8"))
            if row["format"] != FORMAT:
                raise LibraryMismatch(
                    f"{folder} has library format {row['format']}, this Yinju reads {FORMAT}: "
                    "run `yinju index --fresh` to build it anew"
                )
            sources = tuple(SourceRecord(**s) for s in row.pop("sources"))
            return cls(**{**row, "sources": sources, "notices": tuple(row["notices"])})
        except FileNotFoundError as error:
            raise LibraryDamaged(f"{path} is missing: run `yinju index --fresh`") from error
        except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
            raise LibraryDamaged(f"{path} is broken ({error}): run `yinju index --fresh`") from error

    def check_files(self, folder: Path, *, thorough: bool) -> None:
        """Compare every file with its record; hashes of large ones only if `thorough`. Raises LibraryDamaged."""
        for name, record in self.files.items():
            path = folder / name
            if not path.is_file():
                raise LibraryDamaged(f"{path} is missing: run `yinju index --fresh`")
            size = path.stat().st_size
            if size != record["bytes"]:
                raise LibraryDamaged(f"{path} has {size} bytes, expected {record['bytes']}: run `yinju index --fresh`")
            if (thorough or size <= _HASH_ON_OPEN) and file_sha256(path) != record["sha256"]:
                raise LibraryDamaged(f"{path} was changed since it was built: run `yinju index --fresh`")

    def changed_sources(self) -> list[str]:
        """Name the sources that are still there but no longer as they were read."""
        changed = []
        for source in self.sources:
            path = Path(source.path)
            if not path.is_file():
                continue  # the library keeps the text; it may have been copied to another machine
            sidecar = path.with_suffix(".toml")
            now = file_sha256(sidecar) if sidecar.is_file() else ""
            if file_sha256(path) != source.sha256 or now != source.sidecar_sha256:
                changed.append(source.name)
        return changed


def file_sha256(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
