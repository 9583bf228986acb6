"""Find running heads, running feet and page numbers: what stands at the same place of neighbouring pages."""

import re
from collections.abc import Sequence

from rag.ingest.readers.pdf.joins import rows_of
from rag.ingest.readers.pdf.model import Page, Piece

__all__ = ["Furniture", "take_furniture"]

Furniture = list[tuple[str, Piece]]  # what it is, and where

_DEEP = 4  # rows from the top or the bottom that are looked at
_SAME_PLACE = 7.0  # points
_NUMBER = r"[-–—·~*•\s]*(?:\d{1,5}|[ivxlcIVXLC]{1,7})[-–—·~*•\s]*"
_PAGE_NUMBER = re.compile(
    rf"^(?:{_NUMBER}|{_NUMBER}[/／|]\s*\d+|第?\s*\d+\s*页[\s,，/／]*(?:共\s*\d+\s*页)?|(?:Page|PAGE|page|p\.)\s*\d+(?:\s*(?:of|/)\s*\d+)?)$"
)
_CERTAIN = re.compile(
    r"^(?:[-–—－·~]\s*\d{1,5}\s*[-–—－·~]|[—－-]{1,2}\s*\d{1,5}\s*[—－-]{1,2}|第\s*\d+\s*页.*|Page\s*\d+\s*of\s*\d+)$"
)
_ZONE = 0.17  # of the height of the page: heads and feet stand no deeper
_LARGEST = 1.3  # times the size of the body: what is larger is a title, even if it stands on two pages
_EDGE = 0.12  # of the height of the page


def take_furniture(pages: Sequence[Page], body: float) -> dict[int, Furniture]:
    """Take what repeats at the edges off the pieces of each page; return it by page number."""
    largest = _LARGEST * body
    edges = [(_rows(page, largest, top=True), _rows(page, largest, top=False)) for page in pages]
    found: dict[int, Furniture] = {}
    for i, page in enumerate(pages):
        taken: Furniture = []
        for side in (0, 1):
            for row in edges[i][side]:
                kind = _kind(row, page, [(pages[j], edges[j][side], j - i) for j in _near(i, len(pages))], side == 0)
                if not kind:
                    break
                taken += [(kind, piece) for piece in row]
        if taken:
            gone = {id(piece) for _, piece in taken}
            page.pieces = [p for p in page.pieces if id(p) not in gone]
            found[page.number] = taken
    return found


def _near(i: int, count: int) -> list[int]:
    return [j for j in (i - 1, i + 1, i - 2, i + 2) if 0 <= j < count]


def _rows(page: Page, largest: float, *, top: bool) -> list[list[Piece]]:
    """Return the first or last rows of a page, from its edge inwards; rows inside a ruled table are not furniture."""
    half = page.height / 2
    pieces = [p for p in page.pieces if (p.base < half) is top]
    rows = rows_of(pieces)
    rows = rows[:_DEEP] if top else rows[::-1][:_DEEP]
    kept = []
    wide = [r for r in page.rules if r.horizontal and r.end - r.start > 0.3 * page.width]
    for row in rows:
        size = row[0].size
        from_edge = row[0].base if top else page.height - row[0].base
        if from_edge > _ZONE * page.height or size > largest:
            break
        above = [r for r in wide if row[0].base - 2.5 * size < r.at < row[0].base - 0.6 * size]
        below = [r for r in wide if row[0].base < r.at < row[0].base + 2 * size]
        if len(row) > 1 and any(abs(a.start - b.start) < 8 and abs(a.end - b.end) < 8 for a in above for b in below):
            break  # the header of a table
        base = row[0].base - 0.3 * row[0].size
        if (
            any(
                not r.horizontal and r.start <= base <= r.end and 0.05 * page.width < r.at < 0.95 * page.width
                for r in page.rules
            )
            and len(row) > 1
        ):
            break
        kept.append(row)
    return kept


def _text(row: list[Piece]) -> str:
    return " ".join(p.text for p in row)


def _kind(row: list[Piece], page: Page, near: list[tuple[Page, list[list[Piece]], int]], top: bool) -> str:
    text = _text(row)
    is_number = bool(_PAGE_NUMBER.match(text))
    edge = row[0].base < _EDGE * page.height if top else row[0].base > (1 - _EDGE) * page.height
    if is_number and edge and _CERTAIN.match(text.strip()):
        return "page number"
    key = _key(text)
    for other, rows, away in near:
        for candidate in rows:
            there = candidate[0].base
            if not top:
                there += page.height - other.height
            if abs(there - row[0].base) > _SAME_PLACE or abs(candidate[0].size - row[0].size) > 0.6:
                continue
            if is_number and _PAGE_NUMBER.match(_text(candidate)) and _in_sequence(text, _text(candidate), away):
                return "page number"
            if _key(_text(candidate)) == key and re.search(r"[^\W\d_]{2}", key) and len(row) < 12:
                return "running head" if top else "running foot"
    if is_number and edge and not near:
        return "page number"
    return ""


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", text))


_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def _value(text: str) -> int | None:
    digits = re.search(r"\d+", text)
    if digits:
        return int(digits[0])
    letters = [_ROMAN[c] for c in text.lower() if c in _ROMAN]
    if not letters:
        return None
    return sum(-a if a < b else a for a, b in zip(letters, [*letters[1:], 0], strict=True))


def _in_sequence(here: str, there: str, away: int) -> bool:
    a, b = _value(here), _value(there)
    return a is not None and b is not None and b - a == away
