"""Read a workbook: its sheets and what their cells refer to (texts, number formats), and the cells themselves.

openpyxl's read-only mode sees neither merged cells nor what is hidden, and fills every gap up to the last row that a
file names, so the cells are read here, with lxml.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rag.ingest.readers.composer import flow
from rag.ingest.readers.office.package import Package
from rag.ingest.readers.xlsx.formats import BUILTIN, show_number

__all__ = ["ROW_COSTS", "Book", "Sheet", "SheetCell", "SheetName", "read_book", "read_sheet"]

X = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d)(?::(\d\d))?)?")
_PICTURE = "=DISPIMG("  # by which WPS shows a picture in a cell
ROW_COSTS = 2  # cells: what a row costs besides its own
_MOST_MERGES = 100_000
_MOST_COLUMNS = 16_384
_MOST_ROWS = 1_048_576
_LONGEST_CELL = 32_767  # characters, as in Excel
_MOST_TEXT = 20_000_000  # characters of a sheet: a shared text may stand in many cells


@dataclass(frozen=True, slots=True)
class SheetName:
    """A sheet as the workbook lists it."""

    name: str
    part: str
    hidden: bool


@dataclass(slots=True)
class Book:
    """The sheets, and what the cells of all of them refer to."""

    sheets: list[SheetName]
    strings: list[str]
    formats: list[str]  # of each cell style
    bold: list[bool]
    from_1904: bool


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell that holds something."""

    column: int  # from 0
    lines: tuple[str, ...]
    bold: bool


@dataclass(slots=True)
class Sheet:
    """The cells of a sheet that hold something."""

    rows: list[tuple[int, list[SheetCell]]] = field(default_factory=list)  # with the number of the row, from 1
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row and column, last row and column
    hidden_rows: set[int] = field(default_factory=set)
    filtered: list[tuple[int, int]] = field(default_factory=list)  # first and last row below a filter that is in use
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first and last
    uncounted: int = 0  # formulas whose value is not stored
    pictures: int = 0  # in cells
    cut: bool = False  # it has more cells or text than are read


def read_book(package: Package, main: str) -> Book:
    """Read the list of sheets, the shared texts and the styles."""
    root = package.xml(main)
    relations = package.relations(main)
    sheets = []
    for element in root.iter(f"{X}sheet") if root is not None else ():
        relation = relations.get(element.get(f"{_R}id") or "")
        part = relation.target if relation and relation.kind == "worksheet" else ""
        sheets.append(SheetName(element.get("name") or "", part, element.get("state") in ("hidden", "veryHidden")))
    if not any(sheet.part for sheet in sheets):  # the relations are lost: the sheets in the order of their names
        parts = [name for name in package.names("xl/worksheets/") if name.endswith(".xml") and "/_rels/" not in name]
        parts.sort(key=lambda name: (len(name), name))
        names = sheets if len(sheets) == len(parts) else [SheetName("", "", False)] * len(parts)
        sheets = [SheetName(sheet.name, part, sheet.hidden) for sheet, part in zip(names, parts, strict=True)]
    properties = root.find(f"{X}workbookPr") if root is not None else None
    by_kind = {relation.kind: relation.target for relation in relations.values() if relation.target}
    strings = list(_strings(package, by_kind.get("sharedStrings") or "xl/sharedStrings.xml"))
    formats, bold = _styles(package.side(by_kind.get("styles") or "xl/styles.xml"))
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    return Book(sheets, strings, formats, bold, from_1904)


def _strings(package: Package, part: str) -> Iterator[str]:
    for element in package.elements(part, f"{X}si"):
        yield _text(element)


def _text(element: Any) -> str:
    """Return the text of a cell; its parts in other type belong to it, the pronunciation above it does not."""
    return "".join(t.text or "" for t in element.iter(f"{X}t") if t.getparent().tag != f"{X}rPh")


def _styles(root: Any) -> tuple[list[str], list[bool]]:
    """Return the number format of each cell style, and whether it is bold."""
    if root is None:
        return [], []
    own = {e.get("numFmtId"): e.get("formatCode") or "General" for e in root.iter(f"{X}numFmt")}
    fonts = [_is_bold(font) for font in root.findall(f"{X}fonts/{X}font")]
    formats, bold = [], []
    for style in root.findall(f"{X}cellXfs/{X}xf"):
        number = style.get("numFmtId") or "0"
        formats.append(own.get(number) or BUILTIN.get(_number(number, 0), "General"))
        font = _number(style.get("fontId"), -1)
        bold.append(0 <= font < len(fonts) and fonts[font])
    return formats, bold


def _is_bold(font: Any) -> bool:
    bold = font.find(f"{X}b")
    return bold is not None and bold.get("val") not in ("0", "false")


def read_sheet(package: Package, part: str, book: Book, most_cells: int) -> Sheet:
    """Read a sheet; after `most_cells` filled cells, a row counting two more, it stops and says so in `cut`."""
    sheet = Sheet()
    count = number = length = 0
    for element in package.elements(part, f"{X}row", f"{X}col", f"{X}mergeCell", f"{X}autoFilter"):
        hidden = element.get("hidden") in ("1", "true")
        if element.tag == f"{X}col":
            if hidden:
                first = _number(element.get("min"), 1) - 1
                sheet.hidden_columns.append((first, _number(element.get("max"), first + 1) - 1))
        elif element.tag == f"{X}mergeCell":
            _add_merge(sheet, element.get("ref") or "")
        elif element.tag == f"{X}autoFilter":
            top, _, bottom = (element.get("ref") or "").partition(":")
            a, b = _PLACE.fullmatch(top), _PLACE.fullmatch(bottom)
            if a and b and element.find(f"{X}filterColumn") is not None:
                sheet.filtered.append((int(a[2]), int(b[2])))
        elif count <= most_cells and length <= _MOST_TEXT:
            number = _number(element.get("r"), number + 1)
            cells = list(_cells(element, book, sheet))
            if cells and number <= _MOST_ROWS:
                sheet.rows.append((number, cells))
                count += len(cells) + ROW_COSTS
                length += sum(len(line) for cell in cells for line in cell.lines)
                if hidden:
                    sheet.hidden_rows.add(number)
        else:
            sheet.cut = True
    sheet.rows.sort(key=lambda row: row[0])
    return sheet


def _cells(row: Any, book: Book, sheet: Sheet) -> Iterator[SheetCell]:
    column = -1
    for element in row.iterchildren(f"{X}c"):
        place = _PLACE.fullmatch(element.get("r") or "")
        column = _column(place[1]) if place else column + 1
        style = _number(element.get("s"), 0)
        value = element.findtext(f"{X}v")
        if not value and element.find(f"{X}f") is not None:
            sheet.uncounted += element.get("t") != "str"  # a formula may give an empty text
        text = _shown(element, value or "", style, book)[:_LONGEST_CELL]
        if "_x" in text:
            text = _ESCAPED.sub(_unescaped, text)
        if text.startswith(_PICTURE):
            sheet.pictures += 1
            continue
        lines = tuple(line.text for line in flow([text])) if text else ()
        if lines and 0 <= column < _MOST_COLUMNS:
            yield SheetCell(column, lines, style < len(book.bold) and book.bold[style])


def _shown(element: Any, value: str, style: int, book: Book) -> str:
    """Return what a cell shows."""
    kind = element.get("t") or "n"
    if kind == "s":
        place = _number(value, -1)
        return book.strings[place] if 0 <= place < len(book.strings) else ""
    if kind == "inlineStr":
        inline = element.find(f"{X}is")
        return _text(inline) if inline is not None else ""
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(value, value)
    date = _DATE.match(value) if kind == "d" else None
    if date:
        day = f"{date[1]}/{int(date[2])}/{int(date[3])}"
        return day if date[4] in (None, "00:00") else f"{day} {date[4]}"
    if kind != "n" or not value:
        return value
    try:
        number = float(value)
        exact = int(value) if value.lstrip("-").isdecimal() and len(value) < 30 else number
    except ValueError:
        return value
    if number != number or abs(number) == float("inf"):
        return value
    number_format = book.formats[style] if style < len(book.formats) else "General"
    return show_number(exact, number_format, from_1904=book.from_1904)


def _unescaped(match: re.Match[str]) -> str:
    """Return the character that Excel writes as _xHHHH_ because XML can't hold it."""
    code = int(match[1], 16)
    return chr(code) if not 0xD800 <= code <= 0xDFFF else ""


def _add_merge(sheet: Sheet, area: str) -> None:
    first, _, last = area.partition(":")
    a, b = _PLACE.fullmatch(first), _PLACE.fullmatch(last)
    if a and b and len(sheet.merges) < _MOST_MERGES:
        sheet.merges.append((int(a[2]), _column(a[1]), int(b[2]), _column(b[1])))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else otherwise
