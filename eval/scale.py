"""Measure speed and memory on large libraries: how they grow, how fast they answer, how fast an article is added.

python -m eval.scale --statutes articles.jsonl.xz --news news.txt.xz --questions queries.tsv [--sizes 50000 200000 …]
    [--chart growth.svg]

Statute articles come first, then news, cut into paragraphs of about 200 characters; beyond their number the news come
again with their characters changed here and there. Each step runs in a process of its own.
"""

import argparse
import json
import lzma
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path

import numpy as np

from rag.config import Settings
from rag.embed.registry import load_tokens
from rag.index.library import Library
from rag.retrieve.retriever import Retriever
from rag.session import index_sources, open_retriever

__all__ = ["paragraphs"]

_LENGTH = 200  # characters of a paragraph of news
_CHANGED = 0.1  # share of the characters of a repeated paragraph
_CURVES = {  # what is drawn: unit, figure, the bound that is asked for
    "indexed a second": ("paragraphs", "per_second", 2000.0),
    "query, 95th percentile": ("ms", "p95_ms", 30.0),
    "memory a paragraph": ("bytes", "bytes_per_paragraph", 1500.0),
    "20 more paragraphs searchable after": ("s", "add_seconds", 1.0),
}


def paragraphs(statutes: Path, news: Path) -> Iterator[dict[str, str]]:
    """Give rows of a JSONL source without end."""
    with lzma.open(statutes, "rt", encoding="utf-8") as lines:
        for n, line in enumerate(lines):
            row = json.loads(line)
            section = row["headings"][-1] if row["headings"] else ""
            yield {"id": f"s{n}", "text": row["text"], "title": row["law"], "section": section}
    for copy in count():
        chance = random.Random(copy)
        with lzma.open(news, "rt", encoding="utf-8") as lines:
            for n, line in enumerate(lines):
                for m, text in enumerate(_cut(line.strip())):
                    yield {"id": f"n{copy}/{n}/{m}", "text": _changed(text, chance) if copy else text}


def _cut(text: str) -> Iterator[str]:
    part = ""
    for sentence in re.findall(r"[^。！？]+[。！？]*", text):
        part += sentence
        if len(part) >= _LENGTH:
            yield part
            part = ""
    if part.strip():
        yield part


def _changed(text: str, chance: random.Random) -> str:
    characters = list(text)
    for _ in range(int(_CHANGED * len(text))):
        characters[chance.randrange(len(text))] = characters[chance.randrange(len(text))]
    return "".join(characters)


def _index(settings: Settings, source: Path) -> None:
    began = time.monotonic()
    report = index_sources(settings, [source])
    seconds = time.monotonic() - began
    number = report.manifest.counts["paragraphs"]
    size = sum(p.stat().st_size for p in settings.library.rglob("*") if p.is_file())
    recall = min(s.recall for s in report.manifest.segments)
    _say(paragraphs=number, index_seconds=seconds, per_second=number / seconds, disk_mb=size / 1e6, recall=recall)


def _ask(settings: Settings, questions: Path, empty: Path) -> None:
    asked = [line.split("\t")[-1] for line in questions.read_text(encoding="utf-8").splitlines()]
    small = open_retriever(Settings(library=empty))
    for question in asked[:100]:
        small.search(question, 8)
    before, before_files = _memory(), _memory("RssFile")
    library = Library(settings.library)
    library.load()
    retriever = Retriever(library, small.embedder, load_tokens(small.embedder))
    seconds = []
    for question in asked:
        began = time.monotonic()
        retriever.search(question, 8)
        seconds.append(time.monotonic() - began)
    own = (_memory() - before) / len(library)
    mapped = (_memory("RssFile") - before_files) / len(library)
    p50, p95 = np.quantile(np.array(seconds[len(seconds) // 10 :]) * 1000, [0.5, 0.95])
    _say(bytes_per_paragraph=own + mapped, of_files=mapped, p50_ms=p50, p95_ms=p95)


def _add(settings: Settings, source: Path) -> None:
    began = time.monotonic()
    report = index_sources(settings, [source])
    _say(add_seconds=time.monotonic() - began, embedded=report.embedded)


def _memory(kind: str = "RssAnon") -> int:
    """Give the bytes that the process holds of its own, or those of files that it looks into (RssFile)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{kind}:"))


def _say(**figures: float) -> None:
    print(json.dumps({name: round(float(value), 4) for name, value in figures.items()}))


def _step(*arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "eval.scale", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 our own program
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _measure(size: int, settings: argparse.Namespace, folder: Path) -> dict[str, float]:
    source, library = folder / "all.jsonl", folder / "library"
    with source.open("w", encoding="utf-8") as file:
        for row in islice(paragraphs(settings.statutes, settings.news), size):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    figures = _step("--step", "index", "--library", str(library), "--source", str(source))
    figures |= _step(
        "--step",
        "ask",
        "--library",
        str(library),
        "--source",
        str(folder / "one"),
        "--questions",
        str(settings.questions),
    )
    added = folder / "added.jsonl"
    rows = ({"id": f"new{n}", "text": f"新增的第{n}段，说的是量子茶叶的第{n}种泡法。"} for n in range(20))
    added.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    figures |= _step("--step", "add", "--library", str(library), "--source", str(added))
    return figures


def _draw(rows: Sequence[dict[str, float]], path: Path) -> None:
    """Draw how each figure grows with the number of paragraphs."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(9, 6), layout="constrained", sharex=True)
    for (name, (unit, key, bound)), axis in zip(_CURVES.items(), axes.flat, strict=True):
        axis.plot([r["paragraphs"] / 1000 for r in rows], [r[key] for r in rows], marker="o", color="#1f5fa8")
        axis.axhline(bound, color="#b04a2f", linewidth=1, linestyle="--")
        axis.set_title(f"{name} ({unit})", fontsize=10, loc="left")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.25)
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes[1]:
        axis.set_xlabel("thousand paragraphs")
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Measure at every size, print a table and draw it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statutes", type=Path)
    parser.add_argument("--news", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50_000, 200_000, 500_000, 1_000_000])
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw the growth (needs pip install matplotlib)")
    for name in ("--step", "--library", "--source"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    settings = parser.parse_args()
    if settings.step:
        made = Settings(library=Path(settings.library))
        source = Path(settings.source)
        steps = {"index": lambda: _index(made, source), "add": lambda: _add(made, source)}
        steps["ask"] = lambda: _ask(made, settings.questions, source)
        steps[settings.step]()
        return
    rows = []
    for size in settings.sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            one = folder / "one.jsonl"
            one.write_text('{"id": "1", "text": "一段。"}', encoding="utf-8")
            index_sources(Settings(library=folder / "one"), [one])
            figures = _measure(size, settings, folder)
            print("  ".join(f"{key} {value:,.2f}" for key, value in figures.items()), flush=True)
        rows.append(figures)
    if settings.chart:
        _draw(rows, settings.chart)


if __name__ == "__main__":
    main()
