"""Which sentences may answer: those of the place and year asked for, and of the document's state in force."""

import re
from collections.abc import Mapping, Sequence

from rag.answer.kinds import Asked, asked_for
from rag.answer.ranking import RankedSentence
from rag.index.library import Library
from rag.query.constraints import Candidate, Constraint, Fit, Origin, constraints, origin_of, years_in
from rag.retrieve.meaning import topic_of
from rag.schema import LEVEL, Article, Paragraph
from rag.text.folding import fold

__all__ = ["Scope"]

_COMPARES = re.compile(
    r"区别|差别|差异|不同|相比|对比|比较|变化|修改了|改了|修订了|原来|以前|之前|旧|废止|曾|历次|各版|differ|compare|chang|previous|former|\bold\b"
)
_NEVER_IN_HEAD = frozenset({Asked.AMOUNT, Asked.LIST, Asked.MEANS, Asked.REASON, Asked.COMPARISON})
_NOBODY_KNOWS = 9999  # the year in which the newest state ends


class Scope:
    """What a question narrows the sentences of its evidence to; each is held against each constraint once."""

    def __init__(self, question: str, ranked: Sequence[RankedSentence], library: Library) -> None:
        self._library = library
        self._asked = asked_for(question)
        evidence = sorted((r.evidence for r in ranked), key=lambda e: e.rank)
        paragraphs = {e.paragraph.id: e.paragraph for e in evidence}
        articles = {p.article: library.article_of(p) for p in paragraphs.values()}
        origins = {name: origin_of(article, self._in_force(article)) for name, article in articles.items()}
        places = [origin.place for origin in origins.values() if origin.place]
        self._constraints = constraints(question, places)
        self._ranked = ranked
        self._fits: list[list[list[Fit]]] = []  # by constraint, side of it and sentence
        if self._constraints:
            whole = {name: fold(p.text) for name, p in paragraphs.items()}
            around = {name: self._levels(p, articles[p.article]) for name, p in paragraphs.items()}
            candidates = [_candidate(r, whole, around, origins) for r in ranked]
            self._fits = [[[side.fit(c) for c in candidates] for side in sides] for sides in self._constraints]
        self._old = set() if years_in(question) or _COMPARES.search(fold(question)) else self._superseded(articles)

    def within(self) -> list[RankedSentence]:
        """Leave out the sentences that break a constraint, and those of a state that is not in force any more.

        Of several places or years one must fit. Where the first sentence left is known to meet it, those that may meet
        it or not are left out too.
        """
        return [self._ranked[n] for n in self._left()]

    def sides(self) -> list[list[RankedSentence]]:
        """Give the sentences left that meet each of several places or years, where there are such of two."""
        left = self._left()
        for sides in self._fits:
            met = [[self._ranked[n] for n in left if fits[n] == Fit.MET] for fits in sides]
            found = [some for some in met if some]
            if len(found) > 1:
                return found
        return []

    def unmet(self) -> str:
        """Name what the question names and no sentence is of; "" where all of it, or a side of it, is met."""
        for sides, by_side in zip(self._constraints, self._fits, strict=True):
            if not any(_may_be_met(side, fits) for side, fits in zip(sides, by_side, strict=True)):
                return sides[0].text
        return ""

    def _left(self) -> list[int]:
        left = [
            n for n, r in enumerate(self._ranked) if r.evidence.paragraph.article not in self._old and self._may_tell(r)
        ]
        for sides in self._fits:
            best = {n: max(fits[n] for fits in sides) for n in left}
            kept = [n for n in left if best[n] != Fit.BROKEN]
            least = best[kept[0]] if kept else Fit.MET
            left = [n for n in kept if best[n] >= least]
        return left

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

    def _levels(self, paragraph: Paragraph, article: Article) -> tuple[str, ...]:
        """Give what a paragraph stands below, innermost first, folded."""
        section, title = paragraph.section, "" if article.title_missing else article.title
        topic = topic_of(self._library, paragraph)
        inner = [level for level in reversed(topic.split(LEVEL)) if level not in (section, article.title)]
        return tuple(fold(level) for level in (*inner, section, title) if level)


def _candidate(
    ranked: RankedSentence,
    whole: Mapping[str, str],
    around: Mapping[str, tuple[str, ...]],
    origins: Mapping[str, Origin],
) -> Candidate:
    paragraph = ranked.evidence.paragraph
    before = fold(paragraph.text[: ranked.span[0]])
    name = paragraph.id
    return Candidate(fold(ranked.text), before, whole[name], around[name], origins[paragraph.article])


def _may_be_met(constraint: Constraint, fits: Sequence[Fit]) -> bool:
    return any(found == Fit.MET for found in fits) or (
        not constraint.strict and any(found == Fit.OPEN for found in fits)
    )
