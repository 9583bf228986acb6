"""Read a table as rows: merged cells, header rows, title and unit; tell tables from page layout."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from rag.ingest.blocks import BlockKind
from rag.ingest.readers.html.piece import Piece, State
from rag.ingest.readers.html.tree import Element, find, text_of

__all__ = ["Row", "Table", "cells_of", "is_layout", "pieces_of_table", "read_table"]

_MAX_SPAN = 200
_MAX_CAPTIONS = 3  # title, subtitle, unit
_REPEATED = 40  # characters of a merged cell that are said of each of its rows; longer ones are remarks
_FIGURE = re.compile(
    r"^[-+±－＋<>≤≥＜＞≈约]?\s*[\d０-９][\d０-９,，. ]*\s*(?:[%％‰]|个百分点|元|万元|亿元|人|吨)?$|^[-—–…/]+$"
)
_YEAR = re.compile(r"^(?:19|20)\d\d\s*年?(?:度|\d{1,2}月)?$")
_NUMBERING = re.compile(r"^(?:序号|编号|No\.?|#)$", re.I)
_UNIT = re.compile(r"^[(（]?\s*(?:计量|数据|金额)?单位\s*[:：]")
_REMARK = re.compile(
    r"^[*＊]?\s*(?:注|说明|备注|附注|数据来源|资料来源|来源|Notes?|Sources?)\s*[\d一二三]?\s*[:：]", re.I
)
_PARTS = ("thead", "tbody", "tfoot")


@dataclass(slots=True)
class Row:
    """A row: its cells, and the first column of each."""

    cells: list[str]
    columns: list[int]
    header: bool = False


@dataclass(slots=True)
class Table:
    """A table: its title and unit, its rows, the remarks under it."""

    captions: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Cell:
    text: str
    column: int
    width: int
    height: int
    head: bool
    above: bool = False  # it goes on from the row above


def cells_of(table: Element) -> list[list[Element]]:
    """Return the cells of each row, without those of tables inside; the header's rows first, the footer's last."""
    parts: dict[str, list[list[Element]]] = {"thead": [], "": [], "tfoot": []}
    for child in table.elements:
        rows = child.elements if child.tag in _PARTS else iter((child,))
        place = child.tag if child.tag in ("thead", "tfoot") else ""
        parts[place] += [
            [cell for cell in row.elements if cell.tag in ("td", "th")]
            for row in rows
            if row.tag == "tr" and not row.hidden
        ]
    return [row for part in parts.values() for row in part]


def is_layout(table: Element) -> bool:
    """Check whether a table only lays out the page: its cells are then read as paragraphs."""
    if "presentation" in table.get("role") or table.get("role") == "none":
        return True
    sizes = [[len(text_of(cell, 3000)) for cell in row] for row in cells_of(table)]
    rows = [[size for size in row if size] for row in sizes if any(row)]
    if not rows or max(map(len, rows)) <= 1:
        return True
    heads = headings = inner = 0
    for element in find(table):
        heads += element.tag == "th"
        headings += element.tag in ("h1", "h2", "h3")
        if element.tag == "table" and element is not table:
            inner += len(text_of(element, 3000))
    total = sum(map(sum, rows))
    if inner > 0.5 * total or (headings and not heads):
        return True
    ruled = heads or table.get("border") not in ("", "0") or "border" in table.get("style")
    longest = max(map(max, rows))
    if len(rows) == 1:
        return not (ruled and longest <= 60)
    if len(rows) == 2 and longest > 300 and not ruled:
        return True
    return longest > 600 and longest > 0.8 * total and not heads


def read_table(table: Element, text: Callable[[Element], str]) -> Table:
    """Read a table; `text` reads a cell."""
    grid = _grid(table, text)
    made = Table([line for child in table.elements if child.tag == "caption" and (line := text(child))])
    width = max((cell.column + cell.width for row in grid for cell in row), default=0)
    while len(grid) > 1 and len(made.captions) < _MAX_CAPTIONS and _whole(grid[0], width):
        made.captions.append(grid.pop(0)[0].text)
    remarks: list[str] = []
    while grid and _whole(grid[-1], width) and _REMARK.match(grid[-1][0].text):
        remarks.insert(0, grid.pop()[0].text)
    made.remarks = remarks
    headers = _headers(grid)
    first: list[str] = []
    for number, row in enumerate(grid):
        words = [cell.text for cell in row if not cell.above]
        header = number < headers or (bool(first) and words == first)  # repeated where a page of paper ended
        first = words if headers and number == 0 else first
        texts = [_repeated(cell, header) if cell.above else cell.text for cell in row]
        if any(texts):
            made.rows.append(Row(texts, [cell.column for cell in row], header))
    return made


def pieces_of_table(table: Table, number: int, element: Element, state: State) -> list[Piece]:
    """Turn a table into pieces: its captions, a piece for each row, the remarks under it."""

    def line(text: str, kind: BlockKind) -> Piece:
        return Piece(text, element, kind, furniture=state.furniture, inside=state.inside)

    rows = [
        Piece(
            "",
            element,
            BlockKind.TABLE_ROW,
            furniture=state.furniture,
            inside=state.inside,
            cells=row.cells,
            columns=row.columns,
            table=number,
            row=place,
            header=row.header,
        )
        for place, row in enumerate(table.rows)
    ]
    captions = [line(text, BlockKind.CAPTION) for text in table.captions if text]
    return [*captions, *rows, *(line(text, BlockKind.TEXT) for text in table.remarks if text)]


def _grid(table: Element, text: Callable[[Element], str]) -> list[list[_Cell]]:
    """Place the cells of a table in columns; rows without a word are left out."""
    rows = cells_of(table)
    open_cells: dict[int, tuple[_Cell, int]] = {}  # by first column: a merged cell and how many rows it still takes
    grid: list[list[_Cell]] = []
    for number, elements in enumerate(rows):
        row: list[_Cell] = []
        taken: set[int] = set()
        for column, (cell, left) in sorted(open_cells.items()):
            row.append(_Cell(cell.text, column, cell.width, 1, cell.head, above=True))
            taken |= set(range(column, column + cell.width))
            if left > 1:
                open_cells[column] = (cell, left - 1)
            else:
                del open_cells[column]
        column = 0
        for element in elements:
            while column in taken:
                column += 1
            width, height = _span(element, "colspan"), _span(element, "rowspan")
            if element.get("rowspan") == "0":
                height = len(rows) - number
            cell = _Cell("" if element.hidden else text(element), column, width, height, element.tag == "th")
            row.append(cell)
            if height > 1:
                open_cells[column] = (cell, min(height, len(rows) - number) - 1)
            column += width
        row.sort(key=lambda cell: cell.column)
        if any(cell.text for cell in row if not cell.above):
            grid.append(row)
    return grid


def _span(element: Element, name: str) -> int:
    value = element.get(name).strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _whole(row: list[_Cell], width: int) -> bool:
    """Check whether a row is one cell over all columns, or its only words are the unit of the table."""
    filled = [cell for cell in row if cell.text]
    if len(filled) != 1 or filled[0].above:
        return False
    whole = filled[0].width >= width > 1
    if whole or _UNIT.match(filled[0].text):
        row[:] = filled
        return True
    return False


def _repeated(cell: _Cell, header: bool) -> str:
    """Return what a merged cell says of the rows below its first: a name does, a figure or a remark does not."""
    return "" if header or len(cell.text) > _REPEATED or _is_figure(cell.text) else cell.text


def _is_figure(text: str) -> bool:
    return bool(_FIGURE.match(text)) and not _YEAR.match(text)


def _headers(grid: list[list[_Cell]]) -> int:
    """Return how many of the first rows name the columns."""
    if len(grid) < 2:
        return 0
    marked = 0
    while marked < len(grid) - 1 and all(cell.head or not cell.text for cell in grid[marked]):
        marked += 1
    if marked:
        return marked
    first = [cell for cell in grid[0] if cell.text]
    if len(first) < 2 or any(_is_figure(cell.text) for cell in first) or any(cell.head for cell in first):
        return 0
    if max(len(cell.text) for cell in first) > 60 or any(cell.text.endswith(("：", ":")) for cell in first):
        return 0
    depth = max(cell.height for cell in first)
    depth = min(depth, 4) if depth < len(grid) and any(cell.height < depth for cell in grid[0]) else 1
    below = grid[depth:]
    figures = sum(any(_is_figure(cell.text) for cell in row[1:] or row) for row in below)
    if figures >= 0.5 * len(below) or (figures and len(first) >= 3) or _NUMBERING.match(first[0].text):
        return depth
    wide = len(first) >= 3 and len(grid) >= 3
    full = sum(sum(bool(cell.text) for cell in row) >= len(first) for row in below) >= 0.7 * len(below)
    return depth if wide and full and max(len(cell.text) for cell in first) <= 15 else 0
