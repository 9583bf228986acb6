"""`yinju eval run SET --out DIR`: ask every question of a test set, measure the answers."""

import argparse
from pathlib import Path

from rag.command import ANSWERING, Command, add_settings, settings_flags
from rag.errors import UsageError

__all__ = ["COMMAND"]

_SERVER_JOBS = 4  # questions at once, where an LLM server answers them


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("set", type=Path, metavar="SET.jsonl", help="a test set with its card")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder of the run; goes on where it ended"
    )
    parser.add_argument("--judge", default="support", help="support, or server:URL#MODEL (default support)")
    parser.add_argument("--jobs", type=int, default=0, help="questions at once (default: 4 with an LLM server, else 1)")
    parser.add_argument(
        "--gate", type=Path, metavar="FILE.toml", help="bounds of figures; a broken one gives exit code 1"
    )
    add_settings(parser, *ANSWERING)


def _run(arguments: argparse.Namespace) -> int:
    from eval.gold import load_set
    from eval.judge import judge_named
    from eval.report import as_text
    from eval.runs import answer_all, judge_all, load_run, open_run
    from eval.summary import broken_bounds, read_gate, summarised
    from rag.config import load_settings
    from rag.session import progress_bar

    if arguments.jobs < 0:
        raise UsageError(f"--jobs is {arguments.jobs}: expected 1 or more")
    settings = load_settings(settings_flags(arguments))
    judge = judge_named(arguments.judge, settings)
    gold_set = load_set(arguments.set)
    bounds = read_gate(arguments.gate) if arguments.gate else {}
    jobs = arguments.jobs or (_SERVER_JOBS if settings.generator.startswith("server:") else 1)
    assistant, done = open_run(arguments.out, gold_set, settings, jobs)
    answer_all(arguments.out, gold_set, assistant, done, jobs=jobs, progress=progress_bar)
    judge_all(arguments.out, judge, judge.name, progress=progress_bar)
    summary = summarised(load_run(arguments.out))
    print(as_text(gold_set.card.name, summary))
    broken = broken_bounds(bounds, summary.figure)
    for line in broken:
        print(f"gate: {line}")
    return 1 if broken or summary.errors else 0


COMMAND = Command("run", "ask every question of a test set, and measure the answers", _configure, _run)
