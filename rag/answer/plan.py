"""Decide what to do with a question: answer it, show what comes nearest, or refuse, and why.

A plan is made once. It carries the evidence, marked with the sentences that are to be quoted, to whoever drafts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from rag.answer.ranking import RankedSentence, SentenceRanker
from rag.answer.reasons import NOT_SURE, NOTHING_FOUND, TOO_FAR, differ, more_items, not_there, superseded
from rag.answer.refusal import answer_odds, unsure_bound
from rag.answer.scope import Scope
from rag.answer.selection import MOST_LISTED, Chosen, about, disagreeing, selected
from rag.deadline import NEVER, Deadline
from rag.retrieve.parts import Part, parts
from rag.schema import Evidence, Paragraph, Quote, Span

__all__ = ["AnswerPlan", "Planner", "SentencePlanner"]

_NEAREST = 3  # paragraphs, the best sentence of each

Decision = Literal["answer", "unsure", "refuse"]


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """What is to be done with a question.

    `evidence` is what was found, with the quotes that answer, and behind it the items of lists that were not found
    themselves. `nearest` are the sentences that come nearest, the best first, one of a paragraph.
    """

    decision: Decision
    evidence: tuple[Evidence, ...]
    odds: float  # log odds that the evidence answers; −inf where it can't
    reason: str = ""  # of a refusal, or of a doubt
    nearest: tuple[tuple[Paragraph, Span], ...] = ()
    notices: tuple[str, ...] = ()


class Planner(Protocol):
    """Decides what to do with a question, given what was found for it."""

    def plan(
        self, question: str, evidence: Sequence[Evidence], shown: str = "", deadline: Deadline = NEVER
    ) -> AnswerPlan:
        """Make a plan. What stands in `shown` was told before, and is not to be told again."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found for a question or a part of it: its sentences that may answer, best first."""

    question: str
    ranked: Sequence[RankedSentence]
    odds: float
    unmet: str = ""  # what the question names and nothing found is of
    sides: Sequence[Sequence[RankedSentence]] = ()  # of a comparison: what tells of each place or year


class SentencePlanner:
    """Plans by the sentences of the evidence: the best one decides."""

    def __init__(self, ranker: SentenceRanker) -> None:
        self.ranker = ranker
        self._library = ranker.library

    def plan(
        self, question: str, evidence: Sequence[Evidence], shown: str = "", deadline: Deadline = NEVER
    ) -> AnswerPlan:
        """Make a plan; of a question for several things those are answered that can be."""
        if not evidence:
            return AnswerPlan("refuse", (), -math.inf, NOTHING_FOUND)
        whole = self._found(question, evidence, deadline)
        asked = parts(question, self.ranker.tokens)
        split = [(part, self._part(part, n, len(asked), evidence, deadline)) for n, part in enumerate(asked)]
        odds = max([whole.odds, *(found.odds for _, found in split)])
        likeliest = [r for r in whole.ranked if r.text not in shown]
        nearest = _nearest(likeliest)
        if odds < 0 or not likeliest:
            if whole.unmet:
                return AnswerPlan("refuse", tuple(evidence), odds, not_there(whole.unmet), nearest)
            if nearest and odds >= unsure_bound(question, likeliest, self.ranker):
                return AnswerPlan("unsure", _with_likely(evidence, (), likeliest), odds, NOT_SURE, nearest)
            return AnswerPlan("refuse", tuple(evidence), odds, TOO_FAR, nearest)
        answered = [(about(part, found.ranked), found) for part, found in split if found.odds >= 0]
        sides = [(side[:1], whole) for side in whole.sides]
        sources = answered or sides or [(likeliest, whole)]
        chosen: list[Chosen] = []
        notices: list[str] = []
        for ranked, found in sources:
            left = [r for r in ranked if r.text not in shown]
            if left:
                selection = selected(found.question, left, self._library)
                chosen += selection.chosen
                others = disagreeing(left)
                chosen += [(r.evidence.paragraph, r.span) for r in others]
                notices += self._notices(left, others, selection.items)
        if shown:
            chosen = [(p, (start, end)) for p, (start, end) in chosen if p.text[start:end] not in shown]
        first = sources[0][0][0].evidence.paragraph.article
        marked = _with_likely(self._with_quotes(evidence, chosen, first), chosen, likeliest)
        return AnswerPlan("answer", marked, odds, "", nearest, tuple(notices))

    def _found(self, question: str, evidence: Sequence[Evidence], deadline: Deadline) -> _Found:
        ranked = self.ranker.rank(question, evidence, deadline)
        scope = Scope(question, ranked, self._library)
        left, unmet = scope.within(), scope.unmet()
        odds = answer_odds(question, evidence, left, self.ranker) if left and not unmet else -math.inf
        return _Found(question, left, odds, unmet, scope.sides())

    def _part(self, part: Part, number: int, count: int, evidence: Sequence[Evidence], deadline: Deadline) -> _Found:
        """Find what answers a part of a question, the how manieth of so many.

        The evidence was found for all parts in turn: the first of it that was found for the others are no rivals, where
        that makes an answer likelier.
        """
        others = {e.paragraph.id for n, e in enumerate(evidence[:count]) if n != number}
        own = [replace(e, rank=r) for r, e in enumerate((e for e in evidence if e.paragraph.id not in others), 1)]
        found = [self._found(part.question, some, deadline) for some in (evidence, own)]
        return max(found, key=lambda f: f.odds)

    def _notices(self, ranked: Sequence[RankedSentence], others: Sequence[RankedSentence], items: int) -> list[str]:
        """Tell what a reader should know of the sentences chosen; `items` are those of the list that they are from."""
        article = self._library.article_of(ranked[0].evidence.paragraph)
        told = [superseded(article.version, article.superseded_by)] if article.superseded_by else []
        if others:
            told.append(differ([self._library.article_of(r.evidence.paragraph).title for r in (ranked[0], *others)]))
        if items > MOST_LISTED:
            told.append(more_items(items, MOST_LISTED))
        return told

    def _with_quotes(self, evidence: Sequence[Evidence], chosen: Sequence[Chosen], first: str) -> tuple[Evidence, ...]:
        """Mark evidence with what is to be quoted, in the order in which it stands, beginning with article `first`."""
        by_id = {e.paragraph.id: e for e in evidence}
        for paragraph, _ in chosen:
            if paragraph.id not in by_id:
                by_id[paragraph.id] = Evidence(paragraph, len(by_id) + 1, 0.0)
        row_of, place = self._library.row_of, self._library.place
        order = sorted(set(chosen), key=lambda c: (c[0].article != first, place(row_of(c[0].id) or 0), c[1]))
        quotes: dict[str, list[Quote]] = {}
        for n, (paragraph, span) in enumerate(order):
            quotes.setdefault(paragraph.id, []).append(Quote(span, n))
        return tuple(replace(e, quotes=tuple(quotes.get(e.paragraph.id, ()))) for e in by_id.values())


def _with_likely(
    evidence: Sequence[Evidence], chosen: Sequence[Chosen], ranked: Sequence[RankedSentence]
) -> tuple[Evidence, ...]:
    """Mark evidence with its sentences, those chosen first, then the others as they are ranked."""
    order = dict.fromkeys([*((p.id, span) for p, span in chosen), *((r.evidence.paragraph.id, r.span) for r in ranked)])
    likely: dict[str, list[Quote]] = {}
    for n, (paragraph, span) in enumerate(order):
        likely.setdefault(paragraph, []).append(Quote(span, n))
    return tuple(replace(e, likely=tuple(likely.get(e.paragraph.id, ()))) for e in evidence)


def _nearest(ranked: Sequence[RankedSentence]) -> tuple[tuple[Paragraph, Span], ...]:
    """Give the best sentence of each of the first paragraphs."""
    best: dict[str, tuple[Paragraph, Span]] = {}
    for sentence in ranked:
        best.setdefault(sentence.evidence.paragraph.id, (sentence.evidence.paragraph, sentence.span))
    return tuple(list(best.values())[:_NEAREST])
