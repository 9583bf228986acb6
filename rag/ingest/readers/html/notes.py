"""Notes: find the lists of them that are plain text, and turn marks into references."""

import re

from rag.ingest.blocks import BlockKind, NoteRef
from rag.ingest.readers.html.piece import Mark, Piece

__all__ = ["find_plain_notes", "resolve"]

_HEAD = re.compile(
    r"^[\[【(（]?\s*(?:注释|注|脚注|附注|尾注|参考文献|notes|footnotes|endnotes|references)\s*[\]】)）]?\s*[:：]?$",
    re.I,
)
_BRACKETED = re.compile(r"^[\[［〔【]\s*(\d{1,3})\s*[\]］〕】]\s*(?=\S)")
_CITED = re.compile(r"[\[［〔]\s*(\d{1,3})\s*[\]］〕]")
_NUMBERED = re.compile(r"^(?:(\d{1,3})(?:[.．、)）]\s*|\s+)|([①-⑳]|[*＊†‡]{1,3})\s*)(?=\S)")
_MARK = re.compile("\ufdd0(\\d+)\ufdd1")
_RAISED = str.maketrans("0123456789+-−–()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁽⁾")
_LOWERED = str.maketrans("0123456789+-−–()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₍₎")
_UNIT = re.compile(r"[a-zA-Zµμ㎡㎥)）\]]$")


def find_plain_notes(pieces: list[Piece], marks: list[Mark]) -> None:
    """Make notes of lines such as "[1]本公报中数据均为初步统计数。" that follow "注释：" or that marks refer to.

    The labels must run 1, 2, 3, …; the mark is taken out of the text of the note.
    """
    lines = [
        piece
        for piece in pieces
        if not piece.furniture and piece.text and piece.kind in (BlockKind.TEXT, BlockKind.LIST_ITEM)
    ]
    raised = {mark.label for mark in marks if mark.label}
    linked = {piece.label for piece in pieces if piece.kind is BlockKind.NOTE}
    first = _first_cited(lines)
    start = 0
    while start < len(lines):
        run, pattern = _run(lines, start, raised - linked)
        if not run:
            start += 1
            continue
        head = start > 0 and _HEAD.match(lines[start - 1].text)
        labels = [label for label, _ in run]
        cited = sum(
            label in raised or (pattern is _BRACKETED and first.get(label, len(lines)) < start) for label in labels
        )
        if (head and pattern is _BRACKETED) or cited >= max(1, 0.5 * len(run)):
            for (label, rest), piece in zip(run, lines[start : start + len(run)], strict=True):
                piece.kind, piece.label, piece.text, piece.prose, piece.level = BlockKind.NOTE, label, rest, True, 0
        start += len(run)


def _run(lines: list[Piece], start: int, raised: set[str]) -> tuple[list[tuple[str, str]], re.Pattern[str]]:
    """Return labels and texts of the lines from `start` that are numbered 1, 2, 3, …"""
    for pattern in (_BRACKETED, _NUMBERED):
        run: list[tuple[str, str]] = []
        for number in range(start, len(lines)):
            piece = lines[number]
            match = pattern.match(piece.text)
            label = next((group for group in match.groups() if group), "") if match else ""
            if (
                not match
                or (label.isdigit() and int(label) != len(run) + 1)
                or (pattern is _NUMBERED and label not in raised)
            ):
                break
            run.append((label, piece.text[match.end() :]))
        if run:
            return run, pattern
    return [], _BRACKETED


def _first_cited(lines: list[Piece]) -> dict[str, int]:
    """Return by label the first line that holds it in brackets, not at its beginning."""
    found: dict[str, int] = {}
    for number, piece in enumerate(lines):
        for match in _CITED.finditer(piece.text, 1):
            found.setdefault(match[1], number)
    return found


def resolve(text: str, marks: list[Mark], labels: set[str]) -> tuple[str, list[NoteRef]]:
    """Take the marks of notes out of a text, and write raised and lowered figures in it.

    A raised figure that touches another figure is written with raised characters, as it is seen: 10<sup>4</sup> is
    10⁴, never 104. Elsewhere (m<sup>2</sup>, CO<sub>2</sub>) the plain figure stays: people write and look for m2, CO2.
    """
    parts: list[str] = []
    refs: list[NoteRef] = []
    size = at = 0
    for match in _MARK.finditer(text):
        before = text[at : match.start()]
        if parts and not parts[-1] and before.startswith(" ") and (size == 0 or "".join(parts[-3:]).endswith(" ")):
            before = before[1:]
        parts.append(before)
        size += len(before)
        at = match.end()
        mark = marks[int(match[1])]
        left = "".join(parts[-4:])[-1:]
        if mark.certain or (
            mark.label in labels and not mark.lowered and not _UNIT.search(left) and not left.isdigit()
        ):
            refs.append(NoteRef(size, mark.label))
            parts.append("")
            continue
        touches = left.isdigit() or text[at : at + 1].isdigit()
        words = mark.text
        if touches and words[:1] + words[-1:] and not words.isalpha():
            words = words.translate(_LOWERED if mark.lowered else _RAISED)
        parts.append(words)
        size += len(words)
    rest = text[at:]
    if parts and not parts[-1] and rest.startswith(" ") and (size == 0 or "".join(parts[-3:]).endswith(" ")):
        rest = rest[1:]
    made = "".join([*parts, rest])
    return made, sorted([*refs, *_plain_refs(made, labels)], key=lambda ref: ref.offset)


def _plain_refs(text: str, labels: set[str]) -> list[NoteRef]:
    """Find marks that are plain text: they stay in it."""
    if "[" not in text and "［" not in text and "〔" not in text:
        return []
    return [NoteRef(match.end(), match[1]) for match in _CITED.finditer(text) if match[1] in labels]
