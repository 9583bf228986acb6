"""The figures of a draft beside those of the paragraph: are they there, in the same company, in their own places?"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from rag.verify.source import Placed, SourceText
from rag.verify.units import Unit

__all__ = ["describe_figures", "in_anothers_place", "out_of_order"]

_ALIKE = 4  # units in a row that make a place the same
_AROUND = 4  # units on each side of a figure that are its company
_BEHIND = 8  # units behind a figure and its unit that say what it counts


def describe_figures(values: dict[str, float], own: Sequence[Unit], source: SourceText, used: Sequence[int]) -> None:
    """Set the features of figures and words: where those of a draft stand in the sentences used, and beside what."""
    near = [u for n in used for u in source.sentences[n].units]
    everywhere = [u for s in source.sentences for u in s.units]
    for n, unit in enumerate(own):
        if unit.kind == "number":
            values["figures nowhere"] += unit.form not in source.forms
            same = [m for m, u in enumerate(near) if u.form == unit.form]
            values["figures not in these sentences"] += not same
            places = [(near, m) for m in same] or [
                (everywhere, m) for m, u in enumerate(everywhere) if u.form == unit.form
            ]
            for name, side in _SIDES:
                mine = side(own, n)
                if places and mine:
                    shared = max(len(mine & side(around, m)) / len(mine) for around, m in places)
                    values[name] = max(values[name], 1 - shared)
            follows = own[n + 1].form if n + 1 < len(own) and own[n + 1].clause == unit.clause else ""
            behind = {near[m + 1].form if m + 1 < len(near) else "" for m in same}
            values["figures with another unit"] += bool(follows and behind and follows not in behind)
        elif unit.kind == "word":
            values["words nowhere"] += unit.form not in source.forms


def in_anothers_place(own: Sequence[Unit], home: Sequence[Unit]) -> int:
    """Count the figures that stand, among the same words in the same order, where the source has another figure."""
    masked, source = [_masked(u) for u in own], [_masked(u) for u in home]
    blocks = SequenceMatcher(None, source, masked, autojunk=False).get_matching_blocks()
    pairs = ((home[a + n], own[b + n]) for a, b, size in blocks if size >= _ALIKE for n in range(size))
    return sum(a.kind == "number" and a.form != b.form for a, b in pairs)


def _masked(unit: Unit) -> str:
    return "#" if unit.kind == "number" else unit.form


def _company(around: Sequence[Unit], n: int) -> set[str]:
    """Give the units beside a figure, without other figures."""
    near = around[max(0, n - _AROUND) : n + _AROUND + 1]
    return {u.form for u in near if u.kind != "number"}


def _after(around: Sequence[Unit], n: int) -> set[str]:
    """Give the units behind a figure and the unit that it counts, without other figures."""
    return {u.form for u in around[n + 2 : n + 2 + _BEHIND] if u.kind != "number"}


def _before(around: Sequence[Unit], n: int) -> set[str]:
    """Give the units before a figure, without other figures."""
    return {u.form for u in around[max(0, n - _AROUND) : n] if u.kind != "number"}


_SIDES = (
    ("figures in other company", _company),
    ("figures before other words", _after),
    ("figures behind other words", _before),
)


def out_of_order(placed: Sequence[Placed]) -> int:
    """Count the clauses next to each other, one of them with a figure, that come in the other order in the source."""
    found = 0
    for a, b in pairwise(placed):
        figured = any(u.kind == "number" for u in (*a.clause, *b.clause))
        if figured and a.sentence == b.sentence and a.alignment.matched and b.alignment.matched:
            found += b.alignment.matched[0][0] < a.alignment.matched[0][0]
    return found
