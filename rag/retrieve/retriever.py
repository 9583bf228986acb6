"""Find the paragraphs that a question needs."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

import numpy as np

from rag.deadline import NEVER, Deadline
from rag.embed.base import Embedder
from rag.embed.contextual import ContextualEncoder
from rag.embed.static import StaticEmbedder
from rag.errors import QuestionError
from rag.index.library import Library
from rag.index.terms import terms
from rag.query.synonyms import in_the_articles_words
from rag.retrieve.features import Question, describe
from rag.retrieve.fusion import FEATURES, Candidate, Features, fuse, log_odds
from rag.retrieve.meaning import LEAST, LOOKED_AT, MEETING_WEIGHTS, describe_meaning
from rag.retrieve.rerank import Reranker
from rag.retrieve.typos import forgive
from rag.schema import Evidence

__all__ = ["LONGEST_QUESTION", "Retriever", "checked_question", "without_controls"]

LONGEST_QUESTION = 2_000  # characters: two pages; each step costs as much as the question is long
_CANDIDATES = 100  # of each search
_LOOKED_AT = 64  # of both, sentence by sentence
_RERANKED = 50  # of these
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def checked_question(question: str) -> str:
    """Give the question without blanks around it. Raises QuestionError when it is empty or too long."""
    asked = without_controls(question).strip()
    if not asked:
        raise QuestionError("the question is empty: ask in a sentence, in Chinese or English")
    if len(asked) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(asked):,} characters, at most {LONGEST_QUESTION:,} are taken: "
            "put what you want to know into a few sentences"
        )
    return asked


def without_controls(text: str) -> str:
    """Give a text with blanks for what no file and no page can hold: control characters, half surrogate pairs."""
    return _CONTROLS.sub(" ", text)


class Retriever:
    """Hybrid search: by vectors, by terms, by late interaction; put in order by a reranker where there is one."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        tokens: StaticEmbedder,
        reranker: Reranker | None = None,
        encoder: ContextualEncoder | None = None,
    ) -> None:
        """Bind a library and the models that made it. Raises LibraryMismatch when others did."""
        library.check_models(embedder, tokens)
        self.tokens = tokens
        self._reranker = reranker
        self.encoder = encoder
        self.library = library
        self.embedder = embedder

    def mended(self, question: str, deadline: Deadline = NEVER) -> str:
        """Give the question without slips of the pen, and with the articles' own short names."""
        if not len(self.library):
            return question
        lexical = self.library.lexical
        named = in_the_articles_words(question, lambda name: lexical.holds_all(set(terms(name))))
        return forgive(named, lexical, deadline)

    def search(self, question: str, k: int, deadline: Deadline = NEVER) -> list[Evidence]:
        """Give the `k` best paragraphs, best first, ties in the library's order."""
        candidates = fuse(*self.candidates(question, k, deadline))
        if self.encoder:
            deadline.check("comparing meanings")
            candidates = self._by_meaning(self.encoder, question, candidates)
        if self._reranker:
            deadline.check("putting what was found in order")
            candidates = self._reranked(self._reranker, question, candidates[: max(k, _RERANKED)])
        paragraph = self.library.paragraph
        return [Evidence(paragraph(c.row), n, c.score, c.cosine, c.bm25) for n, c in enumerate(candidates[:k], start=1)]

    def search_for_each(self, questions: Sequence[str], k: int, deadline: Deadline = NEVER) -> list[Evidence]:
        """Give the `k` best paragraphs for several questions: the best for each, then the next for each."""
        found: dict[str, Evidence] = {}
        for place in zip_longest(*(self.search(question, k, deadline) for question in questions)):
            for evidence in filter(None, place):
                found.setdefault(evidence.paragraph.id, evidence)
        return [replace(e, rank=n) for n, e in enumerate(list(found.values())[:k], start=1)]

    def candidates(
        self, question: str, k: int = 0, deadline: Deadline = NEVER
    ) -> tuple[list[int], Features, list[float]]:
        """Give the rows that come into question, `k` or more where there are so many, their features and BM25."""
        if not len(self.library):
            return [], np.zeros((0, len(FEATURES)), dtype=np.float32), []
        deadline.check("searching")
        asked = Question(question, self.library, self.embedder)
        wanted = max(k, _CANDIDATES)
        bm25 = dict(self.library.lexical.search(asked.terms, wanted))
        found = sorted({*self.library.nearest(asked.vector, wanted), *bm25}, key=self.library.place)
        rows, features = describe(asked, found, bm25, self.library, self.tokens, max(k, _LOOKED_AT), deadline)
        return rows, features, [bm25.get(row, 0.0) for row in rows]

    def _by_meaning(self, encoder: ContextualEncoder, question: str, found: list[Candidate]) -> list[Candidate]:
        first = found[:LOOKED_AT]
        if not first:
            return found
        paragraphs = [self.library.paragraph(c.row) for c in first]
        described = describe_meaning(question, paragraphs, self.library, self.tokens, encoder)
        gains = np.einsum("ij,j->i", described, np.array(MEETING_WEIGHTS))
        gains -= gains.max()
        odds = [log_odds(c.score, LEAST) + float(gain) for c, gain in zip(first, gains, strict=True)]
        scored = [replace(c, score=1 / (1 + math.exp(-own))) for c, own in zip(first, odds, strict=True)]
        scored.sort(key=lambda c: -c.score)
        least = scored[-1].score
        return [*scored, *(replace(c, score=min(c.score, least)) for c in found[LOOKED_AT:])]

    def _reranked(self, reranker: Reranker, question: str, found: list[Candidate]) -> list[Candidate]:
        scores = reranker.score(question, [self.library.paragraph(c.row).text for c in found])
        order = sorted(range(len(found)), key=lambda n: (-float(scores[n]), n))
        return [found[n] for n in order]
