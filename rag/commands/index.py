"""`yinju index`: make or update a library."""

import argparse
import sys
from pathlib import Path

from rag.command import Command, add_settings, settings_flags

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files or folders: .txt .md .html .docx .pdf .xlsx .csv .jsonl, and with the extra ocr pictures of pages; "
        "none: the seeds folder",
    )
    parser.add_argument("--fresh", action="store_true", help="build from nothing, without what the library held before")
    parser.add_argument(
        "--purge",
        action="store_true",
        help="leave nothing on the disk of what was removed or replaced earlier; without PATH nothing new is read",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a file could not be read")
    add_settings(parser, "library", "seeds", "embedder", "device")


def _run(arguments: argparse.Namespace) -> int:
    from rag.config import load_settings
    from rag.session import index_sources
    from rag.terminal import printable

    settings = load_settings(settings_flags(arguments))
    report = index_sources(settings, arguments.paths, fresh=arguments.fresh, purge=arguments.purge)
    for notice in report.notices:
        print(f"note: {printable(notice)}", file=sys.stderr)
    for reason in report.unread:
        print(f"not read: {printable(reason)}", file=sys.stderr)
    counts = report.manifest.counts
    print(
        f"{report.folder}: {counts['paragraphs']} paragraphs of {counts['articles']} articles from "
        f"{counts['sources']} sources ({report.read} read, {report.kept} unchanged; "
        f"{report.embedded} paragraphs embedded)"
        + (f"; {len(report.unread)} could not be read, see above" if report.unread else "")
    )
    return 1 if report.unread and arguments.strict else 0


COMMAND = Command("index", "make or update a library from articles", _configure, _run)
