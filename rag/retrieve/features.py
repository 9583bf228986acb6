"""Describe candidates: what is known of a question and each paragraph that may answer it."""

import math
from collections.abc import Mapping, Sequence
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from rag.deadline import NEVER, Deadline
from rag.embed.base import Embedder
from rag.embed.static import StaticEmbedder
from rag.index.library import Library
from rag.index.terms import AskedTerms, content_terms, query_terms
from rag.retrieve.fusion import FEATURES, Features
from rag.retrieve.late import late_interaction
from rag.text.script import same_script

__all__ = ["Question", "describe"]

_BY_MEANING = [0, 1, 2, 3, 11]  # features that compare meanings: they count by themselves across scripts
_SHARE_AT_FIRST = 8.0  # weight of the share of the best possible BM25 beside cosine and late interaction


class Question:
    """A question with what the searches need of it."""

    def __init__(self, text: str, library: Library, embedder: Embedder) -> None:
        self.text = text
        self.vector = embedder.encode([text], kind="query")
        self.terms = query_terms(text)
        statistics = library.lexical.statistics
        self.weights = {t: statistics.idf(t) for t in self.terms}
        # Only pairs and words that say what the question is about: 哪一 of 哪一年 is in many a wrong paragraph.
        about = set(content_terms(text))
        self.content = {t: w for t, w in self.weights.items() if t in about}
        self.asked = AskedTerms(self.weights)
        self.best_bm25 = library.lexical.best_possible(self.terms)


def describe(
    question: Question,
    found: Sequence[int],
    bm25: Mapping[int, float],
    library: Library,
    tokens: StaticEmbedder,
    most: int,
    deadline: Deadline = NEVER,
) -> tuple[list[int], Features]:
    """Give the candidates worth a closer look, at most `most` of the `found`, and their features: (n, 18) float32.

    Best at first sight first, ties in the order of `found`.
    """
    scores = np.zeros((len(found), len(FEATURES)), dtype=np.float32)
    scores[:, 0] = _cosines(question, found, library)
    deadline.check("comparing paragraphs")
    scores[:, 1:4] = late_interaction(tokens, question.text, library.pieces(found))
    if question.best_bm25 > 0:
        scores[:, 4] = [min(bm25.get(row, 0.0) / question.best_bm25, 1.0) for row in found]
    first = scores[:, 0] + scores[:, 1] + _SHARE_AT_FIRST * scores[:, 4]
    kept = sorted(range(len(found)), key=lambda n: (-float(first[n]), n))[:most]
    rows, features = [found[n] for n in kept], scores[kept]
    for n, (context, text) in enumerate(library.folded(rows)):
        deadline.check("comparing paragraphs")
        features[n, 5:11] = _coverage(question, context, text)
        features[n, 12] = not same_script(question.text, text)
    beside = library.beside(rows)
    near = dict.fromkeys(chain.from_iterable(beside))
    cosines = dict(zip(near, _cosines(question, list(near), library).tolist(), strict=True))
    features[:, 11] = [max((cosines[b] for b in both), default=features[n, 0]) for n, both in enumerate(beside)]
    features[:, 13:] = features[:, 12:13] * features[:, _BY_MEANING]
    return rows, features


def _cosines(question: Question, rows: Sequence[int], library: Library) -> NDArray[np.float32]:
    # einsum adds up in one order, whatever the number of threads: the ranking must not depend on it
    cosines: NDArray[np.float32] = np.einsum("ij,j->i", library.vectors(rows), question.vector[0])
    return cosines


def _coverage(question: Question, context: str, text: str) -> list[float]:
    """Give the shares of the question's terms, then of its content terms, that a paragraph holds.

    Each in the best sentence, the best two that stand together, and the whole.
    """
    held = question.asked.held_by_sentence(text)
    around = question.asked.held_by_sentence(context) if context else []
    whole = set().union(*held, *around)
    shares = []
    for weights in (question.weights, question.content):
        total = math.fsum(weights.values()) or 1.0

        def share(found: set[str], weights: Mapping[str, float] = weights, total: float = total) -> float:
            return math.fsum(weights.get(t, 0.0) for t in found) / total

        alone = max(map(share, held))
        together = max([alone, *(share(a | b) for a, b in pairwise(held))])
        shares += [alone, together, share(whole)]
    return shares
