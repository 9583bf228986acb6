"""What a question names that an answer must not exchange: a place, a year.

A sentence meets a constraint itself or by what it stands in: its paragraph, its title, the dates of its article. Where
it stands in another place's report, or tells of another year, it breaks it: such a sentence is never an answer.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import ClassVar, Protocol

from rag.query.places import Place, named_places, place_of_title
from rag.schema import Article
from rag.text.folding import fold

__all__ = [
    "Candidate",
    "Constraint",
    "Fit",
    "Origin",
    "PlaceConstraint",
    "YearConstraint",
    "constraints",
    "origin_of",
    "years_in",
]

_YEAR = r"(?:1[5-9]\d\d|20\d\d)"
_NUMBER_OF_DOCUMENT = re.compile(rf"[〔\[(]{_YEAR}[〕\])]\s*(?:第?\s*\d|\w?号)")
_WRITTEN = re.compile(r"[〇零一二三四五六七八九]{4}(?=年)")
_DIGITS = {ord(c): str(n) for n, c in enumerate("〇一二三四五六七八九")} | {ord("零"): "0"}
_RANGE = re.compile(rf"(?<!\d)(?P<first>{_YEAR})年?(?:[-–—~]{{1,2}}|至|到)(?P<last>{_YEAR})(?=年)")
_ATTACHED = "版度上下全第届"  # what a year may stand before without its 年: 2024版; 2024人 are people
_YEARS = re.compile(
    rf"(?<![\d.])(?P<year>{_YEAR})(?:年|(?=[-/.]\d{{1,2}}(?:\D|$))|(?=[{_ATTACHED}])|(?![\d%\u4e00-\u9fff]|[.,]\d))"
)


_COMPARED_WITH = re.compile(
    rf"(?:比|较|相比于?|than in|from)\s?{_YEAR}年?"
)  # …比2021年减少0.14万人 tells of another year
_TIME = re.compile(r"^(?:[\d年月日,，、 ]|[去今]年)+")


class Fit(IntEnum):
    """How a sentence stands to a constraint."""

    BROKEN = -1
    OPEN = 0  # nothing is known
    MET = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of all sentences of an article."""

    place: str  # of which it is; "" where it says none
    named: str  # place, issuer, origin and file name, folded
    years: frozenset[int]  # of its dates
    newest: tuple[int, int] = (0, 0)  # years from which, and before which, this state of a document is its newest


def origin_of(article: Article, newest: tuple[int, int] = (0, 0)) -> Origin:
    """Look at an article once, for all its sentences."""
    dates = (article.date, article.published, article.amended, article.in_force)
    return Origin(
        article.place or place_of_title(article.title),
        fold(f"{article.place} {article.issuer} {article.origin} {Path(article.source).stem}"),
        frozenset(int(date[:4]) for date in dates if date),
        newest,
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with what it stands in, as constraints look at it: all texts folded."""

    sentence: str
    before: str  # what stands before it in its paragraph
    paragraph: str
    around: tuple[str, ...]  # the levels that it stands below, innermost first: lead-in, section, title
    origin: Origin


class Constraint(Protocol):
    """Something named that must not be exchanged for another of its kind."""

    strict: ClassVar[bool]
    """Whether a sentence found must be known to meet it; else it is enough that one may."""

    @property
    def text(self) -> str:
        """What the question says."""

    def fit(self, candidate: Candidate) -> Fit:
        """Say whether a sentence meets it."""


@dataclass(frozen=True, slots=True)
class PlaceConstraint:
    """A place."""

    strict: ClassVar[bool] = True
    place: Place

    @property
    def text(self) -> str:
        """Its name as the question says it."""
        return self.place.text

    def fit(self, candidate: Candidate) -> Fit:
        """Say whether a sentence is of the place: it names it, or its paragraph, title or source does."""
        origin = candidate.origin
        if self.place.is_in(candidate.sentence):
            return Fit.MET
        if self.place.is_in(f"{' '.join(candidate.around)} {origin.named}"):
            return Fit.MET
        if self.place.is_in(candidate.paragraph):
            named = bool(named_places(candidate.sentence))
            return (Fit.BROKEN if origin.place else Fit.OPEN) if named else Fit.MET
        if origin.place:
            return Fit.BROKEN
        places, text = named_places(candidate.sentence), candidate.sentence
        if not places:
            places, text = named_places(candidate.before), candidate.before
        begins = bool(places) and _TIME.sub("", text).startswith(fold(places[0].text))
        return Fit.BROKEN if begins else Fit.OPEN


@dataclass(frozen=True, slots=True)
class YearConstraint:
    """A year."""

    strict: ClassVar[bool] = False
    year: int

    @property
    def text(self) -> str:
        """The year with its 年."""
        return f"{self.year}年"

    def fit(self, candidate: Candidate) -> Fit:
        """Say whether a sentence tells of the year.

        Its own years decide, then those named before it in its paragraph, then those around it and the dates of the
        article. A report of the year after may tell of it.
        """
        own = years_in(_COMPARED_WITH.sub("", candidate.sentence))
        if self.year in own:
            return Fit.MET
        first, end = candidate.origin.newest
        if first:
            return Fit.MET if first <= self.year < end else Fit.BROKEN
        near = years_in(candidate.before)
        levels = [found for found in map(years_in, candidate.around) if found]
        around = levels[0] if levels else frozenset()
        if own:
            return Fit.OPEN if self.year in near | around else Fit.BROKEN
        known = near or around | candidate.origin.years
        if not known or self.year in known:
            return Fit.MET if known else Fit.OPEN
        return Fit.OPEN if self.year + 1 in known else Fit.BROKEN


def constraints(question: str, places: Iterable[str] = ()) -> list[Sequence[Constraint]]:
    """Give what a question names: of each kind the places and years, several of which are sides of a comparison.

    `places` are those that articles in reach are of.
    """
    named = named_places(question, tuple(dict.fromkeys(places)))
    sides: list[Sequence[Constraint]] = [[PlaceConstraint(place) for place in named]]
    sides.append([YearConstraint(year) for year in sorted(years_in(question))])
    return [some for some in sides if some]


def years_in(text: str) -> frozenset[int]:
    """Give the years that a text names, those of a span of years among them; numbers of documents are no years."""
    plain = _WRITTEN.sub(lambda m: m[0].translate(_DIGITS), fold(text))
    plain = _NUMBER_OF_DOCUMENT.sub(" ", plain)
    spans = {year for m in _RANGE.finditer(plain) for year in range(int(m["first"]), int(m["last"]) + 1)}
    return frozenset(spans | {int(m["year"]) for m in _YEARS.finditer(plain)})
