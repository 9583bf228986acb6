"""Time the first sentence of an extractive answer after retrieval, in a large library.

python -m eval.first_sentence --statutes articles.jsonl.xz --news news.txt.xz --questions queries.tsv [--size 100000]
"""

import argparse
import json
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np

from eval.scale import paragraphs
from rag.assistant import Found
from rag.config import Settings
from rag.schema import Sentence
from rag.session import index_sources, open_assistant

_WARM = 20  # questions before time is taken


def main() -> None:
    """Print the median and the 95th percentile of the time to search, and from there to the first sentence."""
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
        assistant = open_assistant(made)
        asked = [line.split("\t")[-1] for line in settings.questions.read_text(encoding="utf-8").splitlines()]
        searched, first = [], []
        for question in asked[:300]:
            began = time.perf_counter()
            for event in assistant.stream(question):
                if isinstance(event, Found):
                    found = time.perf_counter()
                elif isinstance(event, Sentence):
                    searched.append(found - began)
                    first.append(time.perf_counter() - found)
                    break
    for what, seconds in (("search", searched), ("from there to the first sentence", first)):
        p50, p95 = np.quantile(np.array(seconds[_WARM:]) * 1000, [0.5, 0.95])
        print(f"{what}: median {p50:.1f} ms, 95th percentile {p95:.1f} ms, {len(seconds)} questions answered")


if __name__ == "__main__":
    main()
