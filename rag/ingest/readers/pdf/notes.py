"""Find footnotes: smaller lines at the foot of a page or column that begin with a mark."""

import re
from dataclasses import dataclass, field

from rag.ingest.readers.pdf.joins import Words, join_text, rows_of
from rag.ingest.readers.pdf.model import Mark, Page, Piece, Rule

__all__ = ["Note", "split_mark", "take_notes"]

_SMALLER = 0.93  # of the size of the body
_MARK = re.compile(
    r"^\s*(?:[\[［【〔(（](\d{1,3}|[①-⑳*∗])[\]］】〕)）]|(\d{1,3})(?=\s|注|[^\d.\s年月日%])|([①-⑳*∗⁎†‡§]{1,2}))\s*[:：、.]?\s*"
)
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


def take_notes(
    pieces: list[Piece], page: Page, rules: list[Rule], body: float, words: Words
) -> tuple[list[Note], list[Piece]]:
    """Split the footnotes off the pieces of a page or a column: below a short line, or in small type to its foot."""
    rows = rows_of(pieces)
    start = _below_rule(rows, page, rules, body)
    if start is None:
        start = _small_foot(rows, page, body)
    if start is None:
        return [], pieces
    taken = rows[start:]
    return _notes(taken, page.number, words), [p for row in rows[:start] for p in row]


def _begins_note(row: list[Piece]) -> bool:
    text = row[0].text
    label, at = split_mark(text)
    if not label or (at >= len(text) and len(row) < 2):
        return False
    raised = any(a == 0 for a, _ in row[0].marks)
    return not text[0].isdigit() or raised or text[len(label) : len(label) + 1] in " 注"


def _in_columns(rows: list[list[Piece]]) -> bool:
    """Say whether rows hold the lines of two columns, whose notes are found in each by itself."""
    return sum(len(row) > 1 for row in rows) > max(1, len(rows) // 3)


def _below_rule(rows: list[list[Piece]], page: Page, rules: list[Rule], body: float) -> int | None:
    """Return the first row below a short line at the left, if it begins with a mark."""
    for rule in sorted(rules, key=lambda r: -r.at):
        length = rule.end - rule.start
        if not 0.05 * page.width <= length <= 0.45 * page.width or rule.at < 0.2 * page.height:
            continue
        below = [i for i, row in enumerate(rows) if row[0].y0 >= rule.at - 4]
        if not below or not _begins_note(rows[below[0]]):
            continue
        block = rows[below[0] :]
        beside = rule.start - 12 <= rows[below[0]][0].x0 <= rule.end
        small = all(p.size <= _SMALLER * body for row in block for p in row)
        alone = all(len(row) == 1 and row[0].size <= 1.02 * body for row in block)
        if beside and not _in_columns(block) and rows[below[0]][0].y0 - rule.at < 40 and (small or alone):
            return below[0]
    return None


def _small_foot(rows: list[list[Piece]], page: Page, body: float) -> int | None:
    """Return the row where small type begins that reaches to the foot and begins with a mark."""
    start = len(rows)
    while start and all(p.size <= _SMALLER * body for p in rows[start - 1]):
        start -= 1
    for i in range(start, len(rows)):
        if not _begins_note(rows[i]) or rows[i][0].base < _FOOT * page.height:
            continue
        apart = i > start and rows[i][0].base - rows[i - 1][0].base > 1.8 * rows[i][0].size
        if (
            (i == start or apart)
            and not _in_columns(rows[i:])
            and _marked(split_mark(rows[i][0].text)[0], page.pieces, rows[i][0])
        ):
            return i if i or len(rows) < 12 else None
    return None


def _marked(label: str, pieces: list[Piece], note: Piece) -> bool:
    """Say whether a raised mark with this label stands somewhere else on the page."""
    return any(label in p.text[a:b] for p in pieces if p is not note for a, b in p.marks)


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
