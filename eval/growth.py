"""Measure how the cost of a question and of a source grows with its size: it must not grow faster than it does.

python -m eval.growth questions [--articles FOLDER] [--sizes 500 1000 2000] [--kinds NAME …]
python -m eval.growth sources [--sizes 500000 1000000 2000000] [--kinds NAME …] [--read-only]

Each kind (`eval.growth_kinds`) is measured in a process of its own, size by size, in CPU seconds; one that takes longer
than --limit is ended. The exponent is that of the last doubling: 1 is linear, 2 is quadratic. Of a source three things
are measured: reading it, making a library of it, and asking that library a question; with --read-only the first alone.
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.growth_kinds import QUESTIONS, SOURCES
from rag.assistant import Assistant
from rag.config import Settings
from rag.errors import YinjuError
from rag.ingest.paragraphs import ingest
from rag.session import index_sources, open_assistant

__all__ = ["Curve", "exponent"]

_QUESTION = "数字经济的规模达到多少？"
_LINEAR = 1.2  # exponent up to which a cost counts as linear: what lies in caches at n does not at 2n
_NOTHING = 0.3  # CPU seconds below which noise decides
_SIZES = {"questions": (500, 1000, 2000), "sources": (500_000, 1_000_000, 2_000_000)}


@dataclass(frozen=True, slots=True)
class Curve:
    """CPU seconds of one step at rising sizes; shorter than the sizes where the limit ended it."""

    seconds: tuple[float, ...]
    sizes: tuple[int, ...]
    error: str = ""

    @property
    def verdict(self) -> str:
        """Say in a word how the cost grows."""
        if len(self.seconds) < len(self.sizes):
            return "OVER THE LIMIT"
        if self.seconds[-1] < _NOTHING:
            return "little"
        return "linear" if exponent(self.seconds, self.sizes) <= _LINEAR else "GROWS FASTER"


def exponent(seconds: Sequence[float], sizes: Sequence[int]) -> float:
    """Give the exponent between the last two sizes that were measured; NaN for fewer than two."""
    if len(seconds) < 2:
        return math.nan
    last = len(seconds) - 1
    return math.log(max(seconds[last], 1e-6) / max(seconds[last - 1], 1e-6)) / math.log(sizes[last] / sizes[last - 1])


def _question_steps(kind: str, sizes: Sequence[int], library: Path) -> Iterator[Mapping[str, float | str]]:
    assistant = open_assistant(Settings(library=library))
    assistant.ask(_QUESTION)
    for size in sizes:
        asked = QUESTIONS[kind](size)
        began = time.process_time()
        error = ""
        try:
            answer = assistant.ask(asked.question, asked.history)
            suggest = getattr(assistant, "suggestions", None)
            if suggest is not None:
                suggest(answer)
        except YinjuError as told:
            error = str(told)
        yield {"ask": time.process_time() - began, "error": error}


def _source_steps(
    kind: str, sizes: Sequence[int], library: Path, *, read_only: bool
) -> Iterator[Mapping[str, float | str]]:
    library.mkdir(exist_ok=True)
    warm_up = library / "warm.md"
    warm_up.write_text("# 题\n\n一段。", encoding="utf-8")
    ingest(warm_up, warm_up.name)
    if not read_only:
        index_sources(Settings(library=library / "warm"), [warm_up])
        _ask_once(open_assistant(Settings(library=library / "warm")))
    for size in sizes:
        made = SOURCES[kind](size)
        source = library / f"{size}{made.suffix}"
        source.write_bytes(made.content)
        if made.sidecar:
            source.with_suffix(".toml").write_text(made.sidecar, encoding="utf-8")
        began = time.process_time()
        try:
            ingest(source, source.name)
            yield {"read": time.process_time() - began}
            if read_only:
                continue
            began = time.process_time()
            index_sources(Settings(library=library / str(size)), [source])
            yield {"index": time.process_time() - began}
        except YinjuError as error:
            yield {"read": time.process_time() - began, "error": str(error)}
        else:
            yield {"ask": _ask_once(open_assistant(Settings(library=library / str(size))))}


def _ask_once(assistant: Assistant) -> float:
    began = time.process_time()
    assistant.ask(_QUESTION)
    return time.process_time() - began


def _measure(
    what: str, kind: str, sizes: Sequence[int], library: Path, *, limit: int, read_only: bool
) -> dict[str, Curve]:
    """Measure one kind in a process of its own: a curve for each step."""
    command = [sys.executable, "-m", "eval.growth", what, "--child", kind, "--library", str(library)]
    command += ["--sizes", *map(str, sizes), "--limit", str(limit), *["--read-only"] * read_only]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=one_thread)  # noqa: S603 our own
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode and "Traceback" in done.stderr:
        rows.append({"error": done.stderr.strip().splitlines()[-1][:100]})
    steps = [step for step in ("read", "index", "ask") if any(step in row for row in rows)] or ["read"]
    error = next((row["error"] for row in rows if row.get("error")), "")
    return {
        step: Curve(tuple(row[step] for row in rows if step in row), tuple(sizes), error.replace(str(library), "…"))
        for step in steps
    }


def _print_table(
    what: str, kinds: Sequence[str], sizes: Sequence[int], library: Path, *, limit: int, read_only: bool
) -> None:
    heads = [f"{size / 1e6:g} MB" if what == "sources" else f"{size:,}" for size in sizes]
    print(f"| kind | step | {' | '.join(heads)} | exponent | verdict |\n|---|---|{'---:|' * len(sizes)}---:|---|")
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder:
            place = library if what == "questions" else Path(folder)
            curves = _measure(what, kind, sizes, place, limit=limit, read_only=read_only)
        for step, curve in curves.items():
            cells = [f"{s:.2f}" for s in curve.seconds] + ["–"] * (len(sizes) - len(curve.seconds))
            power = exponent(curve.seconds, sizes)
            told = f"{curve.verdict} ({curve.error[:60]}…)" if curve.error else curve.verdict
            told = told.replace("|", "¦")
            shown = "" if math.isnan(power) or curve.verdict == "little" else f"{power:.2f}"
            print(f"| {kind} | {step} | {' | '.join(cells)} | {shown} | {told} |", flush=True)


def main() -> None:
    """Measure every kind and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=sorted(_SIZES))
    parser.add_argument("--articles", type=Path, default=Path("seeds"), help="what questions are asked of")
    parser.add_argument("--sizes", type=int, nargs="+", help="characters of a question, bytes of a source")
    parser.add_argument("--kinds", nargs="+", metavar="NAME")
    parser.add_argument("--limit", type=int, default=60, help="CPU seconds for a kind (default 60)")
    parser.add_argument("--read-only", action="store_true", help="read sources, but make no library of them")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--library", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    sizes = given.sizes or _SIZES[given.what]
    if given.child:
        resource.setrlimit(resource.RLIMIT_CPU, (given.limit, given.limit))
        if given.what == "questions":
            rows = _question_steps(given.child, sizes, given.library)
        else:
            rows = _source_steps(given.child, sizes, given.library, read_only=given.read_only)
        for row in rows:
            print(json.dumps(row), flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        if given.what == "questions":
            index_sources(Settings(library=library), [given.articles])
        kinds = given.kinds or list(QUESTIONS if given.what == "questions" else SOURCES)
        _print_table(given.what, kinds, sizes, library, limit=given.limit, read_only=given.read_only)


if __name__ == "__main__":
    main()
