"""Cells of a Word table: their lines, nested tables in them, and rows that are several rows drawn by paragraphs."""

import re
from itertools import accumulate

from rag.ingest.readers.composer import Line
from rag.ingest.readers.docx.grid import GridCell
from rag.ingest.readers.docx.items import Item
from rag.ingest.readers.docx.lines import join
from rag.ingest.readers.tables import Cell

__all__ = ["count_parallel", "line_in_cell", "make_cell"]

_LEAST_PARALLEL = 3  # paragraphs in each cell of a row that is several rows
_FIGURE = re.compile(r"\d")


def line_in_cell(item: Item) -> Line:
    """Return an item as it stands in a cell; a row of a table within it without the strokes."""
    if item.row is None:
        return Line(item.text, item.refs)
    return Line(" ".join(item.text[a:b] for a, b in item.row.cells if a < b))


def make_cell(cell: GridCell, lines: list[Line]) -> Cell:
    """Make a cell of its lines, empty ones left out."""
    lines = [line for line in lines if line.text or line.refs]
    joined = join(lines)
    breaks = tuple(accumulate(len(line.text) + 1 for line in lines))[:-1]
    return Cell(joined.text, cell.column, cell.span, cell.rows, joined.refs, breaks=tuple(n - 1 for n in breaks))


def count_parallel(lines: list[list[Line]]) -> int:
    """Count the rows that a row really is: some writers put a table into one row, a paragraph for each of its lines.

    So it is where all filled cells have the same number of paragraphs, three or more, and a column of them figures.
    """
    filled = [cell for cell in lines if any(line.text for line in cell)]
    counts = {len(cell) for cell in filled}
    if len(filled) < 2 or len(counts) != 1 or min(counts) < _LEAST_PARALLEL:
        return 1
    figures = [sum(bool(_FIGURE.search(line.text)) and len(line.text) < 20 for line in cell) for cell in filled]
    count = counts.pop()
    return count if any(2 * n >= count for n in figures[1:]) and 2 * figures[0] < count else 1
