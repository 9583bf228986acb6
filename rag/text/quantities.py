"""Quantities as texts write them: a value in the first unit of its kind, whether it is a limit, and dates.

半年 and 6个月 are one quantity, 1.2万元 and 12,000 yuan another; 不超过3天 is no 3天. Everything is looked for in
folded text (`rag.text.folding.fold`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from rag.text.dates import dates
from rag.text.lexicon import word_lists, word_rows
from rag.text.numbers import numbers

__all__ = ["Limit", "Quantity", "quantities", "same_quantity"]

_LONE = {c: Decimal(n) for n, c in enumerate("一二三四五六七八九十", 1)} | {"两": Decimal(2)}
_WORDS = {w: Decimal(n) for n, w in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_HALF = Decimal("0.5")
_LONE_NUMBER = re.compile(
    rf"(?<![第\d〇零一二三四五六七八九十百千万亿点])[{''.join(_LONE)}半](?=[个名位份日天年周小分元户项件条种家所次倍岁级成])"
    rf"|\b(?:{'|'.join(_WORDS)})\b|\bhalf an?\b"
)
_MONTH_NAMES = "january february march april may june july august september october november december".split()
_MONTH_DAY = re.compile(
    r"(?<![\d年])(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]"
    rf"|\b(?P<name2>{'|'.join(_MONTH_NAMES)}) (?P<year>(?:19|20)\d\d)\b"
    rf"|\b(?P<name>{'|'.join(_MONTH_NAMES)}) (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,? \d{{4}})"
)
_FAR = 14  # characters before a figure in which a word that limits it may stand


class Limit(StrEnum):
    """How a quantity bounds what it counts."""

    EXACT = "exact"
    WITHIN = "within"
    AT_MOST = "at most"
    AT_LEAST = "at least"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure with its unit, or a date, at `[start, end)` of a folded text."""

    value: Decimal  # in the first unit of its kind; of a date 0
    kind: str  # of its unit; "" where none is known, "date" of a date
    limit: Limit
    start: int
    end: int
    date: str = ""  # YYYY, YYYY-MM, YYYY-MM-DD or -MM-DD


def quantities(folded: str) -> list[Quantity]:
    """Give the quantities of a folded text in order."""
    found = [Quantity(Decimal(0), "date", Limit.EXACT, d.start, d.end, d.iso) for d in dates(folded)]
    taken = [(q.start, q.end) for q in found]
    for match in _MONTH_DAY.finditer(folded):
        if not any(a <= match.start() < b for a, b in taken):
            name = match["name"] or match["name2"]
            month = _MONTH_NAMES.index(name) + 1 if name else int(match["month"])
            day = match["day"] or match["day2"]
            iso = f"-{month:02}-{int(day):02}" if day else f"{match['year']}-{month:02}"
            found.append(Quantity(Decimal(0), "date", Limit.EXACT, *match.span(), iso))
            taken.append(match.span())
    for start, end, value, percent in _values(folded):
        if not any(a <= start < b for a, b in taken):
            found.append(_with_unit(folded, start, end, value, percent=percent))
    return sorted(found, key=lambda q: q.start)


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Say whether two say the same, limits aside: a date may say less than another, a figure may lack its unit."""
    if one.kind == "date" or other.kind == "date":
        a, b = one.date, other.date
        return bool(a and b) and (a.startswith(b) or b.startswith(a) or a.endswith(b) or b.endswith(a))
    if one.kind and other.kind and one.kind != other.kind:
        return False
    return one.value == other.value


def _values(folded: str) -> Iterator[tuple[int, int, Decimal, bool]]:
    ends = []
    for number in numbers(folded):
        ends.append((number.start, number.end))
        yield number.start, number.end, number.value, number.is_percent
    for match in _LONE_NUMBER.finditer(folded):
        if not any(a <= match.start() < b for a, b in ends):
            word = match.group()
            yield match.start(), match.end(), _LONE.get(word) or _WORDS.get(word) or _HALF, False


def _with_unit(folded: str, start: int, end: int, value: Decimal, *, percent: bool) -> Quantity:
    kind, factor = ("per cent", 1) if percent else ("", 1)
    if not percent and (unit := _units().match(folded, end)):
        (kind, factor), end = _kinds()[unit["unit"]], unit.end()
    before, after = _limits("before").search(folded[max(0, start - _FAR) : start]), _limits("after").match(folded, end)
    word = before or after
    limit = _limit_of(word["word"], "before" if before else "after") if word else Limit.EXACT
    return Quantity(value * factor, kind, limit, start, end)


@cache
def _kinds() -> dict[str, tuple[str, int]]:
    return {word: (kind, int(factor)) for kind, factor, *words in word_rows("units") for word in words}


@cache
def _units() -> re.Pattern[str]:
    words = sorted(_kinds(), key=len, reverse=True)
    either = "|".join(re.escape(w) + (r"\b" if w.isascii() and w[-1].isalpha() else "") for w in words)
    return re.compile(rf"[\s-]?(?:a |an |多|余)?(?P<unit>{either})")


@cache
def _limits(side: str) -> re.Pattern[str]:
    """Give what finds a word that limits a figure, before or after it: the longest there."""
    words = [w for name, some in word_lists("limits").items() if name.endswith(side) for w in some]
    either = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(
        rf"(?P<word>{either})(?:[\u4e00-\u9fff]{{0,2}}|\s)$" if side == "before" else rf"\s?(?P<word>{either})"
    )


def _limit_of(word: str, side: str) -> Limit:
    return next(limit for limit in Limit if word in word_lists("limits").get(f"{limit}, {side}", ()))
