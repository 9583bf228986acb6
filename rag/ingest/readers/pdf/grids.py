"""Read ruled tables: the grid that crossing lines make, its merged cells, and the text in them."""

from collections import defaultdict
from dataclasses import dataclass, field

from rag.ingest.readers.pdf.bands import (
    cell_text,
    column_starts,
    column_strips,
    is_figure,
    mark_headers,
    split_band,
)
from rag.ingest.readers.pdf.joins import Words, rows_of
from rag.ingest.readers.pdf.model import Cell, Page, Piece, Row, Rule, Table

__all__ = ["ruled_tables"]

_NEAR = 3.0  # points
_MOST_CROSSINGS = 400_000
_MOST_CELLS = 20_000
_COVERED = 0.6  # of a cell's side: then a line separates it from its neighbour
_FILLED = 0.25  # of the cells: a chart's grid is mostly empty


@dataclass(slots=True)
class _Region:
    """A cell over one or more places of the grid."""

    top: int
    bottom: int
    first: int
    last: int
    pieces: list[Piece] = field(default_factory=list)


def ruled_tables(page: Page, words: Words) -> tuple[list[Table], list[Piece], list[Rule]]:
    """Return the ruled tables of a page, the pieces outside them, and the horizontal lines that are part of none."""
    horizontal = [r for r in page.rules if r.horizontal]
    vertical = [r for r in page.rules if not r.horizontal]
    if len(horizontal) * len(vertical) > _MOST_CROSSINGS:
        return [], page.pieces, []
    tables: list[Table] = []
    pieces = page.pieces
    used: set[Rule] = set()
    for rows, columns in _components(horizontal, vertical):
        table, rest = _table(page, rows, columns, pieces, words)
        if table:
            tables.append(table)
            pieces = rest
            used.update(rows)
    return tables, pieces, [r for r in horizontal if r not in used]


def _components(horizontal: list[Rule], vertical: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Group lines that cross or touch each other."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, h in enumerate(horizontal):
        for j, v in enumerate(vertical, len(horizontal)):
            if h.start - _NEAR <= v.at <= h.end + _NEAR and v.start - _NEAR <= h.at <= v.end + _NEAR:
                parent[root(j)] = root(i)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, rule in enumerate([*horizontal, *vertical]):
        groups[root(i)][0 if rule.horizontal else 1].append(rule)
    return sorted((g for g in groups.values() if g[0] and g[1]), key=lambda g: min(r.at for r in g[0]))


def _table(
    page: Page, horizontal: list[Rule], vertical: list[Rule], pieces: list[Piece], words: Words
) -> tuple[Table | None, list[Piece]]:
    ys = _places([r.at for r in horizontal], [p for r in vertical for p in (r.start, r.end)], 8)
    xs = _places([r.at for r in vertical], [p for r in horizontal for p in (r.start, r.end)], 10)
    if len(xs) < 3 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > _MOST_CELLS:
        return None, pieces
    regions = _regions(xs, ys, horizontal, vertical)
    rest: list[Piece] = []
    inside: list[Piece] = []
    for piece in pieces:
        place = _at(ys, piece.base - 0.3 * piece.size), _at(xs, piece.middle)
        if None in place:
            rest.append(piece)
            continue
        region = regions[place]  # type: ignore[index]
        region.pieces.append(piece)
        inside.append(piece)
    different = list({id(r): r for r in regions.values()}.values())
    filled = [r for r in different if r.pieces]
    if len({r.first for r in filled}) < 2 or len(filled) < _FILLED * len(different):
        return None, pieces
    rows = _rows(different, len(ys) - 1, xs, words)
    mark_headers(rows, depth=max((r.bottom - r.top + 1 for r in different if r.top == 0 and r.pieces), default=1))
    return Table(page.number, xs[0], ys[0], xs[-1], ys[-1], tuple(xs[:-1]), rows), rest


def _places(lines: list[float], ends: list[float], beyond: float) -> list[float]:
    """Return the places of a grid's lines, and the edge of an open side where lines across run beyond the last."""
    places: list[float] = []
    for at in sorted(lines):
        if not places or at - places[-1] > _NEAR:
            places.append(at)
    if ends and places:
        low, high = min(ends), max(ends)
        places = [low, *places] if low < places[0] - beyond else places
        places = [*places, high] if high > places[-1] + beyond else places
    return places


def _at(places: list[float], value: float) -> int | None:
    for i in range(len(places) - 1):
        if places[i] <= value < places[i + 1]:
            return i
    return None


def _regions(
    xs: list[float], ys: list[float], horizontal: list[Rule], vertical: list[Rule]
) -> dict[tuple[int, int], _Region]:
    """Merge places that no line separates."""
    regions: dict[tuple[int, int], _Region] = {}
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            left = regions.get((row, column - 1))
            above = regions.get((row - 1, column))
            if left and not _separated(vertical, xs[column], ys[row], ys[row + 1]):
                left.last = max(left.last, column)
                regions[row, column] = left
            elif above and not _separated(horizontal, ys[row], xs[column], xs[column + 1]):
                above.bottom = max(above.bottom, row)
                regions[row, column] = above
            else:
                regions[row, column] = _Region(row, row, column, column)
    return regions


def _separated(rules: list[Rule], at: float, start: float, end: float) -> bool:
    covered = sum(max(0.0, min(r.end, end) - max(r.start, start)) for r in rules if abs(r.at - at) <= _NEAR)
    return covered >= _COVERED * (end - start)


def _rows(regions: list[_Region], height: int, xs: list[float], words: Words) -> list[Row]:
    """Return rows; a cell over several rows stands in each of them, as a reader understands it."""
    rows: list[Row] = []
    few = height <= 3
    for number in range(height):
        here = sorted((r for r in regions if r.top <= number <= r.bottom), key=lambda r: r.first)
        if not any(r.pieces for r in here if r.top == number):
            continue
        if number and _stacked(here, 3 if few else 8):
            starts = [xs[r.first] for r in here]
            inner = split_band([p for r in here for p in r.pieces], starts, words)
            firsts = [r.first for r in here]
            rows += [Row([Cell(c.text, firsts[c.column], 1, c.marks) for c in row.cells]) for row in inner]
            continue
        if len(here) == 1 and here[0].top == number and _is_band(here[0].pieces):
            strips = column_strips(rows_of(here[0].pieces))
            if len(strips) > 1:
                rows += split_band(here[0].pieces, column_starts(strips), words)
                continue
        cells: list[Cell] = []
        for region in here:
            text, marks = cell_text(region.pieces, words)
            cells.append(Cell(text, region.first, region.last - region.first + 1, marks))
        rows.append(Row(cells))
    return rows


def _is_band(pieces: list[Piece]) -> bool:
    """Say whether one cell over the whole width holds a table of its own, without lines."""
    lines = rows_of(pieces)
    return len(lines) >= 4 and 2 * sum(len(line) > 2 for line in lines) > len(lines)


def _all_figures(columns: list[list[list[Piece]]], most: int) -> bool:
    """Say whether nearly all columns hold the same number of lines, most of them figures."""
    same = [lines for lines in columns if len(lines) == most]
    texts = [p.text for lines in columns[1:] for line in lines for p in line]
    figures = sum(map(is_figure, texts))
    return (
        len(columns) > 2 and len(same) >= 0.8 * len(columns) and figures >= 0.7 * len(texts) and len(texts) >= 2 * most
    )


def _stacked(regions: list[_Region], least: int) -> bool:
    """Say whether a row without inner lines holds several rows, whose cells stand on common baselines."""
    if any(r.top != r.bottom for r in regions):
        return False
    columns = [rows_of(r.pieces) for r in regions if r.pieces]
    most = max(map(len, columns), default=0)
    if most > 1 and _all_figures(columns, most):
        return True
    if len(columns) < 2 or most < least:
        return False
    full = [lines for lines in columns if len(lines) >= 0.6 * most]
    if len(full) < 2 or (most <= 4 and sum(len(lines) == most for lines in full) < max(2, 0.6 * len(columns))):
        return False
    size = columns[0][0][0].size
    bases = [line[0].base for line in max(full, key=len)]
    aligned = all(
        sum(any(abs(line[0].base - b) < 0.25 * size for b in bases) for line in lines) >= 0.8 * len(lines)
        for lines in full
    )
    # Cells of one short line each, not two texts that happen to be set with the same distance of lines.
    short = sum(sum(line[-1].x1 - line[0].x0 < 9 * size for line in lines) >= 0.7 * len(lines) for lines in full)
    return aligned and short >= 1 and (most <= 4 or short >= 0.5 * len(full))
