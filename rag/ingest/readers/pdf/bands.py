"""Read tables without upright lines: rows from baselines, columns from the white strips between them."""

import re
from collections import Counter
from itertools import pairwise

from rag.ingest.readers.pdf.joins import Words, join_text, rows_of
from rag.ingest.readers.pdf.model import Cell, Mark, Page, Piece, Row, Rule, Table

__all__ = [
    "banded_tables",
    "cell_text",
    "column_starts",
    "column_strips",
    "is_figure",
    "loose_table",
    "mark_headers",
    "split_band",
]

_FIGURE = re.compile(r"^[<>≤≥±+\-−–—~～≈]?[\d０-９][\d,，.:/~～%‰×\-–—−+()（）*]*(?:[%‰]|[①-⑳])*$|^[-–—－―/…]+$")
_CAPTION = re.compile(r"^(?:续?表|附表|图|Table|Figure|TABLE|单位)\s*[:：A-Z]?\s*\d*")
_PROSE = 12.0  # em: columns whose lines are all wider than this and full are running text
_FULL = 0.8
_LONG = 22.0  # em: longer pieces are running text, not cells
_SAME_ENDS = 8.0  # points


def is_figure(text: str) -> bool:
    """Say whether a cell holds a number or a dash and nothing else."""
    return bool(_FIGURE.match(text.replace(" ", "")))


def cell_text(pieces: list[Piece], words: Words) -> tuple[str, tuple[Mark, ...]]:
    """Join what stands in a cell."""
    text = ""
    marks: list[Mark] = []
    for row in rows_of(pieces):
        for i, piece in enumerate(row):
            between = " "
            if i == 0 and text:
                text, between = join_text(text, piece.text, words)
            if text:
                text += between
            marks += [(a + len(text), b + len(text)) for a, b in piece.marks]
            text += piece.text
    return text, tuple(marks)


def mark_headers(rows: list[Row], depth: int = 1) -> None:
    """Mark the rows that name what stands in the columns: the first ones, if they hold no figures."""
    top = 0
    while top < len(rows) and len(_filled(rows[top])) == 1 and rows[top].cells[0].span > 1:
        top += 1  # a title over the whole width
    for row in rows[top : top + depth]:
        filled = _filled(row)
        if len(filled) < 2 or len(rows) - top < 2:
            return
        figures = [c for c in filled if is_figure(c.text) and not re.fullmatch(r"(?:19|20)\d\d", c.text)]
        too_long = [c for c in filled if len(c.text) > 40]
        if figures or (too_long and len(row.cells) < 4):
            return
        row.header = True


def _filled(row: Row) -> list[Cell]:
    return [c for c in row.cells if c.text]


def column_strips(rows: list[list[Piece]]) -> list[tuple[float, float]]:
    """Return from where to where each column reaches, as the fullest rows show it."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    if not counts:
        return []
    usual = max(counts, key=lambda n: (counts[n] * min(n, 6), n))
    spans = sorted((p.x0, p.x1) for row in rows if len(row) >= usual for p in row)
    strips: list[tuple[float, float]] = []
    for start, end in spans:
        if strips and start < strips[-1][1] - 0.5:
            strips[-1] = (strips[-1][0], max(strips[-1][1], end))
        else:
            strips.append((start, end))
    for p in (p for row in rows for p in row):
        if all(p.x1 <= s[0] or p.x0 >= s[1] for s in strips) and p.x1 - p.x0 < 12 * p.size:
            strips.append((p.x0, p.x1))  # a label that stands on a line of its own
    return sorted(strips)


def split_band(pieces: list[Piece], starts: list[float], words: Words) -> list[Row]:
    """Cut the pieces of a table's body into rows: a baseline with most columns is one; others belong to the nearest."""
    lines = rows_of(pieces)
    columns = [[_column(p, starts) for p in line] for line in lines]
    most = max((len(set(c)) for c in columns), default=0)
    anchors = [i for i, c in enumerate(columns) if 2 * len(set(c)) > most]
    gaps = sorted(lines[b][0].base - lines[a][0].base for a, b in pairwise(anchors))
    pitch = gaps[len(gaps) // 2] if gaps else float("inf")
    for i, line in enumerate(lines):
        if i in anchors or not anchors:
            continue
        nearest = min(abs(line[0].base - lines[a][0].base) for a in anchors)
        if nearest >= 0.95 * pitch:
            anchors.append(i)
    anchors = sorted(anchors) or [0]
    owned: dict[int, list[Piece]] = {a: [] for a in anchors}
    for i, line in enumerate(lines):
        nearest_anchor = min(anchors, key=lambda a: (abs(lines[a][0].base - lines[i][0].base), -a if a <= i else a))
        owned[nearest_anchor] += line
    return [_row(owned[a], starts, words) for a in anchors]


def _row(pieces: list[Piece], starts: list[float], words: Words) -> Row:
    by_column: dict[int, list[Piece]] = {}
    for piece in pieces:
        by_column.setdefault(_column(piece, starts), []).append(piece)
    cells = []
    for column in range(len(starts)):
        text, marks = cell_text(by_column.get(column, []), words)
        cells.append(Cell(text, column, 1, marks))
    return Row(cells)


def _column(piece: Piece, starts: list[float]) -> int:
    """Return the column in which most of a piece lies; `starts` are the left edges, strips already widened to them."""
    at = 0
    for i, start in enumerate(starts):
        if piece.middle >= start - 1:
            at = i
    return at


def column_starts(strips: list[tuple[float, float]]) -> list[float]:
    """Return where each column begins: in the middle of the white strip before it."""
    return [strips[0][0]] + [(a[1] + b[0]) / 2 for a, b in pairwise(strips)]


def banded_tables(page: Page, rules: list[Rule], pieces: list[Piece], words: Words) -> tuple[list[Table], list[Piece]]:
    """Return the tables between horizontal lines of one length, and the pieces outside them."""
    tables: list[Table] = []
    for group in _groups(rules, page.width):
        run: list[tuple[Rule, Rule]] = []
        for upper, lower in [*pairwise(group), (group[-1], group[-1])]:
            inside = _between(pieces, upper, lower)
            if upper is not lower and _tabular(inside):
                run.append((upper, lower))
                continue
            if run:
                if len(run) == 1:
                    run.append((run[0][1], _open_end(run[0][1], pieces, page)))
                table = _banded(page, run, pieces, words)
                if table:
                    tables.append(table)
                    pieces = [p for p in pieces if not _holds(table, p)]
            run = []
    return tables, pieces


def _open_end(upper: Rule, pieces: list[Piece], page: Page) -> Rule:
    """Return where a table ends that has lines around its header and none at its foot, as before a page break."""
    end, last, pitch = upper.at, upper.at, 0.0
    for row in rows_of(_between(pieces, upper, Rule(True, page.height, upper.start, upper.end))):
        distance = row[0].base - last
        if (len(row) < 2 and len(row[0].text) > 16) or _CAPTION.match(row[0].text):
            break
        if any(p.x1 - p.x0 > 0.6 * _LONG * p.size for p in row):
            break
        if distance > max(4.0 * row[0].size, 1.6 * pitch):
            break
        if len(row) > 1:
            pitch = max(pitch, distance) if last > upper.at else pitch
            end = row[0].y1
        last = row[0].base
    return Rule(True, end + 2 if end > upper.at else upper.at, upper.start, upper.end)


def _groups(rules: list[Rule], width: float) -> list[list[Rule]]:
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda r: r.at):
        if rule.end - rule.start < 0.2 * width:
            continue
        for group in groups:
            if abs(group[0].start - rule.start) <= _SAME_ENDS and abs(group[0].end - rule.end) <= _SAME_ENDS:
                group.append(rule)
                break
        else:
            groups.append([rule])
    return [g for g in groups if len(g) > 1]


def _between(pieces: list[Piece], upper: Rule, lower: Rule) -> list[Piece]:
    return [
        p for p in pieces
        if upper.at - 1 <= p.base - 0.3 * p.size <= lower.at + 1 and upper.start - 12 <= p.middle <= upper.end + 12
    ]  # fmt: skip


def _holds(table: Table, piece: Piece) -> bool:
    return (
        table.y0 - 1 <= piece.base - 0.3 * piece.size <= table.y1 + 1 and table.x0 - 12 <= piece.middle <= table.x1 + 12
    )


def _tabular(pieces: list[Piece]) -> bool:
    rows = rows_of(pieces)
    wide = [row for row in rows if len(row) > 1]
    if not wide or 2 * len(wide) < len(rows) - 1 or (len(rows) == 1 and _CAPTION.match(rows[0][0].text)):
        return False
    if len(rows) > 200:
        return False
    return not _prose(rows)


def _prose(rows: list[list[Piece]]) -> bool:
    """Say whether rows are rather lines of running text in two or three columns."""
    strips = column_strips(rows)
    if not 2 <= len(strips) <= 4 or len(rows) < 3:
        return False
    pieces = [p for row in rows for p in row]
    full = 0
    for p in pieces:
        strip = max(strips, key=lambda s: min(s[1], p.x1) - max(s[0], p.x0))
        full += p.x1 - p.x0 >= _FULL * (strip[1] - strip[0]) and p.x1 - p.x0 >= _PROSE * p.size
    return full >= 0.55 * len(pieces)


def _banded(page: Page, run: list[tuple[Rule, Rule]], pieces: list[Piece], words: Words) -> Table | None:
    bands = [b for b in (_between(pieces, upper, lower) for upper, lower in run) if b]
    body = [p for band in (bands[1:] or bands) for p in band]
    strips = column_strips(rows_of(body))
    if _prose(rows_of(body)) or len(strips) < 2 or sum(len(rows_of(b)) for b in bands) < 2:
        return None
    starts = column_starts(strips)
    rows: list[Row] = []
    for number, band in enumerate(bands):
        if number == 0 and len(bands) > 1:
            rows += _header_rows(band, strips, starts, words)
        else:
            rows += split_band(band, starts, words)
    if len(bands) == 1:
        mark_headers(rows)
    if sum(len(_filled(r)) > 1 for r in rows) < 2:
        return None
    top, bottom = run[0][0], run[-1][1]
    return Table(page.number, top.start, top.at, top.end, bottom.at, tuple(starts), rows, ruled=False)


def _header_rows(band: list[Piece], strips: list[tuple[float, float]], starts: list[float], words: Words) -> list[Row]:
    """Return one header row, or two where names stand over several columns."""
    over = []
    for p in band:
        under = [i for i, s in enumerate(strips) if p.x0 < s[1] and s[0] < p.x1]
        if len(under) > 1:
            over.append((p, under))
    rows = []
    if over:
        cells = [Cell(*_text_first(p, under), marks=p.marks) for p, under in sorted(over, key=lambda o: o[0].x0)]
        rows.append(Row(cells, header=True))
    wide = {id(p) for p, _ in over}
    rest = [p for p in band if id(p) not in wide]
    if rest:
        row = _row(rest, starts, words)
        row.header = True
        rows.append(row)
    return rows


def _text_first(piece: Piece, under: list[int]) -> tuple[str, int, int]:
    return piece.text, under[0], len(under)


def loose_table(page: int, rows: list[list[Piece]], words: Words) -> Table | None:
    """Return the table that rows of pieces make without any line, where the columns are clear; else None."""
    full = [row for row in rows if len(row) > 1]
    if len(full) < 3 or _prose(rows):
        return None
    long = sum(any(p.x1 - p.x0 > _LONG * p.size for p in row) for row in rows)
    if 3 * long > len(rows):
        return None
    strips = column_strips(rows)
    if len(strips) < 2:
        return None
    starts = column_starts(strips)
    table = split_band([p for row in rows for p in row], starts, words)
    filled = [sum(bool(r.cells[c].text) for r in table) for c in range(len(starts))]
    figures = [sum(is_figure(r.cells[c].text) for r in table) >= 0.5 * max(1, filled[c]) for c in range(1, len(starts))]
    if min(filled) < 0.5 * len(table) or not any(figures):
        return None
    if len(starts) == 2 and len(table) < 4:
        return None
    mark_headers(table)
    x0, x1 = min(p.x0 for row in rows for p in row), max(p.x1 for row in rows for p in row)
    y0, y1 = min(p.y0 for row in rows for p in row), max(p.y1 for row in rows for p in row)
    return Table(page, x0, y0, x1, y1, tuple(starts), table, ruled=False)
