"""`yinju eval report DIR --out FILE`: a run as a page, as Markdown or as a table."""

import argparse
from pathlib import Path

from rag.command import Command
from rag.errors import UsageError

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, metavar="DIR", help="folder of a run")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="FILE.html, FILE.md, or FILE.csv with a row a question"
    )


def _run(arguments: argparse.Namespace) -> int:
    from eval.report import WRITERS
    from eval.runs import load_run
    from eval.summary import summarised

    write = WRITERS.get(arguments.out.suffix)
    if write is None:
        raise UsageError(f"--out {arguments.out} ends in none of {', '.join(WRITERS)}")
    run = load_run(arguments.run)
    try:
        arguments.out.write_text(write(run, summarised(run)), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{arguments.out} can't be written ({error.strerror}): give a file in a folder that exists"
        ) from error
    print(arguments.out)
    return 0


COMMAND = Command("report", "write a run as one HTML page, Markdown or CSV", _configure, _run)
