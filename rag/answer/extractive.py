"""Answer in the articles' own words: choose the sentences that answer, in the order in which they stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answer.coverage import QuestionTerms
from rag.answer.kinds import Asked, asked_for, defines, holds
from rag.embed.base import Embedder
from rag.index.library import Library
from rag.index.terms import terms
from rag.markers import marker
from rag.schema import Evidence, Paragraph, Turn
from rag.sentences import sentence_spans

__all__ = ["ExtractiveGenerator"]

_LOOKED_AT = 5  # evidence
_NEAR_BEST = 0.85  # share of the best score that a further sentence must reach
_MOST = {Asked.LIST: 4, Asked.OTHER: 3}  # sentences; 2 for a question after one thing
_COSINE, _PARAGRAPH, _KIND, _DEFINES = 0.5, 0.3, 0.15, 0.3  # weights beside the coverage of the question's terms


@dataclass(frozen=True, slots=True)
class _Candidate:
    evidence: Evidence
    position: int  # in its paragraph
    text: str  # one sentence, or a whole quotation
    score: float


class ExtractiveGenerator:
    """Quotes, and adds nothing."""

    name = "extractive"
    fingerprint = "extractive-1"

    def __init__(self, library: Library, embedder: Embedder) -> None:
        self._library = library
        self._embedder = embedder

    def draft(self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn] = ()) -> Iterator[str]:
        """Stream the sentences that answer, each with its marker."""
        candidates = self._candidates(question, evidence[:_LOOKED_AT])
        if not candidates:
            return
        best = max(c.score for c in candidates)
        near = [c for c in candidates if c.score >= _NEAR_BEST * best]
        near.sort(key=lambda c: (-c.score, c.evidence.rank, c.position))
        chosen = near[: _MOST.get(asked_for(question), 2)]
        first = chosen[0].evidence.paragraph.article
        row_of = self._library.row_of
        chosen.sort(
            key=lambda c: (c.evidence.paragraph.article != first, row_of(c.evidence.paragraph.id) or 0, c.position)
        )
        said: set[str] = set()
        for candidate in chosen:
            for a, b in sentence_spans(candidate.text):
                sentence = candidate.text[a:b]
                if sentence not in said:
                    said.add(sentence)
                    yield f"{sentence}{marker(candidate.evidence.rank)}\n"

    def _candidates(self, question: str, evidence: Sequence[Evidence]) -> list[_Candidate]:
        asked = QuestionTerms(question, self._library.lexical.statistics)
        kind = asked_for(question)
        sentences = [(e, n, text) for e in evidence for n, text in enumerate(_units(e.paragraph, asked))]
        if not sentences:
            return []
        query = self._embedder.encode([question], kind="query")[0]
        cosines = self._embedder.encode([text for _, _, text in sentences]) @ query
        candidates = []
        for (item, position, text), cosine in zip(sentences, cosines, strict=True):
            article = self._library.article_of(item.paragraph)
            context = set(terms(f"{item.paragraph.section} {' '.join(article.authors)} {article.title}"))
            score = asked.covered(set(terms(text)), context) + _COSINE * float(cosine) + _PARAGRAPH * item.score
            score += _KIND * (kind is not Asked.OTHER and holds(kind, text))
            score += _DEFINES * (kind is Asked.DEFINITION and defines(question, text))
            candidates.append(_Candidate(item, position, text, score))
        return candidates


def _units(paragraph: Paragraph, asked: QuestionTerms) -> Iterator[str]:
    """Give what is chosen as one: a sentence, or the whole of a quotation, since its last line says who said it.

    A sentence that only repeats the question (先看数字经济是如何影响消费的。) announces an answer: what it announces
    comes with it.
    """
    spans = sentence_spans(paragraph.text)
    if paragraph.kind == "quote":
        yield paragraph.text
        return
    for n, (start, end) in enumerate(spans):
        announces = asked.announced_by(paragraph.text[start:end]) and n + 1 < len(spans)
        last = spans[n + 1][1] if announces else end
        yield paragraph.text[start:last]
