"""Mend what a column or a page cuts: a paragraph that runs on in the next one, a table that goes on over the page."""

import re
from collections.abc import Sequence

from rag.ingest.readers.characters import is_wide
from rag.ingest.readers.pdf.joins import Words
from rag.ingest.readers.pdf.kinds import (
    begins_with_dash,
    bullet_end,
    is_caption,
    is_contents_entry,
    opening,
    table_note,
)
from rag.ingest.readers.pdf.model import Row, Table
from rag.ingest.readers.pdf.paragraphs import Paragraph, add_line
from rag.ingest.run_on import run_on_model
from rag.ingest.shapes import ends_sentence, ends_with_mark

__all__ = ["Item", "join_paragraphs", "repeated_header", "same_table"]

Item = Paragraph | Table
_FARTHEST = 6  # items that may stand between the halves: tables, captions, notes
_CONTINUED = re.compile(r"^\s*续\s*表?|[（(]续[）)]|\(?continued\)?", re.IGNORECASE)


def join_paragraphs(items: Sequence[Item], leaves: Sequence[int], words: Words) -> list[Item]:
    """Join the last paragraph of a leaf with the first of a later one where it runs on; `leaves` number the items."""
    joined: list[Item] = []
    where: list[int] = []
    gone: set[int] = set()
    for i, item in enumerate(items):
        if i in gone:
            continue
        if isinstance(item, Paragraph):
            at = i
            while True:
                j = _next_text(at, items, leaves)
                if j is None or j in gone or not _runs_on(item, items[j], leaves[j] - leaves[at]):
                    break
                second = items[j]
                assert isinstance(second, Paragraph)
                for line in second.lines:
                    add_line(item, line, words)
                gone.add(j)
                at = j
        joined.append(item)
        where.append(leaves[i])
    return joined


def _next_text(i: int, items: Sequence[Item], leaves: Sequence[int]) -> int | None:
    """Return the first paragraph of a later leaf, if only tables and captions stand between."""
    for j in range(i + 1, min(len(items), i + 1 + _FARTHEST)):
        item = items[j]
        if isinstance(item, Table) or is_caption(item.text) or table_note(item.text):
            continue
        return j if leaves[j] != leaves[i] else None
    return None


def _runs_on(first: Paragraph, second: Item, away: int) -> bool:
    """Say whether the text of one paragraph goes on in another."""
    if not isinstance(second, Paragraph) or away > 3:
        return False
    a, b = first.last, second.first
    if abs(a.size - b.size) > 0.08 * a.size or a.bold != b.bold or b.page - a.page > 2:
        return False
    if is_contents_entry(first.text) or is_contents_entry(second.text) or is_caption(first.text):
        return False
    found = opening(second.text)
    if (
        (found and found.name not in ("bare number", "clause"))
        or bullet_end(second.text)
        or begins_with_dash(second.text)
    ):
        return False
    ended = ends_sentence(first.text)
    if found and (ended or found.name == "clause"):
        return False
    indented = b.x0 - b.left > 1.2 * b.size and len(second.lines) > 1
    room = a.right - a.x1
    full = (
        room < 2.1 * a.size if is_wide(first.text[-1]) or is_wide(second.text[0]) else room < 0.12 * (a.right - a.left)
    )
    if ended:
        # A full line that ends with a mark and goes on at the margin, in a document that indents its paragraphs.
        return (
            full
            and not indented
            and len(first.lines) > 1
            and first.first.x0 - first.first.left > 1.2 * a.size
            and (len(second.lines) > 1 and b.x0 - b.left < 0.5 * b.size)
        )
    if ends_with_mark(first.text) and first.text.rstrip()[-1] in ":：;；":
        return False
    x, y = first.text.rstrip()[-1], second.text.lstrip()[0]
    if x.isascii() and y.isascii():
        if y.islower():
            return len(first.text) > 30 or x in "-,"
        return x in ",-" or (
            full and not indented and len(first.lines) > 1 and (y.isupper() or y.isdigit() or y == "(")
        )
    if indented and not _opened(first.text):
        return False
    if len(first.lines) > 1 and full:
        return True
    side_by_side, ends, begins = run_on_model().parts(first.text.rstrip(), second.text.lstrip())
    return full and side_by_side > ends + begins


def _opened(text: str) -> bool:
    return any(text.count(o) > text.count(c) for o, c in ("（）", "《》", "“”", "()"))


def same_table(first: Table, second: Table, between: Sequence[Paragraph]) -> bool:
    """Say whether a table on the next page goes on with this one; only lines that say so may stand between."""
    if second.page - first.page != 1:
        return False
    if any(not (_CONTINUED.search(p.text) or len(p.text) < 2) for p in between):
        return False
    if between and not any(_CONTINUED.search(p.text) for p in between):
        return False
    if len(first.columns) != len(second.columns):
        return False
    if _header_texts(first) and _header_texts(first) == _header_texts(second):
        return True
    if not (first.ruled and second.ruled):
        apart = [b - a for a, b in zip(first.columns[1:], second.columns[1:], strict=True)]
        shift = sum(apart) / len(apart) if apart else 0.0
        reach = max(first.x1, second.x1) - min(first.x0, second.x0)
        return abs(shift) < 0.05 * reach and all(abs(d - shift) < 0.05 * reach for d in apart)
    width_a, width_b = first.x1 - first.x0, second.x1 - second.x0
    shift = second.x0 - first.x0
    apart = [abs(b - shift - a) for a, b in zip(first.columns, second.columns, strict=True)]
    return abs(width_a - width_b) < 0.08 * width_a + 4 and max(apart) <= 6.0


def repeated_header(first: Table, second: Table) -> int:
    """Return how many rows at the top of the second table repeat the header of the first."""
    header = [_texts(r) for r in first.rows if r.header]
    count = 0
    while count < len(header) and count < len(second.rows) and _texts(second.rows[count]) == header[count]:
        count += 1
    return count if count == len(header) else 0


def _header_texts(table: Table) -> list[tuple[str, ...]]:
    return [_texts(r) for r in table.rows if r.header]


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(re.sub(r"\s+", "", c.text) for c in row.cells)
