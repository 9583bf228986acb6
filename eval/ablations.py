"""Compare searches on every dev set: each alone, ways to join them, and others' lexical search. Prints Markdown.

python -m eval.ablations DEV_FOLDER        (needs pip install bm25s jieba)
"""

import argparse
import importlib
import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.fit.fusion import FITTED_ON, Described, described, fitted, mean_ndcg
from eval.retrieval import ndcg_at_10
from eval.sets import QuestionSet, library_of, read_dev_sets, sample
from rag.errors import ConfigError
from rag.index.terms import query_terms
from rag.retrieve.fusion import FEATURES, weights
from rag.retrieve.retriever import Retriever

__all__ = ["reciprocal_ranks"]

Ranker = Callable[[str], Sequence[int]]
_DEPTH = 10
_RRF = 60  # Cormack et al. 2009
_LATE = tuple(name for name in FEATURES if "late" in name)
_BY_SENTENCE = tuple(name for name in FEATURES if "sentence" in name)
_CONTENT = tuple(name for name in FEATURES if name.startswith("content"))


def reciprocal_ranks(rankings: Sequence[Sequence[int]]) -> list[int]:
    """Join rankings by the sum of 1 / (60 + rank), ties by number (Cormack, Clarke and Büttcher 2009)."""
    sums: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            sums[row] = sums.get(row, 0.0) + 1 / (_RRF + rank)
    return sorted(sums, key=lambda row: (-sums[row], row))


def _ranked(retriever: Retriever, asked: QuestionSet) -> dict[str, float]:
    """Measure what ranks paragraphs by itself."""
    library = retriever.library

    def dense(question: str) -> list[int]:
        return library.nearest(retriever.embedder.encode([question], kind="query"), 100)

    def lexical(question: str) -> list[int]:
        return [row for row, _ in library.lexical.search(query_terms(question), 100)]

    def together(question: str) -> list[int]:
        return [library.row_of(e.paragraph.id) or 0 for e in retriever.search(question, _DEPTH)]

    ours: dict[str, Ranker] = {
        "dense alone": dense,
        "BM25 alone": lexical,
        "dense and BM25 by reciprocal ranks": lambda q: reciprocal_ranks([dense(q), lexical(q)]),
        "default: fitted, the first twenty put in order by the encoder": together,
    }
    ids = {row: library.paragraph(row).id for row in library.rows()}
    return {name: _mean(rank, ids, asked) for name, rank in ours.items()} | _peers(asked)


def _peers(asked: QuestionSet) -> dict[str, float]:
    """Measure others' lexical search on the same texts."""
    texts = [f"{row.get('title', '')} {row.get('section', '')} {row['text']}".strip() for row in asked.paragraphs]
    rankers: dict[str, Ranker] = {
        "peer: bm25s with jieba": _bm25s(texts, by_jieba=True),
        "peer: bm25s as it comes": _bm25s(texts, by_jieba=False),
        "peer: TF-IDF of characters": _tfidf(texts),
    }
    ids = {n: row["id"] for n, row in enumerate(asked.paragraphs)}
    return {name: _mean(rank, ids, asked) for name, rank in rankers.items()}


def _mean(rank: Ranker, ids: Mapping[int, str], asked: QuestionSet) -> float:
    values = [ndcg_at_10([ids[n] for n in rank(q)[:_DEPTH]], gold) for q, gold in asked.questions]
    return float(np.mean(values))


def _weighed(found: dict[str, list[Described]]) -> dict[str, dict[str, float]]:
    """Measure weighted sums of the features, each kind fitted as the default is."""
    names = {name: n for n, name in enumerate(FEATURES)}
    train = [found[name] for name in FITTED_ON if name in found]
    everything = set(FEATURES)

    def only(*kept: str) -> NDArray[np.float64]:
        return fitted(train, sorted(names[k] for k in kept))

    fixed = np.zeros(len(FEATURES))
    fixed[[names["cosine"], names["bm25 share"]]] = 1, 4
    kinds = {
        "late interaction alone": np.eye(len(FEATURES))[names["late whole"]],
        "cosine + 4 × share of BM25": fixed,
        "fitted, without late interaction": only(*everything.difference(_LATE)),
        "fitted, without looking at sentences": only(*everything.difference(_BY_SENTENCE)),
        "fitted, without content terms": only(*everything.difference(_CONTENT)),
        "fitted, without the paragraphs beside": only(*(f for f in FEATURES if "beside" not in f)),
        "**default: fitted, all features**": weights(),
    }
    return {kind: {name: mean_ndcg(d, w) for name, d in found.items()} for kind, w in kinds.items()}


def _bm25s(texts: Sequence[str], *, by_jieba: bool) -> Ranker:
    bm25s, jieba = _peer("bm25s"), _peer("jieba")
    jieba.setLogLevel(logging.WARNING)

    def cut(some: Sequence[str]) -> Any:
        if by_jieba:
            some = [" ".join(jieba.lcut(text)) for text in some]
            return bm25s.tokenize(list(some), token_pattern=r"(?u)\S+", stopwords=None, show_progress=False)  # noqa: S106
        return bm25s.tokenize(list(some), show_progress=False)

    index = bm25s.BM25()
    index.index(cut(texts), show_progress=False)

    def rank(question: str) -> list[int]:
        asked = cut([question])
        if not any(token in index.vocab_dict for token in asked.vocab):
            return []
        rows, scores = index.retrieve(asked, k=min(_DEPTH, len(texts)), show_progress=False)
        return [int(r) for r, s in zip(rows[0], scores[0], strict=True) if s > 0]

    return rank


def _tfidf(texts: Sequence[str]) -> Ranker:
    vectors = _peer("sklearn.feature_extraction.text").TfidfVectorizer(
        analyzer="char", ngram_range=(1, 2), sublinear_tf=True
    )
    table = vectors.fit_transform(texts)

    def rank(question: str) -> list[int]:
        scores = (table @ vectors.transform([question]).T).toarray().ravel()
        return [int(n) for n in np.argsort(-scores, kind="stable")[:_DEPTH]]

    return rank


def _peer(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ConfigError(f"{name} is not installed: pip install bm25s jieba scikit-learn") from error


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dev", type=Path, help="folder with xquad/, cmrc2018/, drcd/, statutes/")
    found: dict[str, list[Described]] = {}
    table: dict[str, dict[str, float]] = {}
    parser.add_argument("--most", type=int, default=100_000, help="questions of a set, evenly spaced")
    settings = parser.parse_args()
    for asked in (sample(s, settings.most) for s in read_dev_sets(settings.dev)):
        with tempfile.TemporaryDirectory() as folder:
            retriever = library_of(Path(folder), "library", asked.paragraphs)
            found[asked.name] = described(retriever, asked)
            for kind, value in _ranked(retriever, asked).items():
                table.setdefault(kind, {})[asked.name] = value
    table |= _weighed(found)
    print(f"| nDCG@10 | {' | '.join(found)} |")
    print(f"|---|{'---:|' * len(found)}")
    for kind, values in table.items():
        print(f"| {kind} | {' | '.join(f'{values[name]:.3f}' for name in found)} |")


if __name__ == "__main__":
    main()
