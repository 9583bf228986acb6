"""`yinju eval support|adversarial|answers|refusal`: measure what sets Yinju apart on files in SQuAD's format."""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rag.command import Command
from rag.errors import UsageError

__all__ = ["COMMANDS"]


def _configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*" if name == "answers" else "+", type=Path, metavar="FILE")
    parser.add_argument("--seed", type=int, default=1, help="seed of all that is drawn by chance (default 1)")
    if name == "adversarial":
        parser.add_argument("--questions", type=int, default=200, help="questions of a file (default 200)")
    if name == "answers":
        parser.add_argument("--rgb", type=Path, metavar="FILE", help="RGB's zh_int.json")
    if name in ("answers", "refusal"):
        parser.add_argument("--every", type=int, default=1, help="ask every how many-th question (default 1: all)")
    if name == "refusal":
        parser.add_argument("--chart", type=Path, metavar="FILE", help="draw risk by coverage (needs matplotlib)")


def _run(measure: Callable[[argparse.Namespace], None], arguments: argparse.Namespace) -> int:
    if getattr(arguments, "every", 1) < 1:
        raise UsageError(f"--every is {arguments.every}: expected 1 or more")
    if not arguments.files and not getattr(arguments, "rgb", None):
        raise UsageError("give a file in SQuAD's format, or RGB's with --rgb")
    measure(arguments)
    return 0


def _support(arguments: argparse.Namespace) -> None:
    from eval.sets import read_articles
    from eval.support import described, table
    from rag.verify.support import support_model

    for path in arguments.files:
        made = described(read_articles(path), arguments.seed)
        print(f"{path.name}, seed {arguments.seed}\n{table(made, support_model())}", flush=True)


def _adversarial(arguments: argparse.Namespace) -> None:
    from eval.adversary import attack

    for path in arguments.files:
        counted = attack(path, arguments.questions, arguments.seed)
        asked = f"{path.name}, {arguments.questions} questions, seed {arguments.seed}"
        print(f"{asked}: honest sentences kept {counted.honest_kept:.1%}")
        print(counted.table())
        for kind, text in counted.leaked:
            print(f"shown though falsified ({kind}): {text}")


def _answers(arguments: argparse.Namespace) -> None:
    from eval.answers import measure_rgb, measure_squad

    for path in arguments.files:
        print(measure_squad(path, every=arguments.every), flush=True)
    for measured in measure_rgb(arguments.rgb) if arguments.rgb else ():
        print(measured, flush=True)


def _refusal(arguments: argparse.Namespace) -> None:
    from eval.refusal import curve, draw, measure

    curves = {}
    for path in arguments.files:
        measured = measure(path, every=arguments.every)
        print(f"{path.name}: {measured}", flush=True)
        curves[path.stem] = curve(measured)
    if arguments.chart:
        draw(curves, arguments.chart)


COMMANDS = tuple(
    Command(name, help_text, partial(_configure, name), partial(_run, measure))
    for name, help_text, measure in (
        ("support", "share of falsified sentences that the support check catches, by kind", _support),
        ("adversarial", "a generator that cheats: what gets past the check", _adversarial),
        ("answers", "share of answers that hold the gold span; RGB's integration set with --rgb", _answers),
        ("refusal", "answerable and unanswerable questions refused, risk by coverage", _refusal),
    )
)
