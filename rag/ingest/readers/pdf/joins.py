"""Join lines to running text: no blank between Chinese characters, one between words, hyphens at line ends mended."""

import re
from collections.abc import Iterable

from rag.ingest.readers.characters import is_wide
from rag.ingest.readers.pdf.model import Line, Mark, Piece

__all__ = ["Words", "join_pieces", "join_text", "rows_of"]

_BROKEN = re.compile(r"([A-Za-z]+)(-|\u2010|\u00ad)$")
_NEXT = re.compile(r"^([a-z]+)")
_SOFT = "\u00ad"


class Words:
    """The words that stand inside a document's lines: is "authen-tication" one word, or two with a hyphen?"""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._seen: set[str] = set()
        for text in texts:
            self._seen.update(re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower()))

    def keep_hyphen(self, first: str, second: str) -> bool:
        """Say whether a word cut after its hyphen has that hyphen elsewhere in the document, and never without it."""
        whole, cut = f"{first}{second}".lower(), f"{first}-{second}".lower()
        return cut in self._seen and whole not in self._seen


def join_text(first: str, second: str, words: Words) -> tuple[str, str]:
    """Return the first text without a hyphen that only ends its line, and what stands between the two."""
    broken, after = _BROKEN.search(first), _NEXT.match(second)
    if first.endswith(_SOFT):
        return first[:-1], ""
    if broken and after:
        if broken[2] == "-" and words.keep_hyphen(broken[1], after[1]):
            return first, ""
        return first[:-1], ""
    if first.endswith(("-", "/", "\u2014", "\u2013")) and first[-2:-1].isalnum() and second[:1].isalnum():
        return first, ""
    if not first or not second or is_wide(first[-1]) or is_wide(second[0]):
        return first, ""
    return first, " "


def rows_of(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Group pieces by their baselines, from top to bottom, each row from left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (p.base, p.x0)):
        near = rows[-1] if rows else None
        if near and piece.base - near[0].base <= 0.35 * max(piece.size, near[0].size):
            near.append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort(key=lambda p: p.x0)
    return rows


def join_pieces(row: list[Piece], page: int, left: float, right: float) -> Line:
    """Make a line of the pieces of a row, with a blank where a gap stood."""
    text = ""
    marks: list[Mark] = []
    for piece in row:
        if text:
            text += " "
        marks += [(a + len(text), b + len(text)) for a, b in piece.marks]
        text += piece.text
    heaviest = max(row, key=lambda p: (len(p.text), p.size))
    letters = sum(len(p.text) for p in row)
    bold = 2 * sum(len(p.text) for p in row if p.bold) > letters
    starts = tuple(p.x0 for p in row) if len(row) > 1 else ()
    return Line(
        text, row[0].x0, max(p.x1 for p in row), heaviest.base, heaviest.size, bold, heaviest.font, tuple(marks), page,
        left, right, starts,
    )  # fmt: skip
