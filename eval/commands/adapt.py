"""`yinju eval adapt FORMAT PATH… --out DIR`: a test set out of a public one."""

import argparse
from datetime import date
from pathlib import Path

from rag.command import Command
from rag.errors import EvaluationError, UsageError

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "format", metavar="FORMAT", help="squad FILE [QUESTIONS], beir FOLDER, rgb FILE, trec CORPUS TOPICS QRELS"
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the set and its corpus go")
    parser.add_argument("--licence", required=True, help="of the set, for its card")
    parser.add_argument("--labelled-by", required=True, help="who labelled it, for its card")
    parser.add_argument("--name", help="of the set (default: that of the first path)")
    parser.add_argument("--every", type=int, default=1, help="take every how many-th question (default 1: all)")


def _run(arguments: argparse.Namespace) -> int:
    from eval.adapters import FORMATS, write_adapted

    if arguments.format not in FORMATS:
        raise UsageError(f"format {arguments.format!r} is unknown: expected one of {', '.join(FORMATS)}")
    most, read = FORMATS[arguments.format]
    if len(arguments.paths) > most or (arguments.format == "trec" and len(arguments.paths) < most):
        raise UsageError(f"format {arguments.format} takes {most} paths, got {len(arguments.paths)}")
    if arguments.every < 1:
        raise UsageError(f"--every is {arguments.every}: expected 1 or more")
    first = arguments.paths[0]
    name = arguments.name or first.resolve().name.split(".")[0]
    card = {
        "source": " ".join(path.name for path in arguments.paths),
        "licence": arguments.licence,
        "date": date.today().isoformat(),
        "labelled_by": arguments.labelled_by,
        "revision": f"every {arguments.every}" if arguments.every > 1 else "whole",
    }
    try:
        adapted = read(*arguments.paths)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise EvaluationError(
            f"{first} is not in the format {arguments.format} ({error!r}): give the file as it was published"
        ) from error
    made = write_adapted(adapted, arguments.out, name, card, arguments.every)
    print(f"{made.path}: {len(made.questions)} questions, {len(adapted.corpus)} paragraphs")
    return 0


COMMAND = Command("adapt", "make a test set of a public one: squad, beir, rgb, trec", _configure, _run)
