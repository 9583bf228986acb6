"""Measure retrieval on sets in SQuAD's format: nDCG@10, with the one right paragraph of each question as its gold.

python -m eval.retrieval xquad.zh.json
python -m eval.retrieval xquad.zh.json --questions xquad.en.json      (English questions, Chinese paragraphs)
"""

import argparse
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eval.squad import library_of, read_squad
from rag.index.terms import query_terms
from rag.retrieve.retriever import Retriever

__all__ = ["ndcg_at_10"]

_DEPTH = 10


def ndcg_at_10(ranking: Sequence[str], right: str) -> float:
    """Give nDCG@10 (Järvelin and Kekäläinen 2002) for one right paragraph: 1 / log2(rank + 1), 0 below ten."""
    found = list(ranking[:_DEPTH])
    return 1 / math.log2(found.index(right) + 2) if right in found else 0.0


def _rankings(retriever: Retriever, question: str) -> dict[str, list[str]]:
    """Give the ids that each search finds by itself, and both together."""
    library = retriever.library
    query = retriever.embedder.encode([question], kind="query")
    _, rows = library.dense.search(query, _DEPTH)
    found = library.lexical.search(query_terms(question), _DEPTH)
    return {
        "dense": [library.paragraphs[int(r)].id for r in rows[0] if r >= 0],
        "lexical": [library.paragraphs[r].id for r, _ in found],
        "hybrid": [e.paragraph.id for e in retriever.search(question, _DEPTH)],
    }


def main() -> None:
    """Print the mean nDCG@10 of each search."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paragraphs", type=Path, help="file whose paragraphs are searched")
    parser.add_argument("--questions", type=Path, help="file whose questions are asked, parallel to the other")
    parser.add_argument("--embedder", default="bundled")
    settings = parser.parse_args()
    texts = [p.text for p in read_squad(settings.paragraphs)]
    asked = [p.questions for p in read_squad(settings.questions or settings.paragraphs)]
    scores: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        retriever = library_of(Path(folder), "library", texts, settings.embedder)
        for number, questions in enumerate(asked):
            for question in questions:
                for name, ranking in _rankings(retriever, question).items():
                    scores.setdefault(name, []).append(ndcg_at_10(ranking, str(number)))
    for name, values in scores.items():
        print(f"{name:8} nDCG@10 {np.mean(values):.4f}  ({len(values)} questions, {len(texts)} paragraphs)")


if __name__ == "__main__":
    main()
