"""Lay a clause along the sentence that it may come from, and list how they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from rag.verify.units import Unit

__all__ = ["Alignment", "Edit", "align"]

_NEAR = 2  # units: a single character counts as matched this near to a longer match


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands in the source in place of what stands in the clause; either may be empty."""

    source: tuple[Unit, ...]
    clause: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a clause lies along a source sentence."""

    matched: tuple[tuple[int, int], ...]  # numbers of units in source and clause, both rising
    edits: tuple[Edit, ...]  # between the first and the last match
    before: Edit  # what stands before the first match: of the source, only in the same clause
    after: Edit


def align(source: Sequence[Unit], clause: Sequence[Unit]) -> Alignment:
    """Align a clause with one sentence of the source."""
    matcher = SequenceMatcher(None, [u.form for u in source], [u.form for u in clause], autojunk=False)
    blocks = _kept([(a, b, n) for a, b, n in matcher.get_matching_blocks() if n], source)
    if not blocks:
        return Alignment((), (), Edit((), ()), Edit((), tuple(clause)))
    edits = []
    for (a, b, n), (next_a, next_b, _) in pairwise(blocks):
        between = Edit(tuple(source[a + n : next_a]), tuple(clause[b + n : next_b]))
        if between.source or between.clause:
            edits.append(between)
    first_a, first_b, _ = blocks[0]
    last_a, last_b, n = blocks[-1]
    end_a, end_b = last_a + n, last_b + n
    before = [u for u in source[:first_a] if u.clause == source[first_a].clause]
    after = [u for u in source[end_a:] if u.clause == source[end_a - 1].clause]
    return Alignment(
        matched=tuple((a + i, b + i) for a, b, n in blocks for i in range(n)),
        edits=tuple(edits),
        before=Edit(tuple(before), tuple(clause[:first_b])),
        after=Edit(tuple(after), tuple(clause[end_b:])),
    )


def _kept(blocks: Sequence[tuple[int, int, int]], source: Sequence[Unit]) -> list[tuple[int, int, int]]:
    """Leave out single characters that match by chance."""
    sure = [block for block in blocks if block[2] > 1 or source[block[0]].kind != "han"]
    kept = []
    for a, b, n in blocks:
        near = any(_follows((x, y, m), (a, b)) or _follows((a, b, n), (x, y)) for x, y, m in sure)
        if (a, b, n) in sure or near:
            kept.append((a, b, n))
    return kept


def _follows(block: tuple[int, int, int], start: tuple[int, int]) -> bool:
    """Say whether another block starts close behind one, on both sides."""
    a, b, n = block
    return 0 <= start[0] - a - n <= _NEAR and 0 <= start[1] - b - n <= _NEAR
