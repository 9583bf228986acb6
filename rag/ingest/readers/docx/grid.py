"""The grid of a Word table: rows and cells with their columns, cells over several rows and columns followed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rag.ingest.readers.docx.inline import MC, chosen
from rag.ingest.readers.docx.styles import W, is_on, value

__all__ = ["GridCell", "GridRow", "grid_of"]

_MOST_SPAN = 63  # columns of a table in Word
_WRAPPERS = frozenset({f"{W}{name}" for name in "sdt sdtContent customXml ins moveTo smartTag".split()})


@dataclass(slots=True)
class GridCell:
    """A cell of a table."""

    element: Any  # w:tc
    column: int
    span: int
    continued: bool  # the cell above goes on here
    rows: int = 1


@dataclass(slots=True)
class GridRow:
    """A row of a table."""

    element: Any  # w:tr
    cells: list[GridCell]
    marked: bool
    hidden: bool


def grid_of(table: Any) -> list[GridRow]:
    """Return the rows of a table; rows that a tracked change deletes are left out."""
    rows: list[GridRow] = []
    open_cells: dict[int, GridCell] = {}  # by column: cells that may go on below
    for element in _inside(table, f"{W}tr"):
        properties = element.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}del") is not None:
            continue
        column = _number(value(properties.find(f"{W}gridBefore"))) if properties is not None else 0
        row = GridRow(element, [], is_on(properties, "tblHeader"), is_on(properties, "hidden"))
        for cell in _inside(element, f"{W}tc"):
            cell_properties = cell.find(f"{W}tcPr")
            span, goes_on, merged = 1, False, False
            if cell_properties is not None:
                span = min(_number(value(cell_properties.find(f"{W}gridSpan"))) or 1, _MOST_SPAN)
                if value(cell_properties.find(f"{W}hMerge")) == "continue" and row.cells:
                    row.cells[-1].span += span
                    column += span
                    continue
                merge = cell_properties.find(f"{W}vMerge")
                merged = merge is not None
                goes_on = merged and value(merge) != "restart" and column in open_cells
            found = GridCell(cell, column, span, goes_on)
            if goes_on:
                open_cells[column].rows += 1
            elif merged:
                open_cells[column] = found
            else:
                open_cells.pop(column, None)
            row.cells.append(found)
            column += span
        rows.append(row)
    return rows


def _inside(parent: Any, tag: str) -> Iterator[Any]:
    """Yield the rows of a table or the cells of a row, also those within content controls and tracked changes."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _inside(child, tag)
        elif child.tag == f"{MC}AlternateContent":
            yield from _inside(chosen(child), tag)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0
