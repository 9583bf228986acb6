"""Find footnotes: smaller lines at the foot of a page or column that begin with a mark."""

import re
from dataclasses import dataclass, field

from rag.ingest.readers_new.page_joins import Words, join_text, rows_of
from rag.ingest.readers_new.page_model import Mark, Page, Piece, Rule

__all__ = ["Note", "split_mark", "take_notes"]

_SMALLER = 0.93  # of the size of the body
_MARK = re.compile(r"^\s*(?:[\[［【〔(（](\d{1,3}|[①-⑳*])[\]］】〕)）]|(\d{1,3})(?=\s|注|[^\d.\s年月日%])|([①-⑳*†‡§]{1,2}))\s*[:：、.]?\s*")
_FOOT = 0.45  # notes begin below this share of the page


@dataclass(slots=True)
class Note:
    """A footnote; its mark is not in its text."""

    label: str
    text: str
    marks: tuple[Mark, ...]
    page: int
    lines: list[Piece] = field(default_factory=list)


def split_mark(text: str) -> tuple[str, int]:
    """Return the label that a note begins with and where its text begins; ("", 0) if there is none."""
    match = _MARK.match(text)
    if match is None:
        return "", 0
    return next(g for g in match.groups() if g), match.end()


def take_notes(page: Page, rules: list[Rule], body: float, words: Words) -> list[Note]:
    """Take the footnotes off the pieces of a page: under a short line, or all in small type to the foot of the page."""
    rows = rows_of(page.pieces)
    start = _below_rule(rows, page, rules, body)
    if start is None:
        start = _small_foot(rows, page, body)
    if start is None:
        return []
    taken = rows[start:]
    gone = {id(p) for row in taken for p in row}
    page.pieces = [p for p in page.pieces if id(p) not in gone]
    return _notes(taken, page.number, words)


def _begins_note(row: list[Piece]) -> bool:
    label, at = split_mark(row[0].text)
    return bool(label) and (at < len(row[0].text) or len(row) > 1)


def _below_rule(rows: list[list[Piece]], page: Page, rules: list[Rule], body: float) -> int | None:
    """Return the first row below a short line at the left, if it begins with a mark."""
    for rule in sorted(rules, key=lambda r: -r.at):
        length = rule.end - rule.start
        if not 0.08 * page.width <= length <= 0.45 * page.width or rule.at < 0.2 * page.height:
            continue
        below = [i for i, row in enumerate(rows) if row[0].y0 >= rule.at - 4]
        if not below or not _begins_note(rows[below[0]]):
            continue
        block = rows[below[0] :]
        if rows[below[0]][0].y0 - rule.at < 40 and all(p.size <= 1.02 * body for row in block for p in row):
            return below[0]
    return None


def _small_foot(rows: list[list[Piece]], page: Page, body: float) -> int | None:
    start = len(rows)
    while start and all(p.size <= _SMALLER * body for p in rows[start - 1]):
        start -= 1
    while start < len(rows) and not (
        _begins_note(rows[start]) and rows[start][0].base > _FOOT * page.height
    ):
        start += 1
    return start if start < len(rows) else None


def _notes(rows: list[list[Piece]], page: int, words: Words) -> list[Note]:
    notes: list[Note] = []
    for row in rows:
        label, at = split_mark(row[0].text)
        follows = not notes or _next_label(notes[-1].label, label) or row[0].marks[:1] == ((0, len(label)),)
        if not label or not follows:
            at = 0
        else:
            notes.append(Note(label, "", (), page))
        note = notes[-1]
        for i, piece in enumerate(row):
            text = piece.text[at:] if i == 0 else piece.text
            skipped = at if i == 0 else 0
            between = " " if i else ""
            if i == 0 and note.text:
                note.text, between = join_text(note.text, text, words)
            if note.text:
                note.text += between
            shift = len(note.text) - skipped
            note.marks += tuple((a + shift, b + shift) for a, b in piece.marks if a >= skipped)
            note.text += text
    return [n for n in notes if n.text.strip()]


def _next_label(before: str, label: str) -> bool:
    if before.isdigit() and label.isdigit():
        return int(label) == int(before) + 1
    if len(before) == len(label) == 1 and "①" <= before <= "⑳":
        return ord(label) == ord(before) + 1
    return bool(label) and not label.isdigit()
