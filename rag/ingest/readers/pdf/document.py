"""Make a document of the pieces of its pages: furniture, tables, notes, columns, paragraphs, headings."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.ingest.blocks import BlockKind, NoteRef
from rag.ingest.readers.pdf.bands import banded_tables, loose_table
from rag.ingest.readers.pdf.columns import Leaf, reading_order
from rag.ingest.readers.pdf.compose import Composer, cut_marks
from rag.ingest.readers.pdf.continuation import Item, join_paragraphs, repeated_header, same_table
from rag.ingest.readers.pdf.furniture import Furniture, take_furniture
from rag.ingest.readers.pdf.grids import ruled_tables
from rag.ingest.readers.pdf.headings import body_type, heading_levels
from rag.ingest.readers.pdf.joins import Words, join_pieces, rows_of
from rag.ingest.readers.pdf.kinds import (
    begins_with_dash,
    bullet_end,
    is_caption,
    is_contents_entry,
    is_unit,
    opening,
    table_note,
)
from rag.ingest.readers.pdf.model import Line, Page, Piece, Row, Table
from rag.ingest.readers.pdf.notes import Note, take_notes
from rag.ingest.readers.pdf.paragraphs import Paragraph, paragraphs
from rag.ingest.shapes import ends_with_mark

__all__ = ["compose_pages"]

_CONTENTS = re.compile(r"^(?:目\s*[录次]|Contents|CONTENTS|Table of Contents|TABLE OF CONTENTS)$")

_FIGURE = re.compile(r"^(?:图\s*\S{0,3}\d|Fig|FIG)")
_WORDS = re.compile(r"[\u3400-\u9fff]|[^\W\d_]{3}")  # axes and formulas have none


@dataclass(slots=True)
class _Laid:
    """What a page was found to hold, in reading order."""

    page: Page
    items: list[Item] = field(default_factory=list)
    leaves: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    furniture: Furniture = field(default_factory=list)


def compose_pages(pages: Sequence[Page], outline: Mapping[str, int]) -> Composer:
    """Return the blocks and the text of a document; `outline` gives the levels of its bookmarks by `outline_key`."""
    words = Words(p.text for page in pages for p in page.pieces)
    size = _body_size(pages)
    furniture = take_furniture(pages, size)
    laid: list[_Laid] = []
    leaf = 0
    for page in pages:
        found, leaf = _lay(page, size, words, leaf)
        found.furniture = furniture.get(page.number, [])
        laid.append(found)
    items = [item for one in laid for item in one.items]
    leaves = [n for one in laid for n in one.leaves]
    joined = join_paragraphs(items, leaves, words)
    text = [item for item in joined if isinstance(item, Paragraph)]
    body = body_type(line for p in text for line in p.lines)
    levels = heading_levels(text, body, outline)
    by_paragraph = {id(p): levels[i] for i, p in enumerate(text) if i in levels}
    return _Writer(laid, joined, by_paragraph).write()


def _body_size(pages: Sequence[Page]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for piece in page.pieces:
            sizes[round(piece.size * 2) / 2] += len(piece.text)
    return max(sizes, key=lambda s: (sizes[s], s), default=10.0)


def _lay(page: Page, size: float, words: Words, leaf: int) -> tuple[_Laid, int]:
    laid = _Laid(page)
    ruled, page.pieces, lines = ruled_tables(page, words)
    banded, page.pieces = banded_tables(page, lines, page.pieces, words)
    laid.notes, rest = take_notes(page.pieces, page, lines, size, words)
    everything, page.pieces = page.pieces, rest
    loose = _wide_tables(page, words)
    parts = reading_order([*page.pieces, *ruled, *banded, *loose])
    for part in parts:
        leaf += 1
        if len(parts) > 1:
            page.pieces = everything
            notes, rest = take_notes([b for b in part.boxes if isinstance(b, Piece)], page, lines, size, words)
            if notes:
                laid.notes += notes
                part = Leaf((*rest, *(b for b in part.boxes if isinstance(b, Table))), part.left, part.right)
        items = _items(part, page.number, words)
        laid.items += items
        laid.leaves += [leaf] * len(items)
    page.rules = []
    return laid, leaf


def _wide_tables(page: Page, words: Words) -> list[Table]:
    """Take tables of three columns and more without any line off a page, before its columns are looked for."""
    rows = rows_of(page.pieces)
    tables: list[Table] = []
    start = 0
    while start < len(rows):
        end = _table_end(rows, start)
        several = sum(len(row) >= 3 for row in rows[start:end])
        table = loose_table(page.number, rows[start:end], words) if several >= 3 and 2 * several > end - start else None
        if table and len(table.columns) >= 3:
            gone = {id(p) for row in rows[start:end] for p in row}
            page.pieces = [p for p in page.pieces if id(p) not in gone]
            tables.append(table)
        start = max(end, start + 1)
    return tables


def _items(leaf: Leaf, page: int, words: Words) -> list[Item]:
    """Read a leaf into paragraphs and tables, from top to bottom."""
    items: list[Item] = []
    run: list[Piece] = []
    for box in sorted(leaf.boxes, key=lambda b: b.y0):
        if isinstance(box, Table):
            items += _read_run(run, page, leaf, words)
            items.append(box)
            run = []
        else:
            run.append(box)
    return items + _read_run(run, page, leaf, words)


def _read_run(pieces: list[Piece], page: int, leaf: Leaf, words: Words) -> list[Item]:
    rows = rows_of(pieces)
    items: list[Item] = []
    lines: list[Line] = []
    start = 0
    while start < len(rows):
        end = _table_end(rows, start)
        table = loose_table(page, rows[start:end], words) if end - start >= 3 else None
        if table:
            items += paragraphs(lines, 1.6, words) if lines else []
            items.append(table)
            lines = []
            start = end
        else:
            stop = end if end > start else start + 1
            lines += [join_pieces(row, page, leaf.left, leaf.right) for row in rows[start:stop]]
            start = stop
    return items + (paragraphs(lines, 1.6, words) if lines else [])


def _table_end(rows: list[list[Piece]], start: int) -> int:
    """Return where a run of rows of several pieces each ends; a short single piece may stand between two of them."""
    end = start
    while end < len(rows):
        row = rows[end]
        several = len(row) > 1 and not is_contents_entry(" ".join(p.text for p in row)) and not is_caption(row[0].text)
        short = (
            end > start and len(row) == 1 and end + 1 < len(rows) and len(rows[end + 1]) > 1 and len(row[0].text) < 16
            and not is_caption(row[0].text) and not is_caption(rows[end + 1][0].text)
            and not ends_with_mark(row[0].text)
        )  # fmt: skip
        if not several and not short:
            break
        end += 1
    return end


def _contents(items: Sequence[Item]) -> set[int]:
    """Return the ids of paragraphs that make up a table of contents: entries in a group, and the heading above them."""
    found: set[int] = set()
    text = [i for i in items if isinstance(i, Paragraph)]
    entry = [is_contents_entry(p.text) for p in text]
    for i, p in enumerate(text):
        if _CONTENTS.match(p.text.strip()):
            follow = next((j for j in range(i + 1, min(len(text), i + 5)) if entry[j]), None)
            if follow is not None:
                found.update(id(q) for q in text[i:follow])
        elif entry[i] and sum(entry[max(0, i - 3) : i + 4]) >= 3:
            found.add(id(p))
    return found


class _Writer:
    """Writes the blocks of laid-out pages."""

    def __init__(self, laid: Sequence[_Laid], items: Sequence[Item], levels: Mapping[int, int]) -> None:
        self._out = Composer.empty()
        self._laid = laid
        self._items = {id(item): item for item in items}
        self._levels = levels
        self._notes = {one.page.number: frozenset(n.label for n in one.notes) for one in laid}
        self._all_notes = Counter(n.label for one in laid for n in one.notes)
        self._stack: list[str] = []  # kinds of list items, outermost first
        self._table = -1
        self._row = 0
        self._last_table: Table | None = None
        self._since: list[Paragraph] = []
        self._contents = _contents(items)

    def write(self) -> Composer:
        """Write every page: heads, text, notes, feet."""
        for one in self._laid:
            head = [f for f in one.furniture if f[1].base < one.page.height / 2]
            self._furniture(head, one.page.number)
            kept = [i for i in one.items if id(i) in self._items]
            figure = any(isinstance(i, Paragraph) and _FIGURE.match(i.text) for i in kept)
            for item in kept:
                if isinstance(item, Table):
                    self._write_table(item)
                else:
                    self._write_paragraph(item, figure)
            for note in one.notes:
                text, refs = cut_marks(note.text, note.marks, frozenset())
                self._out.add(text, BlockKind.NOTE, note.page, label=note.label, refs=refs)
            self._furniture([f for f in one.furniture if f[1].base >= one.page.height / 2], one.page.number)
            for row in rows_of(one.page.turned):
                self._out.add(
                    " ".join(p.text for p in row), BlockKind.FURNITURE, one.page.number, furniture="turned text"
                )
        return self._out

    def _furniture(self, taken: Furniture, page: int) -> None:
        kinds = {id(piece): kind for kind, piece in taken}
        for row in rows_of(piece for _, piece in taken):
            self._out.add(" ".join(p.text for p in row), BlockKind.FURNITURE, page, furniture=kinds[id(row[0])])

    def _known(self, page: int) -> frozenset[str]:
        """Return the labels of the notes that a mark on a page may mean: its own, or one that the document has once."""
        return self._notes.get(page, frozenset()) | {k for k, n in self._all_notes.items() if n == 1}

    def _write_paragraph(self, p: Paragraph, figure: bool) -> None:
        text, refs = self._without_marks(p)
        page = p.first.page
        stripped = text.strip()
        self._since.append(p)
        if id(p) in self._contents:
            self._out.add(text, BlockKind.FURNITURE, page, furniture="table of contents")
            return
        if figure and not _WORDS.search(stripped):
            self._out.add(text, BlockKind.FURNITURE, page, furniture="figure")
            return
        level = self._levels.get(id(p), 0)
        found = opening(stripped)
        if level:
            self._stack = []
            self._out.add(text, BlockKind.HEADING, page, level=level, label=found.label if found else "", refs=refs)
        elif is_caption(stripped) or is_unit(stripped):
            self._out.add(text, BlockKind.CAPTION, page, refs=refs)
        elif table_note(stripped) and self._last_table is not None:
            self._out.add(text, BlockKind.NOTE, page, refs=refs)
        elif bullet_end(text):
            end = bullet_end(text)
            kept = [NoteRef(max(0, r.offset - end), r.label) for r in refs]
            self._out.add(text[end:], BlockKind.LIST_ITEM, page, level=self._level("bullet"), refs=kept)
        elif found and found.item:
            name = found.name
            self._out.add(text, BlockKind.LIST_ITEM, page, level=self._level(name), label=found.label, refs=refs)
        elif begins_with_dash(stripped) and len(p.text) > 4:
            self._out.add(text, BlockKind.LIST_ITEM, page, level=self._level("dash"), refs=refs)
        else:
            if found:
                self._stack = []
            label = found.label if found and found.name != "bare number" else ""
            prose = len(p.lines) > 1 and ends_with_mark(text)
            self._out.add(text, BlockKind.TEXT, page, label=label, prose=prose, refs=refs)

    def _without_marks(self, p: Paragraph) -> tuple[str, list[NoteRef]]:
        known = frozenset().union(*(self._known(page) for _, page in p.pages))
        return cut_marks(p.text, p.marks, known)

    def _level(self, name: str) -> int:
        """Return how deep an item is: of a kind that is open already, or one deeper."""
        if name in self._stack:
            del self._stack[self._stack.index(name) + 1 :]
        else:
            self._stack.append(name)
        return len(self._stack)

    def _write_table(self, table: Table) -> None:
        rows = table.rows
        if self._lists_contents(table):
            for row in rows:
                line = " ".join(c.text for c in row.cells if c.text)
                self._out.add(line, BlockKind.FURNITURE, table.page, furniture="table of contents")
            return
        before = self._last_table
        between = self._since
        skipped = 0
        if before is not None and same_table(before, table, between):
            skipped = repeated_header(before, table)
            if not skipped and any(r.header for r in before.rows):
                for row in rows:
                    row.header = False
            for row in rows[:skipped]:
                line = " | ".join(c.text for c in row.cells)
                self._out.add(line, BlockKind.FURNITURE, table.page, furniture="repeated table header")
            if not any(r.header for r in table.rows):
                table.rows = [r for r in before.rows if r.header] + table.rows
        else:
            self._table += 1
            self._row = 0
        for row in rows[skipped:]:
            if self._is_note(row, table):
                for part in re.split(r"(?=注\s*\d{0,2}\s*[:：])", row.cells[0].text):
                    self._out.add(part, BlockKind.NOTE, table.page)
                continue
            self._out.add_row(row, self._table, self._row, table.page, self._known(table.page))
            self._row += 1
        self._last_table = table
        self._since = []

    def _lists_contents(self, table: Table) -> bool:
        """Say whether a table under the heading "Contents" has titles and page numbers."""
        last = self._since[-1] if self._since else None
        numbers = sum(bool(re.fullmatch(r"\d{1,4}|[ivxlIVXL]+", row.cells[-1].text)) for row in table.rows)
        return (
            len(table.columns) <= 3
            and numbers >= 0.7 * len(table.rows)
            and last is not None
            and bool(_CONTENTS.match(last.text.strip()))
        )

    def _is_note(self, row: Row, table: Table) -> bool:
        filled = [c for c in row.cells if c.text]
        return len(filled) == 1 and filled[0].span >= len(table.columns) - 1 and table_note(filled[0].text)
