"""Tables that lost their rules when they were copied: the names of the columns, then cell by cell, line by line."""

import re
from collections.abc import Iterator, Sequence

from rag.ingest.blocks import Block, BlockKind, TableRow
from rag.ingest.lines import Line

__all__ = ["flattened_tables"]

_LONGEST_CELL = 40  # characters
_MOST_COLUMNS = 8
_LEAST_ROWS = 2  # below the names of the columns
_SENTENCE = re.compile(r"[。！？!?；;：:，,]")
_FIGURE = re.compile(r"[^\d]{0,2}\d[\d.,/:年月日 -]*[^\d]{0,3}")


def flattened_tables(text: str, lines: Sequence[Line]) -> Iterator[list[Block]]:
    """Give the rows of each table, the names of its columns first.

    A run of cells is one if it falls into rows of one width, in which each column holds figures or words throughout,
    and at least one holds figures below a name without any.
    """
    table = 0
    for run in _runs(lines):
        width = next((k for k in range(2, _MOST_COLUMNS + 1) if _is_table(run, k)), 0)
        if width:
            rows = [run[at : at + width] for at in range(0, len(run), width)]
            yield [_row(text, row, table, n) for n, row in enumerate(rows)]
            table += 1


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Give the runs of lines without a blank line between them that may be cells."""
    run: list[Line] = []
    for line in lines:
        is_cell = len(line.text) <= _LONGEST_CELL and not _SENTENCE.search(line.text)
        if run and (line.after_blank or not is_cell):
            yield run
            run = []
        if is_cell:
            run.append(line)
    if run:
        yield run


def _is_table(run: Sequence[Line], width: int) -> bool:
    if len(run) % width or len(run) // width <= _LEAST_ROWS:
        return False
    figures = [bool(_FIGURE.fullmatch(line.text)) for line in run]
    if any(figures[:width]):
        return False
    columns = [set(figures[width + n :: width]) for n in range(width)]
    return all(len(column) == 1 for column in columns) and {True} in columns


def _row(text: str, cells: Sequence[Line], table: int, number: int) -> Block:
    """Make a row of its cells; the line ends between them stand in it."""
    start, end = cells[0].start, cells[-1].end
    spans = tuple((cell.start - start, cell.end - start) for cell in cells)
    row = TableRow(table, number, number == 0, spans, tuple(range(len(cells))))
    return Block(text[start:end], ((start, end),), kind=BlockKind.TABLE_ROW, row=row, page=cells[0].page)
