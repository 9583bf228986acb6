"""`yinju eval`: measure what sets Yinju apart."""

import argparse
from pathlib import Path

from rag.command import Command

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, help_text in (
        ("support", "share of falsified sentences that the support check catches, by kind; texts from SQuAD files"),
        ("adversarial", "a generator that cheats on the questions of SQuAD files: what gets past the check"),
        ("answers", "share of answers that hold the gold span; SQuAD files, RGB's integration set with --rgb"),
        ("refusal", "answerable questions refused, unanswerable ones refused, risk by coverage; SQuAD files"),
    ):
        part = kinds.add_parser(name, help=help_text)
        part.add_argument("files", nargs="*" if name == "answers" else "+", type=Path, metavar="FILE")
        part.add_argument("--seed", type=int, default=1, help="seed of all that is drawn by chance (default 1)")
        if name == "adversarial":
            part.add_argument("--questions", type=int, default=200, help="questions of a file (default 200)")
        if name == "answers":
            part.add_argument("--rgb", type=Path, metavar="FILE", help="RGB's zh_int.json")
        if name in ("answers", "refusal"):
            part.add_argument("--every", type=int, default=1, help="ask every how many-th question (default 1: all)")
        if name == "refusal":
            part.add_argument("--chart", type=Path, metavar="FILE", help="draw risk by coverage (needs matplotlib)")


def _run(arguments: argparse.Namespace) -> int:
    _MEASURES[arguments.what](arguments)
    return 0


def _support(arguments: argparse.Namespace) -> None:
    from eval.sets import read_articles
    from eval.support import described, table
    from rag.cite.support import support_model

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


_MEASURES = {"support": _support, "adversarial": _adversarial, "answers": _answers, "refusal": _refusal}

COMMAND = Command("eval", "measure answers, refusals and the check of citations", _configure, _run)
