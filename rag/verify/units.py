"""Cut a text into the units that are aligned: Han characters, words by their stem, numbers by their value."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rag.index.terms import JOINS, stem
from rag.text.folding import fold
from rag.text.numbers import numbers

__all__ = ["Unit", "clauses", "units"]

_CLAUSE_MARKS = frozenset(",;:。!?…\n")
_SIGNS = frozenset("-−<>≤≥±≈")
_LIST_MARKS = frozenset("、/")
# Words that say the same as a shorter one: both sides are brought to one form.
_SHORTER = (
    (re.compile(r"指的是|即是|是指"), "是"),
    (re.compile(r"(?:达到|达|为|是|有)(?=约?[\d零一二三四五六七八九十百千两])|达到"), "达"),
    (re.compile(r"(?:能够|可以|能)(?=[\u4e00-\u9fff])"), "能"),
    (re.compile(r"应当|应该"), "应"),
    (re.compile(r"已经"), "已"),
    (re.compile(r"仍然|依然"), "仍"),
    (re.compile(r"或者"), "或"),
    (re.compile(r"因此|因而|所以"), "所以"),
    (re.compile(r"由于|因为"), "因为"),
)
Kind = Literal["han", "word", "number"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that is compared, at `[start, end)` of its text."""

    form: str
    kind: Kind
    start: int
    end: int
    clause: int  # number of the clause that it stands in
    listed: bool  # a list mark stands before it


def units(text: str) -> list[Unit]:
    """Give the units of a text in order; marks are no units."""
    folded, places = _folded(text)
    known = {n.start: n for n in numbers(folded)}
    joins = {m.start(): m.end() for m in JOINS.finditer(folded)}
    shorter = {m.start(): (m.end(), form) for pattern, form in reversed(_SHORTER) for m in pattern.finditer(folded)}
    found: list[Unit] = []
    at = clause = 0
    listed = False
    while at < len(folded):
        here = folded[at]
        if at in joins:
            listed, at = True, joins[at]
            continue
        number = known.get(at)
        if number is not None:
            sign = _sign(folded, at)
            end, form, kind = number.end, sign + number.canonical, "number"
        elif at in shorter:
            (end, form), kind = shorter[at], "han"
        elif "\u3400" <= here <= "\u9fff":
            end, form, kind = at + 1, here, "han"
        elif here.isalnum():
            end = at + 1
            while end < len(folded) and end not in known and _continues(folded, end):
                end += 1
            form, kind = stem(folded[at:end]), "word"
        else:
            clause += _ends_clause(folded, at)
            listed = listed or here in _LIST_MARKS
            at += 1
            continue
        found.append(Unit(form, kind, places[at], places[end - 1] + 1, clause, listed))  # type: ignore[arg-type]
        at, listed = end, False
    return found


def clauses(found: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Give the units clause by clause."""
    part: list[Unit] = []
    for unit in found:
        if part and unit.clause != part[-1].clause:
            yield part
            part = []
        part.append(unit)
    if part:
        yield part


def _sign(folded: str, at: int) -> str:
    """Give the sign before a number; a dash behind a letter or figure is none: 10-20, GPT-4."""
    before = folded[max(0, at - 2) : at]
    bound = len(before) == 2 and before[0].isascii() and before[0].isalnum()
    return before[-1] if before[-1:] in _SIGNS and not bound else ""


def _continues(folded: str, at: int) -> bool:
    here = folded[at]
    inside = here in "'-’." and at + 1 < len(folded) and folded[at - 1].isalpha() and folded[at + 1].isalpha()
    return (here.isalnum() and not "\u3400" <= here <= "\u9fff") or inside


def _ends_clause(folded: str, at: int) -> bool:
    if folded[at] == ".":
        return at + 1 == len(folded) or folded[at + 1].isspace()
    return folded[at] in _CLAUSE_MARKS


def _folded(text: str) -> tuple[str, list[int]]:
    """Fold character by character; give for each folded one where it stood."""
    parts: list[str] = []
    places: list[int] = []
    for n, character in enumerate(text):
        form = _fold(character)
        parts.append(form)
        places += [n] * len(form)
    return "".join(parts), places


@cache
def _fold(character: str) -> str:
    return fold(character)
