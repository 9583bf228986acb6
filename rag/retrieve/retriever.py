"""Find the paragraphs that a question needs."""

import re

import numpy as np

from rag.embed.base import Embedder
from rag.errors import QuestionError
from rag.index.library import Library
from rag.index.terms import query_terms
from rag.retrieve.fusion import Fused, fuse
from rag.retrieve.rerank import Reranker
from rag.schema import Evidence

__all__ = ["LONGEST_QUESTION", "Retriever", "checked_question"]

LONGEST_QUESTION = 10_000  # characters
_CANDIDATES = 100  # of each search
_RERANKED = 50  # of both, fused


def checked_question(question: str) -> str:
    """Give the question without blanks around it. Raises QuestionError when it is empty or too long."""
    asked = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", " ", question).strip()
    if not asked:
        raise QuestionError("the question is empty: ask in a sentence, in Chinese or English")
    if len(asked) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(asked):,} characters, at most {LONGEST_QUESTION:,} are taken: "
            "put what you want to know into a few sentences"
        )
    return asked


class Retriever:
    """Hybrid search: vectors and terms, fused; the best of it put in order by a reranker where there is one."""

    def __init__(self, library: Library, embedder: Embedder, reranker: Reranker | None = None) -> None:
        """Bind a library and the embedder that made it. Raises LibraryMismatch when another did."""
        library.check_embedder(embedder)
        self._reranker = reranker
        self.library = library
        self.embedder = embedder

    def search(self, question: str, k: int) -> list[Evidence]:
        """Give the `k` best paragraphs, best first, ties in the library's order."""
        total = len(self.library.paragraphs)
        if not total:
            return []
        query = self.embedder.encode([question], kind="query")
        found, rows = self.library.dense.search(query, min(_CANDIDATES, total))
        cosines = {int(r): float(c) for r, c in zip(rows[0], found[0], strict=True) if r >= 0}
        asked = query_terms(question)
        bm25 = dict(self.library.lexical.search(asked, _CANDIDATES))
        unscored = [row for row in bm25 if row not in cosines]
        if unscored:
            cosines |= dict(zip(unscored, self._cosines(query, unscored), strict=True))
        fused = fuse(cosines, bm25, self.library.lexical.best_possible(asked))
        paragraphs = self.library.paragraphs
        if self._reranker:
            fused = self._reranked(self._reranker, question, fused[: max(k, _RERANKED)])
        return [
            Evidence(paragraphs[f.row], rank, f.score, f.cosine, f.bm25) for rank, f in enumerate(fused[:k], start=1)
        ]

    def _reranked(self, reranker: Reranker, question: str, found: list[Fused]) -> list[Fused]:
        scores = reranker.score(question, [self.library.paragraphs[f.row].text for f in found])
        order = sorted(range(len(found)), key=lambda n: (-float(scores[n]), n))
        return [found[n] for n in order]

    def _cosines(self, query: np.ndarray[tuple[int, ...], np.dtype[np.float32]], rows: list[int]) -> list[float]:
        return [float(c) for c in self.library.dense.vectors(rows) @ query[0]]
