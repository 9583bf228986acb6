"""Put the pieces of a page in reading order: columns beside each other, bands below each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.ingest.readers.pdf.model import Piece, Table

__all__ = ["Leaf", "reading_order"]

Box = Piece | Table
_DEEPEST = 12
_CROSSED = 0.34  # of the lines may cross the white strip between columns: titles, tables, notes over the full width
_NARROWEST = 8.0  # em: the narrowest column
_FULL = 0.7
_LEAST = 3  # lines of a column


@dataclass(frozen=True, slots=True)
class Leaf:
    """Boxes that are read from top to bottom, between the margins of their column."""

    boxes: tuple[Box, ...]
    left: float
    right: float


def reading_order(boxes: Sequence[Box]) -> list[Leaf]:
    """Cut a page into leaves in the order in which they are read."""
    return _order(boxes, 0) or ([_leaf(sorted(boxes, key=lambda b: (b.y0, b.x0)))] if boxes else [])


def _order(boxes: Sequence[Box], depth: int) -> list[Leaf]:
    """Return the leaves of a part of a page; none if it has no columns and is one leaf."""
    if not boxes:
        return []
    ordered = sorted(boxes, key=lambda b: (b.y0, b.x0))
    gutter = _gutter(ordered) if depth < _DEEPEST else None
    if gutter is not None:
        found = _bands(ordered, gutter, depth)
        if found is not None:
            return found
    if depth < _DEEPEST:
        cut = _widest_break(ordered)
        if cut is not None:
            upper, lower = ordered[:cut], ordered[cut:]
            above, below = _order(upper, depth + 1), _order(lower, depth + 1)
            if above or below:
                return (above or [_leaf(upper)]) + (below or [_leaf(lower)])
    return []


def _leaf(boxes: list[Box]) -> Leaf:
    text = [b for b in boxes if isinstance(b, Piece)] or boxes
    return Leaf(tuple(boxes), min(b.x0 for b in text), max(b.x1 for b in text))


def _gutter(boxes: list[Box]) -> float | None:
    """Return the middle of the best white strip between columns, crossed by few boxes."""
    pieces = [b for b in boxes if isinstance(b, Piece)]
    if len(pieces) < 2 * _LEAST:
        return None
    size = sorted(p.size for p in pieces)[len(pieces) // 2]
    left, right = min(b.x0 for b in boxes), max(b.x1 for b in boxes)
    if right - left < 2 * _NARROWEST * size:
        return None
    step = 2.0
    count = int((right - left) / step) + 1
    covered = [0] * (count + 1)
    for b in boxes:
        covered[min(count, int((b.x0 - left) / step))] += 1
        covered[min(count, int((b.x1 - left) / step) + 1)] -= 1
    best: tuple[float, float] | None = None
    running = 0
    crossings = []
    for c in covered:
        running += c
        crossings.append(running)
    limit = _CROSSED * len(boxes)
    for i, crossed in enumerate(crossings):
        x = left + (i + 0.5) * step
        if crossed > limit or not (left + _NARROWEST * size <= x <= right - _NARROWEST * size):
            continue
        on_left = sum(b.x1 <= x for b in boxes)
        on_right = sum(b.x0 >= x for b in boxes)
        if min(on_left, on_right) < _LEAST:
            continue
        score = min(on_left, on_right) - 2.0 * crossed
        if best is None or score > best[0]:
            best = (score, x)
    if best is None:
        return None
    near = [i for i, c in enumerate(crossings) if c <= crossings[int((best[1] - left) / step)]]
    at = int((best[1] - left) / step)
    first = last = at
    while last + 1 in near:
        last += 1
    return left + ((first + last) / 2 + 0.5) * step


def _bands(boxes: list[Box], gutter: float, depth: int) -> list[Leaf] | None:
    """Cut into bands of columns and what stands over the full width between them; None if these are no columns."""
    leaves: list[Leaf] = []
    band: list[Box] = []
    wide: list[Box] = []
    any_columns = False

    def close_band() -> None:
        nonlocal band, wide, any_columns
        if not band:
            return
        left = [b for b in band if b.x1 <= gutter + 1]
        right = [b for b in band if b.x1 > gutter + 1]
        if _are_columns(left, right, gutter):
            if wide:
                leaves.append(_leaf(wide))
                wide = []
            any_columns = True
            for side in (left, right):
                leaves.extend(_order(side, depth + 1) or [_leaf(side)])
        else:
            wide += band
        band = []

    for box in boxes:
        if box.x0 < gutter - 1 < gutter + 1 < box.x1:
            # A wide box ends the band only for what stands below it.
            close_band()
            wide.append(box)
        elif wide and any(box.y0 < w.y1 - 0.5 * (w.y1 - w.y0) for w in wide[-1:]):
            wide.append(box)
        else:
            band.append(box)
    close_band()
    if wide:
        leaves.append(_leaf(wide))
    return leaves if any_columns else None


def _are_columns(left: list[Box], right: list[Box], gutter: float) -> bool:
    """Say whether two sides are columns of running text, not of a table or a list: their lines fill them."""
    if not left or not right:
        return False
    filled = [_fill(left), _fill(right)]
    if min(len(left), len(right)) < _LEAST:
        return min(len(left), len(right)) >= 1 and max(filled) >= 0.6 and min(filled) >= 0.5 and len(left) >= 2
    return min(filled) >= 0.4 and max(filled) >= 0.5


def _fill(boxes: list[Box]) -> float:
    """Return the share of lines that fill their column."""
    left, right = min(b.x0 for b in boxes), max(b.x1 for b in boxes)
    pieces = [b for b in boxes if isinstance(b, Piece)]
    if not pieces:
        return 1.0
    size = sorted(p.size for p in pieces)[len(pieces) // 2]
    if right - left < _NARROWEST * size:
        return 0.0
    rows: dict[int, tuple[float, float]] = {}
    for p in pieces:
        key = round(p.base / (0.6 * size))
        start, end = rows.get(key, (p.x0, p.x1))
        rows[key] = (min(start, p.x0), max(end, p.x1))
    return sum(b - a >= _FULL * (right - left) for a, b in rows.values()) / len(rows)


def _widest_break(boxes: list[Box]) -> int | None:
    """Return before which box the page is cut: after the widest white strip from side to side."""
    best: tuple[float, int] | None = None
    bottom = boxes[0].y1
    for i in range(1, len(boxes)):
        gap = boxes[i].y0 - bottom
        if gap > 4.0 and (best is None or gap > best[0]):
            best = (gap, i)
        bottom = max(bottom, boxes[i].y1)
    return best[1] if best else None
