"""Read one story of a Word file (body, note, header): its paragraphs and tables in reading order."""

import re
from dataclasses import replace
from typing import Any

from rag.ingest.blocks import BlockKind
from rag.ingest.readers.composer import Line, Mark, flow
from rag.ingest.readers.docx.cells import count_parallel, line_in_cell, make_cell
from rag.ingest.readers.docx.fields import Fields
from rag.ingest.readers.docx.grid import GridCell, GridRow, grid_of
from rag.ingest.readers.docx.inline import MC, Inline, chosen
from rag.ingest.readers.docx.items import CONTENTS, EMPTY_ITEM, Item, Word
from rag.ingest.readers.docx.lines import join, put_number, unwrap
from rag.ingest.readers.docx.numbering import Label
from rag.ingest.readers.docx.styles import Style, W, is_on, number, value
from rag.ingest.readers.tables import Cell, Row, TableBlock, arrange

__all__ = ["Story"]

_LONGEST_HEADING = 120  # characters; a longer paragraph in a heading's style is text
_CLAUSE = re.compile(r"[。；;!！?？]")
_MOST_PARAGRAPHS = 150_000  # a document of a thousand pages has 30,000
_MOST_RUNS = 1_000_000
_LAYOUT_CELLS = 2  # a table of so few cells with paragraphs in them lays out the page
_RED = frozenset({"FF0000", "C00000"})  # letterheads
_TAGS = {name: f"{W}{name}" for name in "p tbl sdt del moveFrom pPr sectPr altChunk".split()}


class Story:
    """Reads the elements of one story into items."""

    def __init__(self, word: Word, root: Any) -> None:
        self.items: list[Item] = []
        self.diagrams: list[tuple[int, str]] = []  # how many items stand before it, its relation
        self._word = word
        self._fields = Fields.of(root)
        self._carried: list[str | Mark] = []  # of a paragraph that runs on in the next
        self._contents = 0  # how many content controls around are tables of contents
        self.read(root)
        if self._carried:
            self._add_lines(flow(self._carried), Style(), None, None)

    def read(self, parent: Any) -> None:
        """Read the paragraphs, tables and content controls below an element."""
        for child in parent:
            tag = child.tag
            if tag == _TAGS["p"]:
                self._paragraph(child)
            elif tag == _TAGS["tbl"]:
                self._table(child)
            elif tag == _TAGS["sdt"]:
                contents = value(child.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")) == "Table of Contents"
                self._contents += contents
                content = child.find(f"{W}sdtContent")
                first = len(self.items)
                self.read(content if content is not None else ())
                self._contents -= contents
                if is_on(child.find(f"{W}sdtPr"), "showingPlcHdr"):
                    for item in self.items[first:]:
                        item.furniture = item.furniture or "placeholder"
            elif tag == _TAGS["altChunk"]:
                self._word.seen.embedded += 1
            elif tag == f"{MC}AlternateContent":
                self.read(chosen(child))
            elif isinstance(tag, str) and tag not in (_TAGS["del"], _TAGS["moveFrom"], _TAGS["pPr"], _TAGS["sectPr"]):
                self.read(child)

    def _paragraph(self, element: Any) -> None:
        seen = self._word.seen
        if seen.paragraphs >= _MOST_PARAGRAPHS or seen.runs >= _MOST_RUNS:
            seen.unread += 1
            return
        seen.paragraphs += 1
        properties = element.find(_TAGS["pPr"])
        style_id = value(properties.find(f"{W}pStyle")) if properties is not None else ""
        style_id = style_id or self._word.styles.default
        style = self._word.styles.get(style_id)
        inline = Inline(self._word.styles, style, self._fields, self._word.notes, self._word.seen)
        inline.walk(element)
        pieces = self._carried + inline.pieces
        self._carried = []
        if _runs_on(properties):
            self._carried = pieces
        else:
            label = self._label(properties, style_id, style)
            contents = inline.contents or self._contents or style.role == "contents"
            first = len(self.items)
            self._add_lines(flow(pieces), style, properties, label, "" if not contents else CONTENTS)
            size = inline.size or style.size or self._word.styles.size
            centred = (value(properties.find(f"{W}jc")) if properties is not None else "") or style.alignment
            for item in self.items[first:]:
                item.size, item.centred, item.red = (
                    size,
                    centred == "center",
                    bool(inline.colours & {"FF0000", "C00000"}),
                )
        self._hanging(inline)

    def _hanging(self, inline: Inline) -> None:
        """Add what hangs on a paragraph: WordArt, text boxes, diagrams, hidden words."""
        for text in inline.drawn:
            self.items += [Item(line.text) for line in flow([text])]
        for box in inline.boxes:
            fields, carried, contents = self._fields, self._carried, self._contents
            self._fields, self._carried, self._contents = Fields.of(box), [], 0
            self.read(box)
            self._fields, self._carried, self._contents = fields, carried, contents
        self.diagrams += [(len(self.items), relation) for relation in inline.diagrams]
        for furniture in dict.fromkeys(kind for kind, _ in inline.aside):
            words = "".join(text for kind, text in inline.aside if kind == furniture)
            self.items += [Item(line.text, furniture=furniture) for line in flow([words])]

    def _label(self, properties: Any, style_id: str, style: Style) -> Label | None:
        """Count a paragraph of a list, and return its number."""
        own = properties.find(f"{W}numPr") if properties is not None else None
        num_id, ilvl = style.num_id, style.ilvl
        if own is not None:
            own_id, own_level = own.find(f"{W}numId"), own.find(f"{W}ilvl")
            num_id = value(own_id) if own_id is not None else num_id
            ilvl = number(value(own_level), 0) if own_level is not None else max(ilvl, 0)
        if num_id in ("", "0"):
            return None
        if ilvl < 0:
            ilvl = self._word.numbering.level_of_style(num_id, style_id)
        return self._word.numbering.count(num_id, ilvl)

    def _add_lines(
        self, lines: list[Line], style: Style, properties: Any, label: Label | None, furniture: str = ""
    ) -> None:
        """Add the lines of a paragraph as items of the kind that its style and number say."""
        kind, level = BlockKind.TEXT, 0
        heading = style.level
        outline = properties.find(f"{W}outlineLvl") if properties is not None else None
        if outline is not None and style.role == "":
            outline_level = number(value(outline), 9)
            heading = outline_level + 1 if 0 <= outline_level < 9 else 0
        text = "".join(line.text for line in lines)
        title = style.role == "title" and len(text) <= _LONGEST_HEADING
        if title:
            kind, level = BlockKind.HEADING, 1
        elif heading and _is_heading(text):
            kind, level = BlockKind.HEADING, heading
        elif style.role in ("caption", "quote", "code"):
            kind = {"caption": BlockKind.CAPTION, "quote": BlockKind.QUOTE, "code": BlockKind.CODE}[style.role]
        elif label:
            kind, level = BlockKind.LIST_ITEM, label.level
        if kind is BlockKind.TEXT or kind is BlockKind.CODE:
            lines = unwrap(lines)
        else:
            lines = [join(lines, apart=kind is not BlockKind.HEADING)]
        shown = label.text if label else ""
        for k, line in enumerate(lines):
            if k == 0 and shown:
                line = put_number(shown, label.suffix if label else "", line)
            # A number without words: an empty paragraph of a list, which a reader sees as its number alone.
            bare = EMPTY_ITEM if shown and k == 0 and line.text == shown else ""
            prose = kind is BlockKind.LIST_ITEM and not shown
            self.items.append(
                Item(line.text, kind, level, prose, shown if k == 0 else "", line.refs, None, furniture or bare, title)
            )

    def _table(self, element: Any) -> None:
        """Read a table: its rows, or, where it only lays out the page, what stands in its cells."""
        grid = grid_of(element)
        cells = [cell for row in grid for cell in row.cells if not cell.continued]
        if self._lays_out(grid, cells):
            for cell in cells:
                self.read(cell.element)
            return
        table = self._word.tables
        self._word.tables += 1
        rows = self._rows(grid)
        for block in arrange(rows, table):
            self.items.append(_from_table(block))
        if self._word.tables == table + 1 and not any(item.row and item.row.table == table for item in self.items):
            self._word.tables = table

    def _lays_out(self, grid: list[GridRow], cells: list[GridCell]) -> bool:
        if max((len(row.cells) for row in grid), default=0) < 2:
            return True
        nested = [next(cell.element.iter(_TAGS["tbl"]), None) is not None for cell in cells]
        if any(nested) and len(cells) <= 2 * sum(nested) + _LAYOUT_CELLS:
            return True
        return len(grid) == 1 and any(len(cell.element.findall(_TAGS["p"])) > 3 for cell in cells)

    def _rows(self, grid: list[GridRow]) -> list[Row]:
        rows: list[Row] = []
        above: dict[int, Cell] = {}
        for grid_row in grid:
            bold = self._is_bold(grid_row)
            cells: list[list[Cell]] = []  # of each cell its parts: one, but for rows drawn by paragraphs
            lines = [[] if cell.continued else self._cell(cell.element) for cell in grid_row.cells]
            parallel = count_parallel(lines)
            for cell, its_lines in zip(grid_row.cells, lines, strict=True):
                if cell.continued and cell.column in above:
                    parts = [replace(above[cell.column], continued=True, refs=())] * parallel
                elif parallel > 1:
                    parts = [make_cell(cell, [line]) for line in its_lines] or [make_cell(cell, [])] * parallel
                else:
                    parts = [make_cell(cell, its_lines)]
                above[cell.column] = parts[-1]
                cells.append(parts)
            found = (tuple(parts[k] for parts in cells) for k in range(parallel))
            rows += [Row(row, grid_row.marked, bold, grid_row.hidden) for row in found]
        return rows

    def _cell(self, element: Any) -> list[Line]:
        """Read the paragraphs of a cell, one line each, empty ones too; what hangs on it stays in the story."""
        outer = self.items
        lines: list[Line] = []
        for child in element:
            self.items = []
            self.read([child])
            inner, self.items = self.items, outer
            shown = [item for item in inner if not item.furniture or item.furniture == EMPTY_ITEM]
            self.items += [item for item in inner if item.furniture and item.furniture != EMPTY_ITEM]
            if child.tag == _TAGS["p"] or shown:
                lines.append(join([line_in_cell(item) for item in shown]))
        return lines

    def _is_bold(self, row: GridRow) -> bool:
        runs = [run for run in row.element.iter(f"{W}r") if run.find(f"{W}t") is not None]
        return bool(runs) and all(is_on(run.find(f"{W}rPr"), "b") for run in runs)


def _runs_on(properties: Any) -> bool:
    """Say whether a paragraph runs on in the next: its end is a tracked deletion, or it is a dropped initial."""
    if properties is None:
        return False
    frame = properties.find(f"{W}framePr")
    if frame is not None and frame.get(f"{W}dropCap") in ("drop", "margin"):
        return True
    return properties.find(f"{W}rPr/{W}del") is not None


def _is_heading(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and not (len(text) > 40 and _CLAUSE.search(text))


def _from_table(block: TableBlock) -> Item:
    hidden = "hidden" if block.hidden else ""
    return Item(block.text, block.kind, refs=block.refs, row=block.row, furniture=hidden, in_table=True)
