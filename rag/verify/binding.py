"""Bind a claim to the sentences of the evidence that it rests on, whatever markers the draft has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.embed.contextual import ContextualEncoder
from rag.retrieve.meaning import nearest_pieces
from rag.schema import Article, Evidence, Paragraph, Span
from rag.text.folding import fold
from rag.text.sentences import sentence_spans
from rag.verify.claims import Claim

__all__ = ["Binder", "Grounds", "Place"]

_MOST_GROUNDS = 3  # sentences
_MORE = 0.04  # of the mean nearness of the claim's pieces, that a further sentence must add
_HELD = 0.35  # weight of words that stand in a sentence as they are, beside the nearness of pieces
_UNLIKELY = 50
_PART = 2  # characters of what is looked for as it stands

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of a paragraph."""

    paragraph: Paragraph
    span: Span
    rank: int  # of the evidence
    order: int = 0  # among the sentences that the plan found likely to answer, from 0

    @property
    def text(self) -> str:
        """Its words."""
        return self.paragraph.text[slice(*self.span)]


@dataclass(frozen=True, slots=True)
class Grounds:
    """The sentences that a claim rests on, the nearest first, and what they stand in."""

    places: tuple[Place, ...]
    around: str  # titles, dates, sections, lead-ins
    nearness: float  # mean over the claim's pieces of the cosine with the nearest piece of the places
    least: float  # of the piece that is nearest to nothing


class Binder:
    """Finds grounds by the bundled encoder's pieces and by words that stand there as they are."""

    def __init__(self, article_of: Callable[[Paragraph], Article], encoder: ContextualEncoder) -> None:
        self._article_of = article_of
        self._encoder = encoder

    def bound(self, claim: Claim, evidence: Sequence[Evidence]) -> Grounds | None:
        """Give the grounds of a claim; None where there is no sentence at all.

        The first is the sentence to which the claim comes nearest; a further one must hold what the others lack.
        """
        places = [
            Place(e.paragraph, span, e.rank, _order(e, span))
            for e in evidence
            for span in sentence_spans(e.paragraph.text)
        ]
        if not places:
            return None
        own, *encoded = self._encoder.encode_pieces([claim.text, *(p.text for p in places)])
        near = nearest_pieces(own, encoded)  # (pieces of the claim, sentences)
        held = _held(claim, [fold(p.text) for p in places])
        chosen: list[int] = []
        covered = np.zeros(len(near), dtype=np.float32)
        parts = np.zeros(held.shape[0], dtype=np.float32)
        while len(chosen) < _MOST_GROUNDS:
            gains = np.maximum(near, covered[:, None]).mean(axis=0) - covered.mean()
            if len(parts):
                gains = gains + _HELD * (np.maximum(held, parts[:, None]).mean(axis=0) - parts.mean())
            best = int(np.argmax(gains))
            if chosen and (gains[best] < _MORE or best in chosen):
                break
            chosen.append(best)
            covered = np.maximum(covered, near[:, best])
            parts = np.maximum(parts, held[:, best]) if len(parts) else parts
        return self._grounds([places[n] for n in chosen], covered)

    def standing_on(
        self, claim: Claim, places: Sequence[tuple[Paragraph, Span]], evidence: Sequence[Evidence]
    ) -> Grounds:
        """Give the grounds of a claim whose places are known."""
        ranks = {e.paragraph.id: e.rank for e in evidence}
        known = [Place(paragraph, span, ranks.get(paragraph.id, 0)) for paragraph, span in places]
        own, *encoded = self._encoder.encode_pieces([claim.text, *(p.text for p in known)])
        return self._grounds(known, nearest_pieces(own, encoded).max(axis=1, initial=0.0))

    def _grounds(self, places: Sequence[Place], covered: Scores) -> Grounds:
        around = "\n".join(dict.fromkeys(self._around(place.paragraph) for place in places))
        some = covered if len(covered) else np.zeros(1, np.float32)
        return Grounds(tuple(places), around, float(some.mean()), float(some.min()))

    def nearness(self, texts: Sequence[str], others: Sequence[str]) -> Scores:
        """Give cosines of texts as wholes: (n, m)."""
        encoded = self._encoder.encode([*texts, *others])
        return encoded[: len(texts)] @ encoded[len(texts) :].T

    def _around(self, paragraph: Paragraph) -> str:
        article = self._article_of(paragraph)
        known = (
            article.title,
            paragraph.context,
            paragraph.section,
            article.date,
            article.issuer,
            article.version,
            *article.authors,
        )
        return " › ".join(x for x in known if x)


def _order(item: Evidence, span: Span) -> int:
    """Give the order of a sentence among the likely ones: behind all where it is none, 0 where none is known."""
    if not item.likely:
        return 0
    start, end = span
    orders = [q.order for q in item.likely if q.span[0] < end and start < q.span[1]]
    return min(orders, default=_UNLIKELY)


def _held(claim: Claim, folded: Sequence[str]) -> Scores:
    """Say which pairs of characters, and words, of a claim stand in texts: (parts, texts)."""
    text = fold(claim.text)
    pairs = [text[n : n + _PART] for n in range(len(text) - 1)]
    parts = list(dict.fromkeys(p for p in pairs if p.isalnum()))
    return np.array([[part in other for other in folded] for part in parts], dtype=np.float32).reshape(
        len(parts), len(folded)
    )
