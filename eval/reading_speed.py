"""How fast are files read? Paragraphs a second by format, and pages a second where a format has pages.

    python -m eval.reading_speed FOLDER… [--least SECONDS]

Every file below the folders is read again and again until its format has taken so many seconds. Nothing is indexed.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SourceError
from rag.ingest.folders import source_files
from rag.ingest.paragraphs import ingest

__all__ = ["Speed", "speed_of"]


@dataclass(frozen=True, slots=True)
class Speed:
    """What was read of one format in how many seconds."""

    files: int
    paragraphs: int
    pages: int
    seconds: float


def speed_of(files: Sequence[Path], least_seconds: float) -> Speed:
    """Read files until so many seconds have gone, each of them at least once."""
    paragraphs = pages = read = 0
    started = time.perf_counter()
    while read == 0 or time.perf_counter() - started < least_seconds:
        for path in files:
            found = ingest(path, path.name).paragraphs
            paragraphs += len(found)
            pages += max((p.page for p in found), default=0)
            read += 1
    return Speed(read, paragraphs, pages, time.perf_counter() - started)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each format."""
    parser = argparse.ArgumentParser(prog="python -m eval.reading_speed", description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--least", type=float, default=2.0, metavar="SECONDS")
    given = parser.parse_args(arguments)
    by_ending: dict[str, list[Path]] = defaultdict(list)
    for folder in given.folders:
        for path in source_files(folder):
            try:
                ingest(path, path.name)  # the first reading loads what the format needs
                by_ending[path.suffix.lower()].append(path)
            except SourceError as error:
                print(f"not read: {error}", file=sys.stderr)
    for ending, files in sorted(by_ending.items()):
        found = speed_of(files, given.least)
        a_second = f"{found.paragraphs / found.seconds:10,.0f} paragraphs/s"
        pages = f"{found.pages / found.seconds:10,.1f} pages/s" if ending == ".pdf" else ""
        print(f"{ending:6} {len(files):4} files {a_second}{pages}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
