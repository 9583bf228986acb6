"""`yinju eval compare A B`: is B better than A, or is it chance?"""

import argparse
from pathlib import Path

from rag.command import Command

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", type=Path, metavar="A", help="folder of a run")
    parser.add_argument(
        "b", type=Path, metavar="B", help="folder of another run of the same set over the same articles"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of resampling (default 1)")
    parser.add_argument(
        "--gate", type=Path, metavar="FILE.toml", help="bounds of the differences B − A; a broken one gives exit code 1"
    )


def _run(arguments: argparse.Namespace) -> int:
    from eval.compare import compare_runs
    from eval.runs import load_run
    from eval.summary import broken_bounds, read_gate

    bounds = read_gate(arguments.gate) if arguments.gate else {}
    comparison = compare_runs(load_run(arguments.a), load_run(arguments.b), arguments.seed)
    print(comparison.as_text())
    broken = broken_bounds(bounds, comparison.difference)
    for line in broken:
        print(f"gate: {line}")
    return 1 if broken else 0


COMMAND = Command("compare", "compare two runs of a set: differences, chance, what changed", _configure, _run)
