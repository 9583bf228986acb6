"""Write down what was found on the pages: one text, and blocks that point into it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.ingest.blocks import Block, BlockKind, NoteRef, TableRow
from rag.ingest.readers.pdf.model import Mark, Row
from rag.schema import Span

__all__ = ["Composer"]

_MARK_DRESS = re.compile(r"[\[\]()（）［］〔〕【】注\s]")
_PLAIN_MARK = re.compile(r"[\[［](\d{1,3})[\]］]")


@dataclass(slots=True)
class Composer:
    """Collects blocks and their text, in reading order."""

    parts: list[str]
    blocks: list[Block]
    length: int = 0

    @classmethod
    def empty(cls) -> "Composer":
        """Return one without text."""
        return cls([], [])

    def text(self) -> str:
        """Return the whole text."""
        return "".join(self.parts)

    def add(
        self,
        text: str,
        kind: BlockKind,
        page: int,
        *,
        level: int = 0,
        label: str = "",
        prose: bool = False,
        furniture: str = "",
        refs: Sequence[NoteRef] = (),
    ) -> None:
        """Add a block, unless it is empty."""
        stripped = text.strip()
        if not stripped:
            return
        shift = len(text) - len(text.lstrip())
        span = self._write(stripped)
        kept = tuple(NoteRef(min(len(stripped), max(0, r.offset - shift)), r.label) for r in refs)
        self.blocks.append(Block(stripped, (span,), level, prose, kind, label, kept, None, page, furniture))

    def add_row(self, row: Row, table: int, number: int, page: int, notes: frozenset[str]) -> None:
        """Add a row of a table, its cells between bars."""
        text = ""
        cells: list[Span] = []
        refs: list[NoteRef] = []
        for i, cell in enumerate(row.cells):
            if i:
                text += " | "
            clean, found = cut_marks(cell.text.strip(), cell.marks, notes)
            refs += [NoteRef(r.offset + len(text), r.label) for r in found]
            cells.append((len(text), len(text) + len(clean)))
            text += clean
        if not text.replace("|", "").strip():
            return
        span = self._write(text)
        place = TableRow(table, number, row.header, tuple(cells), tuple(c.column for c in row.cells))
        self.blocks.append(Block(text, (span,), kind=BlockKind.TABLE_ROW, refs=tuple(refs), row=place, page=page))

    def _write(self, text: str) -> Span:
        if self.parts:
            self.parts.append("\n")
            self.length += 1
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return start, self.length


def cut_marks(text: str, marks: Sequence[Mark], notes: frozenset[str]) -> tuple[str, list[NoteRef]]:
    """Take the marks that name one of the notes out of a text; others (exponents) stay."""
    refs: list[NoteRef] = []
    kept = ""
    at = 0
    for start, end in sorted(marks):
        labels = [_MARK_DRESS.sub("", part) for part in re.split(r"[,，、]", text[start:end])]
        if start < at or not labels or not all(label in notes for label in labels):
            continue
        kept += text[at:start]
        after = text[end : end + 1]
        if kept.endswith(" ") and (not after or not (after.isalnum() or after in '(（“"')):
            kept = kept.rstrip()
        refs += [NoteRef(len(kept), label) for label in labels]
        at = end
    kept += text[at:]
    known = {(r.offset, r.label) for r in refs}
    for match in _PLAIN_MARK.finditer(kept):
        if match[1] in notes and (match.start(), match[1]) not in known:
            refs.append(NoteRef(match.start(), match[1]))
    return kept, sorted(refs, key=lambda r: r.offset)
