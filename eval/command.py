"""`yinju eval`: test sets, runs, comparisons, reports, and what sets Yinju apart."""

import argparse

from eval.commands import adapt, compare, draft, lint, measure, report, review, run
from rag.command import Command

__all__ = ["COMMAND"]

_PARTS = {
    part.name: part
    for part in (
        run.COMMAND,
        compare.COMMAND,
        report.COMMAND,
        lint.COMMAND,
        review.COMMAND,
        draft.COMMAND,
        adapt.COMMAND,
        *measure.COMMANDS,
    )
}


def _configure(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, part in _PARTS.items():
        part.configure(kinds.add_parser(name, help=part.help, description=part.help))


def _run(arguments: argparse.Namespace) -> int:
    return _PARTS[arguments.what].run(arguments)


COMMAND = Command("eval", "run test sets, compare and report runs, measure the checks", _configure, _run)
