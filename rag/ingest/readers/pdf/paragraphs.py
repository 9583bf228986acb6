"""Join the lines of a column to paragraphs: by indents, gaps, short lines, sizes and the numbers they begin with."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from rag.ingest.readers.characters import is_wide
from rag.ingest.readers.pdf.joins import Words, join_text
from rag.ingest.readers.pdf.kinds import (
    begins_with_dash,
    bullet_end,
    is_caption,
    is_contents_entry,
    is_unit,
    opening,
    table_note,
)
from rag.ingest.readers.pdf.model import Line, Mark
from rag.ingest.shapes import ends_with_mark
from rag.text.width import width

__all__ = ["Paragraph", "add_line", "paragraphs"]

_PITCH = 1.28  # times the usual distance of lines: a gap between paragraphs
_INDENT = 1.2  # em
_DEEPEST_INDENT = 5.0  # em


@dataclass(slots=True)
class Paragraph:
    """Lines that are read as one text."""

    text: str
    marks: tuple[Mark, ...]
    lines: list[Line] = field(default_factory=list)
    pages: list[tuple[int, int]] = field(default_factory=list)  # where in the text the words of a page begin

    @property
    def first(self) -> Line:
        """Return its first line."""
        return self.lines[0]

    @property
    def last(self) -> Line:
        """Return its last line."""
        return self.lines[-1]


def paragraphs(lines: list[Line], pitch: float, words: Words) -> list[Paragraph]:
    """Join the lines of one leaf; `pitch` is the document's usual distance of lines in em."""
    distances = sorted(
        (b.base - a.base) / a.size for a, b in pairwise(lines)
        if abs(a.size - b.size) < 0.1 * a.size and 0.8 * a.size < b.base - a.base < 3 * a.size
    )  # fmt: skip
    usual = distances[len(distances) // 2] if len(distances) >= 4 else pitch
    found: list[Paragraph] = []
    for line in lines:
        if found and not _breaks(found[-1], line, usual):
            add_line(found[-1], line, words)
        else:
            found.append(Paragraph(line.text, line.marks, [line], [(0, line.page)]))
    return _with_numbers(found, words)


def _with_numbers(found: list[Paragraph], words: Words) -> list[Paragraph]:
    """Join the number of a clause that stands on a line of its own, as in terms of standards, with the line below."""
    joined: list[Paragraph] = []
    for p in found:
        before = joined[-1] if joined else None
        number = opening(before.text + " ") if before is not None else None
        alone = before is not None and number is not None and number.end >= len(before.text.strip())
        short = len(p.lines) == 1 and width(p.text) <= 40 and not re.search(r"[。；;，,：:]$", p.text)
        if before is not None and alone and number and number.name == "clause" and short and not opening(p.text):
            before.text += "" if before.text[-1].isascii() and p.text[0].isascii() else " "
            add_line(before, p.first, words)
        else:
            joined.append(p)
    return joined


def add_line(paragraph: Paragraph, line: Line, words: Words) -> None:
    """Add a line to a paragraph."""
    text, between = join_text(paragraph.text, line.text, words)
    at = len(text) + len(between)
    paragraph.marks += tuple((a + at, b + at) for a, b in line.marks)
    if line.page != paragraph.last.page:
        paragraph.pages.append((at, line.page))
    paragraph.text = text + between + line.text
    paragraph.lines.append(line)


def _breaks(paragraph: Paragraph, line: Line, usual: float) -> bool:
    """Say whether a line begins a new paragraph."""
    last, em = paragraph.last, max(paragraph.last.size, 1.0)
    if abs(line.size - last.size) > 0.11 * last.size:
        return True
    if is_contents_entry(last.text) or is_contents_entry(line.text):
        return True
    distance = line.base - last.base
    usual_here = usual if len(paragraph.lines) == 1 else (last.base - paragraph.lines[-2].base) / em
    if distance > _PITCH * max(usual, min(usual_here, 1.5 * usual)) * em and distance > 1.45 * em:
        return True
    if _centred(last) and _centred(line) and last.x1 < last.right - em:
        return not _same_title(last, line)
    full = _full(last, line)
    ended = ends_with_mark(paragraph.text)
    starts = _begins(line.text)
    if line.bold != last.bold and (not full or ended or abs(line.size - last.size) > 0.03 * last.size):
        return True
    if is_unit(line.text) or (is_caption(line.text) and (ended or not full)):
        return True
    if starts and (ended or not full or line.x0 > last.x0 + em or _begins(paragraph.text)):
        return True
    if not full:
        return not (_hanging(paragraph, line) and not ended and last.x1 > last.right - 6 * em)
    indented = line.x0 - line.left > _INDENT * em
    if not indented:
        # Lines at the margin below a first line that is too: paragraphs set off by gaps, or without any.
        return False
    if _hanging(paragraph, line):
        return False
    if abs(line.x0 - last.x0) < 0.5 * em and not ended:
        return False  # a block that is indented as a whole
    if abs(line.x0 - last.x0) < 0.5 * em and len(paragraph.lines) > 1:
        return False
    return line.x0 - line.left < _DEEPEST_INDENT * em or ended


def _begins(text: str) -> bool:
    """Say whether a line begins as a clause, an item, a note or a caption does."""
    found = opening(text)
    return bool(
        (found and found.name not in ("bare number",)) or bullet_end(text) or table_note(text)
        or (begins_with_dash(text) and is_wide(text.lstrip("—–- ")[:1] or " "))
    )  # fmt: skip


def _full(last: Line, line: Line) -> bool:
    """Say whether a line reaches the right margin, so that its text may run on."""
    room = last.right - last.x1
    if is_wide(last.text[-1]) or is_wide(line.text[0]):
        token = re.match(r"[（(《“‘\[【]*[A-Za-z0-9][A-Za-z0-9./\-–—]*[）)》”’\]】，。、；：]*", line.text)
        return room < max(2.1, 0.55 * len(token[0]) + 1.0 if token else 0.0) * last.size
    word = re.match(r"\S+", line.text)
    width = len(word[0]) if word else 1
    average = (line.x1 - line.x0) / max(1, len(line.text))
    return room < (width + 1.5) * average + 0.6 * last.size


def _hanging(paragraph: Paragraph, line: Line) -> bool:
    """Say whether a line stands under the text behind the number or bullet of its paragraph."""
    first = paragraph.first
    if not (_begins(first.text) or opening(first.text)):
        return False
    if len(paragraph.lines) > 1:
        return abs(line.x0 - paragraph.lines[1].x0) < 0.6 * line.size
    return 0 < line.x0 - first.x0 < 4.5 * line.size


def _centred(line: Line) -> bool:
    left, right = line.x0 - line.left, line.right - line.x1
    return (
        left > 2.5 * line.size
        and right > 2.5 * line.size
        and abs(left - right) < 1.5 * line.size + 0.06 * (line.right - line.left)
    )


def _same_title(last: Line, line: Line) -> bool:
    return (
        last.font == line.font and last.bold == line.bold and not ends_with_mark(last.text)
        and not opening(line.text) and not is_caption(line.text) and not is_caption(last.text)
        and line.x1 - line.x0 > 2 * line.size and not re.search(r"\d{4}\s*年|^\d", line.text)
        and last.x1 - last.x0 > 0.55 * (last.right - last.left) and last.size > 11
    )  # fmt: skip
