"""`yinju eval lint SET`: find what is wrong with a test set."""

import argparse
from pathlib import Path

from rag.command import Command, add_settings, settings_flags

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("set", type=Path, metavar="SET.jsonl", help="a test set with its card")
    parser.add_argument("--write", action="store_true", help="first write the file's checksum into its card")
    add_settings(parser, "library", "seeds")


def _run(arguments: argparse.Namespace) -> int:
    from eval.gold import load_set, restamp
    from eval.lint import findings, library_for
    from rag.config import load_settings

    if arguments.write:
        restamp(arguments.set)
    gold_set = load_set(arguments.set)
    with library_for(gold_set, load_settings(settings_flags(arguments))) as library:
        found = list(findings(gold_set, library))
    for finding in found:
        print(finding)
    print(f"{arguments.set}: {len(gold_set.questions)} questions, {len(found)} findings")
    return 1 if found else 0


COMMAND = Command("lint", "find broken references, duplicates, leaks and facts that stand nowhere", _configure, _run)
