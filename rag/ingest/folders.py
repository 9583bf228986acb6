"""Which files below a folder are sources."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from rag.errors import SourceError
from rag.ingest.documents import ENDINGS

__all__ = ["skipped_files", "source_files"]

_KNOWN = frozenset({*ENDINGS, ".jsonl"})


def source_files(path: Path) -> Iterator[Path]:
    """Give the sources at `path`: the file itself, or every file below the folder that a reader knows, sorted."""
    if path.is_dir():
        yield from (p for p in _files(path) if p.suffix.lower() in _KNOWN and p.stem.upper() != "README")
    else:
        yield path


def skipped_files(path: Path) -> Iterator[Path]:
    """Give the files below a folder that no reader knows, but for sidecars and READMEs."""
    if path.is_dir():
        yield from (
            p for p in _files(path) if p.suffix.lower() not in {*_KNOWN, ".toml"} and p.stem.upper() != "README"
        )


def _files(path: Path) -> list[Path]:
    """Give the files below a folder, sorted; hidden ones are not looked at.

    Raises SourceError for a folder that can't be looked into: its sources would seem to be gone.
    """
    found: list[Path] = []
    for below, folders, names in os.walk(path, onerror=_refuse):
        folders[:] = [f for f in folders if not f.startswith(".")]
        found += (Path(below) / n for n in names if not n.startswith("."))
    return sorted(p for p in found if p.is_file())


def _refuse(error: OSError) -> NoReturn:
    raise SourceError(f"{error.filename} can't be looked into ({error.strerror}): check its permissions") from error
