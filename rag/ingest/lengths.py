"""Cut a paragraph that is too long to be cited or compared: a page without line ends, a list without marks."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.schema import Span
from rag.text.sentences import sentence_spans

__all__ = ["LONGEST_PARAGRAPH", "cut_long", "spans_of"]

# Every step of a question costs as much as its paragraphs are long, and a reader looks for the cited words in one of
# them. The longest of 3,196 paragraphs of real documents has 1,438 characters (2026-11).
LONGEST_PARAGRAPH = 5_000  # characters
_PAUSE = re.compile(r"\s|[，、；：,;:](?!\d)")  # 3,100 is one number
_RUN = re.compile(r"[A-Za-z\d.,·零〇一二三四五六七八九十百千万亿两点%]")  # that no word or number is cut inside


def cut_long(text: str) -> list[Span]:
    """Give the pieces of a text: all of it, or at most 5,000 characters each, which end where a sentence does.

    A longer sentence is cut at a pause, or between two words; what is one word for 2,500 characters, anywhere.
    Nothing but blanks is left out.
    """
    if len(text) <= LONGEST_PARAGRAPH:
        return [(0, len(text))]
    cuts = [0]
    before = 0  # where the sentence before begins
    for start in (*(a for a, _ in sentence_spans(text)), len(text)):
        if start - cuts[-1] > LONGEST_PARAGRAPH and before > cuts[-1]:
            cuts.append(before)
        cuts += _inside(text, cuts[-1], start)
        before = start
    return [(a, b) for a, b in pairwise([*cuts, len(text)]) if not text[a:b].isspace()]


def spans_of(pieces: Sequence[Span], spans: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """Give where each piece of a text lies in its source: as `rag.schema.sub_spans` does, but in one pass."""
    number = before = 0
    for start, end in pieces:
        found = []
        while number < len(spans):
            first, last = spans[number]
            low, high = max(start, before), min(end, before + last - first)
            if low < high:
                found.append((first + low - before, first + high - before))
            if before + last - first > end:
                break  # the next piece begins in this span
            before += last - first
            number += 1
        yield tuple(found)


def _inside(text: str, start: int, end: int) -> Iterator[int]:
    """Give where to cut a stretch that is too long, whatever stands in it."""
    while end - start > LONGEST_PARAGRAPH:
        last = start + LONGEST_PARAGRAPH
        first = last - LONGEST_PARAGRAPH // 2
        pauses = [m.end() for m in _PAUSE.finditer(text, first, last + 1) if m.end() <= last]
        between = (at for at in range(last, first, -1) if not (_RUN.match(text, at - 1) and _RUN.match(text, at)))
        start = pauses[-1] if pauses else next(between, last)
        yield start
