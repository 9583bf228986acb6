"""Lists: what leads in, and the items below it, which an index holds as paragraphs of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from rag.index.library import Library
from rag.schema import LEVEL, Paragraph
from rag.text.sentences import sentence_spans

__all__ = ["FoundList", "header_of", "list_of"]

_MOST = 60  # items that are looked for


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list of an article; a heading that leads in is no paragraph."""

    lead_in: Paragraph | None
    items: tuple[Paragraph, ...]

    def __len__(self) -> int:
        return len(self.items)


def list_of(paragraph: Paragraph, library: Library) -> FoundList | None:
    """Give the list that a paragraph leads to or is an item of; None where there is none of two items."""
    if paragraph.kind == "list_item":
        before = list(takewhile(lambda p: _is_beside(p, paragraph), _away(paragraph, library, -1)))
        items = [p for p in reversed(before) if p.context == paragraph.context]
        lead_in = next(_away((before or [paragraph])[-1], library, -1), None)
        if lead_in is None or not _leads_to(lead_in, paragraph):
            lead_in = None
        first = paragraph
    else:
        below = next(_away(paragraph, library, 1), None)
        if below is None or not _leads_to(paragraph, below):
            return None
        items, lead_in, first = [], paragraph, below
    after = takewhile(lambda p: _is_beside(p, first), _away(first, library, 1))
    items += [first, *(p for p in after if p.context == first.context)]
    return FoundList(lead_in, tuple(items)) if len(items) > 1 else None


def header_of(row: Paragraph, library: Library) -> Paragraph | None:
    """Give the row of a table that names the columns of another; None where there is none."""
    named = _squeezed(row.context.rpartition(LEVEL)[2])
    above = takewhile(lambda p: p.kind == "table_row", _away(row, library, -1))
    return next((p for p in above if named and _squeezed(p.text) == named), None)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _away(paragraph: Paragraph, library: Library, step: int) -> Iterator[Paragraph]:
    """Give the paragraphs before or behind one in its article, nearest first."""
    row = library.row_of(paragraph.id)
    for _ in range(_MOST):
        near = [n for n in library.beside([row])[0] if n == row + step] if row is not None else []
        if not near:
            return
        row = near[0]
        yield library.paragraph(row)


def _is_beside(paragraph: Paragraph, item: Paragraph) -> bool:
    """Say whether a paragraph is an item of the same list, or stands below one."""
    same = paragraph.context == item.context
    return paragraph.kind == "list_item" and (same or paragraph.context.startswith(f"{item.context}{LEVEL}"))


def _leads_to(paragraph: Paragraph, item: Paragraph) -> bool:
    """Say whether a paragraph leads in to an item below it: the item's context ends with its last sentence."""
    if item.kind != "list_item" or paragraph.kind == "list_item":
        return False
    text = paragraph.text
    last = text[slice(*(sentence_spans(text) or [(0, len(text))])[-1])].strip()
    return item.context.endswith(last) or last.endswith((":", "："))
