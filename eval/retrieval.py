"""Measure retrieval: nDCG@10 of each search and of all together, on every dev set.

python -m eval.retrieval DEV_FOLDER
"""

import argparse
import math
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from eval.sets import library_of, read_dev_sets, sample
from rag.embed.registry import BUNDLED
from rag.index.terms import query_terms
from rag.retrieve.fusion import FEATURES
from rag.retrieve.retriever import Retriever

__all__ = ["ndcg_at_10"]

_DEPTH = 10


def ndcg_at_10(ranking: Sequence[str], gold: Collection[str]) -> float:
    """Give nDCG@10 (Järvelin and Kekäläinen 2002) where every right paragraph is as right as the others."""
    found = sum(1 / math.log2(n + 2) for n, i in enumerate(ranking[:_DEPTH]) if i in gold)
    return found / sum(1 / math.log2(n + 2) for n in range(min(_DEPTH, len(gold))))


def _rankings(retriever: Retriever, question: str) -> dict[str, list[int]]:
    """Give the rows that each search finds by itself, and all together."""
    library = retriever.library
    query = retriever.embedder.encode([question], kind="query")
    rows, features, _ = retriever.candidates(question)
    late = features[:, FEATURES.index("late whole")]
    return {
        "dense": library.nearest(query, _DEPTH),
        "lexical": [row for row, _ in library.lexical.search(query_terms(question), _DEPTH)],
        "late": [rows[n] for n in np.lexsort((np.array(rows), -late))[:_DEPTH]],
        "hybrid": [library.row_of(e.paragraph.id) or 0 for e in retriever.search(question, _DEPTH)],
    }


def main() -> None:
    """Print the mean nDCG@10 of each search."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dev", type=Path, help="folder with xquad/, cmrc2018/, drcd/, statutes/")
    parser.add_argument("--embedder", default=BUNDLED)
    parser.add_argument("--encoder", default=BUNDLED)
    parser.add_argument("--most", type=int, default=100_000, help="questions of a set, evenly spaced")
    settings = parser.parse_args()
    print(f"{'set':18} {'paragraphs':>10} {'questions':>9}  dense lexical  late hybrid")
    for asked in (sample(s, settings.most) for s in read_dev_sets(settings.dev)):
        scores: dict[str, list[float]] = {}
        with tempfile.TemporaryDirectory() as folder:
            retriever = library_of(Path(folder), "library", asked.paragraphs, settings.embedder, settings.encoder)
            for question, gold in asked.questions:
                for name, rows in _rankings(retriever, question).items():
                    ids = [retriever.library.paragraph(row).id for row in rows]
                    scores.setdefault(name, []).append(ndcg_at_10(ids, gold))
        means = "  ".join(f"{np.mean(values):.4f}" for values in scores.values())
        print(f"{asked.name:18} {len(asked.paragraphs):10} {len(asked.questions):9}  {means}", flush=True)


if __name__ == "__main__":
    main()
