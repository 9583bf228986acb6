"""How much of what a question asks about stands in a text."""

from collections.abc import Collection
from typing import Self

from rag.index.lexical import TermStatistics
from rag.index.terms import content_terms, terms

__all__ = ["QuestionTerms"]

_LEAST_NEW = 8  # content terms beside the question's that a sentence must hold to tell something


class QuestionTerms:
    """The content terms of a question, weighed by how rare they are."""

    def __init__(self, question: str, statistics: TermStatistics) -> None:
        self._weights = {t: statistics.idf(t) for t in content_terms(question)}
        self._total = sum(self._weights.values())

    def without(self, named: Collection[str]) -> Self:
        """Give the terms of the question that are not among these."""
        rest = object.__new__(type(self))
        rest._weights = {t: w for t, w in self._weights.items() if t not in named}
        rest._total = sum(rest._weights.values())
        return rest

    def exact_missing(self, found: Collection[str]) -> float:
        """Give the share of the question's figures and Latin words that the terms of a text lack, in [0, 1].

        A question without any content term lacks them all.
        """
        if not self._weights:
            return 1.0
        exact = [t for t in self._weights if t.isascii()]
        return sum(t not in found for t in exact) / len(exact) if exact else 0.0

    def announced_by(self, sentence: str) -> bool:
        """Say whether a sentence hardly says more than the question: it names its subject, and no figure or name."""
        new = set(content_terms(sentence)) - set(self._weights)
        return len(new) < _LEAST_NEW and not any(t.isascii() for t in new) and self.covered(set(terms(sentence))) > 0

    def held_by(self, found: Collection[str]) -> int:
        """Count the question's terms among these."""
        return sum(term in found for term in self._weights)

    def covered(self, found: Collection[str]) -> float:
        """Give the share that the terms of a text cover, in [0, 1]; 0 for a question without any content term."""
        if not self._total:
            return 0.0
        return sum(w for t, w in self._weights.items() if t in found) / self._total
