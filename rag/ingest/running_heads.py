"""What a page carries beside its text: page numbers, running heads; found by place and repetition, not by words."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from rag.ingest.lines import Line

__all__ = ["page_furniture"]

_PAGE_NUMBER = re.compile(
    r"[-—–―－─·•\s]*(?:第\s*)?(\d{1,4})\s*(?:页)?(?:\s*[/／,，]?\s*(?:共|of|/)?\s*\d{1,4}\s*页?)?[-—–―－─·•\s]*",
    re.IGNORECASE,
)
_SURE_PAGE_NUMBER = re.compile(
    r"[-—–―－─]+\s*\d{1,4}\s*[-—–―－─]+|·\s*\d{1,4}\s*·|第\s*\d{1,4}\s*页(?:\s*[/／,，]?\s*共\s*\d{1,4}\s*页)?|Page\s+\d+(?:\s+of\s+\d+)?",
    re.IGNORECASE,
)
_NEAR = 2  # lines from a page number or a form feed within which a running head stands
_REPEATED = 2  # times that a running head must stand there


def page_furniture(lines: Sequence[Line]) -> dict[int, str]:
    """Say which lines are no part of the text: the number of the line → "page number" or "running head".

    A bare number is one only where it goes up from page to page; a running head is a line that stands at page borders
    again and again, but for its figures.
    """
    found = {n: "page number" for n, line in enumerate(lines) if _SURE_PAGE_NUMBER.fullmatch(line.text)}
    found |= dict.fromkeys(_counting(lines), "page number")
    borders = set(found) | {n for n in range(1, len(lines)) if lines[n].page != lines[n - 1].page}
    heads = _running_heads(lines, borders, found)
    return found | dict.fromkeys(heads, "running head")


def _counting(lines: Sequence[Line]) -> list[int]:
    """Find bare numbers that stand alone at page borders and count pages."""
    alone = []
    for n, line in enumerate(lines):
        match = _PAGE_NUMBER.fullmatch(line.text)
        at_border = (n + 1 < len(lines) and lines[n + 1].page != line.page) or (n and lines[n - 1].page != line.page)
        if match and at_border:
            alone.append((n, int(match[1])))
    steps = [b - a for (_, a), (_, b) in pairwise(alone)]
    return [n for n, _ in alone] if len(alone) >= 3 and steps.count(1) >= 0.8 * len(steps) else []


def _running_heads(lines: Sequence[Line], borders: set[int], numbers: dict[int, str]) -> list[int]:
    near = sorted(
        {
            n
            for border in borders
            for n in range(border - _NEAR, border + _NEAR + 1)
            if 0 <= n < len(lines) and n not in numbers
        }
    )
    forms = Counter(_form(lines[n].text) for n in near)
    everywhere = Counter(_form(line.text) for line in lines)
    return [
        n
        for n in near
        if forms[_form(lines[n].text)] >= _REPEATED
        and forms[_form(lines[n].text)] >= 0.8 * everywhere[_form(lines[n].text)]
        and not re.search(r"[。！？；]$", lines[n].text)
    ]


def _form(text: str) -> str:
    """Return a line without what changes from page to page."""
    return re.sub(r"\d+", "0", re.sub(r"\s+", "", text))
