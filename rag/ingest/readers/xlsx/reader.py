"""Read Excel workbooks (.xlsx, .xlsm, .xltx) into blocks: a heading for each sheet, a row with its columns' names."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from rag.errors import SourceError
from rag.ingest.blocks import BlockKind, Document
from rag.ingest.readers.composer import Composer
from rag.ingest.readers.office.facts import core_facts
from rag.ingest.readers.office.package import Package, open_package
from rag.ingest.readers.tables import Cell, Row, arrange, is_remark
from rag.ingest.readers.xlsx.book import ROW_COSTS, Sheet, SheetCell, read_book, read_sheet

__all__ = ["read_xlsx"]

_MOST_CELLS = 400_000  # of a workbook that are read: about 8 s
_MOST_REPEATED = 500_000  # cells that merged cells stand for
_MOST_FILLED = 2_000_000  # cells of a table, empty ones too; beyond, rows have their filled cells only
_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|表|table|tabelle|feuil|all ?pages)\s*\d*", re.IGNORECASE)
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def read_xlsx(path: Path) -> Document:
    """Read a workbook: values as their formats show them, merged cells followed, hidden rows and sheets as furniture.

    Raises SourceError where it is no workbook, is damaged, or holds nothing.
    """
    package = open_package(path, "xlsx")
    main = package.main("xl/workbook.xml")
    if main not in package:
        raise SourceError(f"{path} holds no workbook ({main}): open it in Excel or WPS and save it as .xlsx")
    book = read_book(package, main)
    composer = Composer()
    notices: list[str] = []
    left, table, hidden_rows, filtered, uncounted, charts, comments, pictures = _MOST_CELLS, 0, 0, 0, 0, 0, 0, 0
    alone = sum(bool(entry.part) and not entry.hidden for entry in book.sheets) == 1
    for entry in book.sheets:
        if not entry.part:
            continue
        sheet = read_sheet(package, entry.part, book, left)
        left -= sum(len(cells) + ROW_COSTS for _, cells in sheet.rows)
        shown = _unfilter(sheet)
        drawn, its_charts, its_comments = _drawn(package, entry.part)
        charts, comments = charts + its_charts, comments + its_comments
        if not sheet.rows and not drawn:
            continue
        furniture = "hidden" if entry.hidden else ""
        name = furniture or ("sheet name" if alone and _DEFAULT_NAME.fullmatch(entry.name.strip()) else "")
        composer.add(entry.name.strip(), BlockKind.HEADING, level=1, furniture=name)
        table = _add_tables(composer, sheet, table, furniture)
        for text in drawn:
            composer.add(text, furniture=furniture)
        hidden_rows += len(sheet.hidden_rows)
        filtered += shown
        uncounted += sheet.uncounted
        pictures += sheet.pictures
        if entry.hidden:
            notices.append(f"the sheet “{entry.name}” is hidden and left out: show it in Excel to have it read")
        if sheet.cut:
            notices.append(
                f"the sheet “{entry.name}” is read in part: a workbook is read up to some {_MOST_CELLS:,} cells"
            )
    if all(block.kind in (BlockKind.FURNITURE, BlockKind.HEADING) for block in composer.blocks):
        raise SourceError(f"{path} holds no filled cells that are shown: remove it or fill it")
    counted = (
        (hidden_rows, "hidden rows are left out: show them in Excel to have them read"),
        (filtered, "rows are hidden by a filter that was left on; they are read like the others"),
        (uncounted, "formulas have no stored value and are left out: open the file in Excel and save it"),
        (charts, "charts are not read"),
        (pictures, "pictures in cells are not read"),
        (comments, "comments are left out"),
    )
    notices += [f"{count} {what}" for count, what in counted if count]
    notices += [f"{name} in the file is damaged and was left out" for name in dict.fromkeys(package.damaged)]
    return composer.document(core_facts(package, "Excel"), tuple(notices))


def _unfilter(sheet: Sheet) -> int:
    """Show the rows that only a filter hides, and count them: somebody's view of a table, not what it says."""
    shown = {n for n in sheet.hidden_rows if any(first <= n <= last for first, last in sheet.filtered)}
    sheet.hidden_rows -= shown
    return len(shown)


def _add_tables(composer: Composer, sheet: Sheet, table: int, furniture: str) -> int:
    """Add the rows of a sheet, table by table; return the number of the next table."""
    hidden = _Columns(sheet.hidden_columns)
    for rows in _cut(list(_rows(sheet, hidden))):
        blocks = arrange(rows, table, data=True)
        for block in blocks:
            kind = furniture or ("hidden" if block.hidden else "")
            composer.add(block.text, block.kind, refs=block.refs, row=block.row, furniture=kind)
        table += any(block.row for block in blocks)
    for number, cells in sheet.rows:
        aside = [" ".join(cell.lines) for cell in cells if cell.column in hidden]
        if aside and number not in sheet.hidden_rows:
            composer.add(" | ".join(aside), furniture="hidden")
    return table


class _Columns:
    """The columns that are hidden."""

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        self._ranges = ranges[:1000]

    def __contains__(self, column: int) -> bool:
        return any(first <= column <= last for first, last in self._ranges)


def _rows(sheet: Sheet, hidden: _Columns) -> Iterator[tuple[int, Row]]:
    """Yield the rows with their numbers, merged cells repeated where they go on."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}  # by the place of the first cell: rows and columns
    for top, left, bottom, right in sheet.merges:
        if bottom >= top and right >= left:
            spans[top, left] = (bottom - top + 1, right - left + 1)
    going: dict[int, tuple[int, Cell]] = {}  # by column: last row, the cell that goes on
    repeated = 0
    soonest = 0  # the row after which one of them ends
    for number, cells in sheet.rows:
        by_column = {cell.column: cell for cell in cells if cell.column not in hidden}
        if number > soonest:
            going = {column: one for column, one in going.items() if one[0] >= number}
            soonest = min((last for last, _ in going.values()), default=_MOST_REPEATED)
        if repeated >= _MOST_REPEATED:
            going.clear()
        found: dict[int, Cell] = {}
        for column, (_, cell) in going.items():
            if column not in by_column:
                found[column] = Cell(cell.text, column, cell.span, 1, continued=True)
                repeated += 1
        for column, one in by_column.items():
            rows, span = spans.get((number, column), (1, 1))
            found[column] = _cell(one, span, rows)
            if rows > 1:
                going[column] = (number + rows - 1, found[column])
                soonest = min(soonest, number + rows - 1)
        if found:
            bold = bool(by_column) and all(cell.bold for cell in by_column.values())
            ordered = tuple(found[column] for column in sorted(found))
            yield number, Row(ordered, bold=bold, hidden=number in sheet.hidden_rows)


def _cell(cell: SheetCell, span: int, rows: int) -> Cell:
    text = " ".join(cell.lines)
    breaks: list[int] = []
    place = -1
    for line in cell.lines[:-1]:
        place += len(line) + 1
        breaks.append(place)
    return Cell(text, cell.column, span, rows, breaks=tuple(breaks))


def _cut(rows: list[tuple[int, Row]]) -> Iterator[list[Row]]:
    """Cut the rows of a sheet into tables: a new one begins below an empty row with a title or names of columns.

    Rows below an empty one that look like those above belong to the table above.
    """
    parts: list[list[Row]] = []
    last = 0
    for number, row in rows:
        begins = not parts or (number > last + 1 and _begins_table(row, parts[-1]))
        if begins:
            parts.append([row])
        else:
            parts[-1].append(row)
        last = number
    for part in parts:
        yield _with_empty_cells(part)


def _begins_table(row: Row, above: list[Row]) -> bool:
    """Say whether a row below an empty one begins a table: it has no figures where the rows above have some."""
    if not row.filled or not above[-1].filled:
        return False
    if len(row.filled) == 1:
        return len(above) > 1 and len(above[-1].filled) > 1 and not is_remark(row.filled[0].text)
    above_digits = sum(any(c.isdigit() for c in cell.text) for cell in above[-1].filled)
    digits = sum(any(c.isdigit() for c in cell.text) for cell in row.filled)
    return digits == 0 and above_digits > 0


def _with_empty_cells(rows: list[Row]) -> list[Row]:
    """Fill the gaps of each row with empty cells, in the columns that the table uses."""
    used = sorted({cell.column for row in rows for cell in row.cells})
    if len(used) * len(rows) > _MOST_FILLED:
        return rows
    filled: list[Row] = []
    for row in rows:
        by_column = {cell.column: cell for cell in row.cells}
        covered = {c for cell in row.cells for c in _range(cell, used)}
        cells = [by_column.get(c) or Cell("", c) for c in used if c in by_column or c not in covered]
        filled.append(Row(tuple(cells), row.marked, row.bold, row.hidden))
    return filled


def _range(cell: Cell, used: list[int]) -> Iterable[int]:
    return (c for c in used if cell.column < c < cell.column + cell.span) if cell.span > 1 else ()


def _drawn(package: Package, part: str) -> tuple[list[str], int, int]:
    """Return the words in the text boxes of a sheet, how many charts it has and how many comments."""
    texts: list[str] = []
    charts = comments = 0
    for relation in package.relations(part).values():
        root = package.side(relation.target) if relation.kind in ("drawing", "comments") and relation.target else None
        if root is None:
            continue
        if relation.kind == "comments":
            comments += sum(1 for element in root.iter() if str(element.tag).endswith("}comment"))
            continue
        charts += sum(1 for _ in root.iter(f"{_C}chart"))
        for body in root.iter(f"{_XDR}txBody"):
            texts += ["".join(t.text or "" for t in one.iter(f"{_A}t")) for one in body.iter(f"{_A}p")]
    return [" ".join(text.split()) for text in texts], charts, comments
