"""Which sentences may answer: those of the place and year asked for, and of the document's state in force."""

import re
from collections.abc import Sequence

from rag.answer.kinds import Asked, asked_for
from rag.answer.ranking import RankedSentence
from rag.folding import fold
from rag.index.library import Library
from rag.query.constraints import Candidate, Constraint, Fit, constraints, years_in
from rag.query.places import place_of_title
from rag.retrieve.meaning import topic_of
from rag.schema import LEVEL, Article, Evidence

__all__ = ["Scope"]

_COMPARES = re.compile(
    r"区别|差别|差异|不同|相比|对比|比较|变化|修改了|改了|修订了|原来|以前|之前|旧|废止|曾|历次|各版|differ|compare|chang|previous|former|\bold\b"
)
_NEVER_IN_HEAD = frozenset({Asked.AMOUNT, Asked.LIST, Asked.MEANS, Asked.REASON, Asked.COMPARISON})
_NOBODY_KNOWS = 9999  # the year in which the newest state ends


class Scope:
    """What a question narrows the evidence to."""

    def __init__(self, question: str, evidence: Sequence[Evidence], library: Library) -> None:
        self._library = library
        self._asked = asked_for(question)
        articles = {e.paragraph.article: library.article_of(e.paragraph) for e in evidence}
        places = [a.place or place_of_title(a.title) for a in articles.values()]
        self._constraints = constraints(question, [place for place in places if place])
        self._years = {article: self._in_force(found) for article, found in articles.items()}
        self._old = set() if years_in(question) or _COMPARES.search(fold(question)) else self._superseded(articles)
        self._articles = articles

    def within(self, ranked: Sequence[RankedSentence]) -> list[RankedSentence]:
        """Leave out the sentences that break a constraint, and those of a state that is not in force any more.

        Of several places or years one must fit. Where the first sentence left is known to meet it, those that may meet
        it or not are left out too.
        """
        left = [r for r in ranked if r.evidence.paragraph.article not in self._old and self._may_tell(r)]
        for sides in self._constraints:
            fits = [max(side.fit(self._candidate(r)) for side in sides) for r in left]
            kept = [(r, fit) for r, fit in zip(left, fits, strict=True) if fit != Fit.BROKEN]
            least = kept[0][1] if kept else Fit.MET
            left = [r for r, fit in kept if fit >= least]
        return left

    def sides(self, ranked: Sequence[RankedSentence]) -> list[list[RankedSentence]]:
        """Give the sentences that meet each of several places or years, where there are such of two."""
        for sides in self._constraints:
            met = [[r for r in ranked if side.fit(self._candidate(r)) == Fit.MET] for side in sides]
            found = [some for some in met if some]
            if len(found) > 1:
                return found
        return []

    def unmet(self, ranked: Sequence[RankedSentence]) -> str:
        """Name what the question names and no sentence is of; "" where all of it, or a side of it, is met."""
        candidates = [self._candidate(r) for r in ranked]
        for sides in self._constraints:
            if not any(_may_be_met(side, [side.fit(c) for c in candidates]) for side in sides):
                return sides[0].text
        return ""

    def _may_tell(self, ranked: RankedSentence) -> bool:
        """Say whether a sentence may tell what is asked: title, number and date of a document tell no figure or way."""
        return ranked.evidence.paragraph.kind != "head" or self._asked not in _NEVER_IN_HEAD

    def _superseded(self, articles: dict[str, Article]) -> set[str]:
        """Give the articles of which a newer state was found too."""
        found = set()
        for name, article in articles.items():
            family = self._library.family_of(article) if article.superseded_by else None
            if family and any(s.in_force and s.article.id in articles for s in family.states):
                found.add(name)
        return found

    def _in_force(self, article: Article) -> tuple[int, int]:
        """Give the years from which and to which a state of a document is the newest; (0, 0) of one without states."""
        family = self._library.family_of(article) if article.version else None
        if family is None:
            return 0, 0
        years = sorted({y for s in family.states for y in years_in(s.label)})
        own = min(years_in(article.version), default=0)
        later = [year for year in years if year > own]
        return own, later[0] if later else _NOBODY_KNOWS

    def _candidate(self, ranked: RankedSentence) -> Candidate:
        paragraph = ranked.evidence.paragraph
        article = self._articles[paragraph.article]
        start, end = ranked.span
        text = paragraph.text
        return Candidate(
            fold(text[start:end]),
            fold(text[:start]),
            fold(text),
            _levels(article, topic_of(self._library, paragraph), paragraph.section),
            article,
            self._years[paragraph.article],
        )


def _levels(article: Article, topic: str, section: str) -> tuple[str, ...]:
    """Give what a paragraph stands below, innermost first, folded."""
    inner = [level for level in reversed(topic.split(LEVEL)) if level not in (section, article.title)]
    return tuple(fold(level) for level in (*inner, section, "" if article.title_missing else article.title) if level)


def _may_be_met(constraint: Constraint, fits: Sequence[Fit]) -> bool:
    return any(found == Fit.MET for found in fits) or (
        not constraint.strict and any(found == Fit.OPEN for found in fits)
    )
