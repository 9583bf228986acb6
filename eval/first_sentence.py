"""Time answers in a large library, with the encoder and without it, and what 40 sentences cost the encoder.

python -m eval.first_sentence --statutes articles.jsonl.xz --news news.txt.xz --questions queries.tsv [--size 100000]

Each question is asked of both in turn, so that their ratio is of one run. The encoder knows no text beforehand.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from eval.scale import paragraphs
from rag.answer.ranking import MOST_MEANT
from rag.assistant import Assistant, Found
from rag.config import Settings
from rag.embed.registry import NO_ENCODER, load_encoder
from rag.schema import Sentence
from rag.session import index_sources, open_assistant
from rag.text.sentences import sentence_spans

_WARM = 20  # questions before time is taken
_QUESTIONS = 300
_ROUNDS = 40  # of 40 sentences


def _timed(assistant: Assistant, question: str) -> dict[str, float]:
    """Give the seconds of the search, from there to the first sentence if there is one, and of the whole."""
    seconds = {}
    began = time.perf_counter()
    for event in assistant.stream(question):
        now = time.perf_counter()
        if isinstance(event, Found):
            found = seconds["search"] = now - began
        elif isinstance(event, Sentence):
            seconds.setdefault("from there to the first sentence", now - began - found)
    seconds["whole question"] = time.perf_counter() - began
    return seconds


def _print(name: str, timed: list[dict[str, float]]) -> None:
    for what in ("search", "from there to the first sentence", "whole question"):
        some = [row[what] * 1000 for row in timed[_WARM:] if what in row]
        p50, p95 = np.quantile(some, [0.5, 0.95])
        print(f"{name}: {what}: median {p50:.1f} ms, 95th percentile {p95:.1f} ms, {len(some)} questions")


def _sentences(assistant: Assistant, many: int) -> list[str]:
    texts = (p.text[a:b] for p in assistant.library.paragraphs() for a, b in sentence_spans(p.text))
    return list(islice(dict.fromkeys(texts), many))


def main() -> None:
    """Print the median and the 95th percentile of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statutes", type=Path, required=True)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--size", type=int, default=100_000, help="paragraphs (default 100000)")
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "all.jsonl"
        with source.open("w", encoding="utf-8") as file:
            for row in islice(paragraphs(settings.statutes, settings.news), settings.size):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        made = Settings(library=folder / "library")
        index_sources(made, [source])
        assistants: Mapping[str, Assistant] = {
            "with the encoder": open_assistant(made),
            "without": open_assistant(replace(made, encoder=NO_ENCODER)),
        }
        asked = [line.split("\t")[-1] for line in settings.questions.read_text(encoding="utf-8").splitlines()]
        timed: dict[str, list[dict[str, float]]] = {kind: [] for kind in assistants}
        for question in asked[:_QUESTIONS]:
            for kind, assistant in assistants.items():
                timed[kind].append(_timed(assistant, question))
        for kind, rows in timed.items():
            _print(kind, rows)
        encoder = load_encoder()
        assert encoder is not None
        texts = _sentences(assistants["without"], _ROUNDS * MOST_MEANT)
        costs = []
        for n in range(0, len(texts), MOST_MEANT):
            began = time.perf_counter()
            encoder.encode(texts[n : n + MOST_MEANT])
            costs.append((time.perf_counter() - began) * 1000)
        p50, p95 = np.quantile(costs, [0.5, 0.95])
        letters = np.mean([len(text) for text in texts])
        print(f"{MOST_MEANT} sentences of {letters:.0f} characters: median {p50:.0f} ms, 95th percentile {p95:.0f} ms")


if __name__ == "__main__":
    main()
