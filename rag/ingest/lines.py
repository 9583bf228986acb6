"""The lines of a plain text: where they stand, how far they are indented, how wide they are."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rag.schema import Span
from rag.text.width import width_in_print

__all__ = ["Line", "Wrapping", "find_wrapping", "split_lines"]

_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_BLANKS = " \t\u3000\xa0\ufeff\u200b"
_HAN_WRAPS = (12, 60)  # Han widths of hard-wrapped lines: a narrow column, a wide sheet
_LEAST_LINES = 3  # as wide as the widest, before a text counts as hard-wrapped
_FULL = 2.0  # Han widths: a line that lacks no more is full (a mark that may not begin a line hangs over)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank; `text` is without blanks around it."""

    text: str
    start: int  # of the text in the source
    end: int
    indent: float  # Han widths of the blanks before it
    after_blank: bool  # a blank line, or more than a line end, stands before it
    page: int  # from 1: form feeds before it, plus 1

    @property
    def span(self) -> Span:
        """Where the text stands in the source."""
        return self.start, self.end

    @property
    def right(self) -> float:
        """Where it ends, in Han widths from the margin."""
        return self.indent + width_in_print(self.text)


def split_lines(text: str) -> list[Line]:
    """Return the lines of a text that are not blank."""
    lines: list[Line] = []
    last = 0
    page = 1
    for match in _LINE.finditer(text):
        gap = text[last : match.start()]
        page += gap.count("\x0c")
        raw = match.group()
        stripped = raw.strip(_BLANKS)
        if not stripped:
            continue
        start = match.start() + raw.index(stripped)
        between = text[lines[-1].end : start] if lines else "\n\n"
        blank = len(re.findall(r"\r\n|\r|\n|\x0b|\x85|\u2028|\u2029", between)) > 1 or "\x0c" in between
        indent = width_in_print(raw[: start - match.start()].replace("\t", "    ").strip("\ufeff\u200b"))
        lines.append(Line(stripped, start, start + len(stripped), indent, blank, page))
        last = match.end()
    return lines


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How a text is hard-wrapped."""

    right: float  # Han widths at which lines are cut
    flush: float  # indent of the lines that go on with a paragraph
    indent: float  # of the first line of a paragraph; `flush` where first lines are not indented more

    def is_full(self, line: Line, following: Line) -> bool:
        """Say whether a line was cut because it was full: what follows would not have fitted."""
        room = self.right - line.right
        first = re.match(r"[《“‘（(〔\[]*(?:[A-Za-z0-9.,%]+|.)[，。、；：！？》”’）)〕\]]*", following.text)
        needed = width_in_print(first.group()) if first else 1.0
        return room <= max(needed + 0.5, _FULL)


def find_wrapping(lines: Sequence[Line]) -> Wrapping | None:
    """Find where a text is hard-wrapped; None where its lines are paragraphs.

    Hard-wrapped lines end at one width, most of them in the middle of a sentence.
    """
    rights = [line.right for line in lines]
    wide = [r for r in rights if r >= _HAN_WRAPS[0]]
    if len(wide) < _LEAST_LINES:
        return None
    counts = Counter(round(r * 2) / 2 for r in wide)
    right = max(counts, key=lambda r: (sum(n for other, n in counts.items() if r - _FULL < other <= r), -r))
    full = [n for n, r in enumerate(rights[:-1]) if right - _FULL < r <= right + 0.5]
    over = sum(r > right + 1.0 for r in rights)
    in_sentence = [n for n in full if not re.search(r"[。！？!?；;：:…”」』）)】》.]$", lines[n].text)]
    if not _HAN_WRAPS[0] <= right <= _HAN_WRAPS[1] or len(full) < _LEAST_LINES:
        return None
    if over > 0.02 * len(rights) or len(in_sentence) < 0.6 * len(full) or len(full) < 0.25 * len(rights):
        return None
    follow = [lines[n + 1].indent for n in full if not lines[n + 1].after_blank]
    flush = median(follow) if follow else 0.0
    first = [line.indent for line in lines if flush + 1.0 <= line.indent <= flush + 4.0]
    return Wrapping(right, flush, median(first) if len(first) >= 2 else flush)
