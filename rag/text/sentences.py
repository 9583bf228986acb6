"""Split Chinese and English text into sentences with exact offsets."""

import re
from collections import deque

from rag.schema import Span

__all__ = ["CLAUSE_ENDS", "open_quotation", "sentence_spans"]

CLAUSE_ENDS = "。！？!?；;"  # where a search cuts a text into what it looks at by itself

_ENDS = re.compile(
    r"[。！？…]+|(?<![!?])[!?]++(?=\s++[^a-z]|\s*+$|[”’」』）)】\"'\u3400-\u9fff])|(?<![A-Z])(?<!\b[A-Za-z])\.(?=\s+[A-Z“\"'(\u3400-\u9fff]|\s*$|[”\"')\]]+(?:\s|$))"
)
_ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|No|Fig|Inc|Ltd|Co|Jr|Sr|U\.S|e\.g|i\.e|approx)$", re.IGNORECASE
)
_LABEL = re.compile(r"\s*\d{1,3}")  # 1. at the beginning of an item
_CLOSING = "”’」』）)】》〉]\"'"
_OPENING = {"“": "”", "「": "」", "『": "』", "（": "）", "(": ")", "【": "】", "《": "》"}
_LONGEST_QUOTE = 200  # characters: a quotation that is never closed must not swallow the text behind it


def sentence_spans(text: str) -> list[Span]:
    """Give the sentences of a text as spans without the blanks around them; nothing but blanks is left out.

    A mark inside a quotation or bracket ends no sentence, unless the quotation ends there too.
    What stands in a text up to `open_quotation` is split the same way whatever comes behind it.
    """
    spans: list[Span] = []
    start = 0
    for end in _ends(text):
        spans += _trimmed(text, start, end)
        start = end
    return spans + _trimmed(text, start, len(text))


def _ends(text: str) -> list[int]:
    ends: list[int] = []
    protected = deque(_protected(text))
    for match in _ENDS.finditer(text):
        end = match.end()
        if match.group() == "." and _ABBREVIATION.search(text[max(0, match.start() - 12) : match.start()]):
            continue
        if match.group() == "." and _LABEL.fullmatch(text, ends[-1] if ends else 0, match.start()):
            continue
        while end < len(text) and text[end] in _CLOSING:
            end += 1
        while protected and protected[0][1] <= end:
            protected.popleft()
        if protected and protected[0][0] < match.start():
            continue
        ends.append(end)
    return ends


def _protected(text: str) -> list[Span]:
    """Give the outermost quotations and brackets that are closed again within reason."""
    found: list[Span] = []
    i = 0
    while i < len(text):
        close = _OPENING.get(text[i])
        at = text.find(close, i + 1, i + 1 + _LONGEST_QUOTE) if close else -1
        if at >= 0:
            found.append((i, at + 1))
            i = at + 1
        else:
            i += 1
    return found


def open_quotation(text: str) -> int:
    """Say where the first quotation or bracket begins that may still be closed; the text's length if there is none."""
    ends = dict(_protected(text))
    i = 0
    while i < len(text):
        if i in ends:
            i = ends[i]
        elif text[i] in _OPENING and len(text) - i <= _LONGEST_QUOTE:
            return i
        else:
            i += 1
    return len(text)


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [(start, end)] if start < end else []
