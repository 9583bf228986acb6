"""Headings and captions that a page only styles as such."""

import re

from rag.ingest.blocks import BlockKind
from rag.ingest.readers.html.piece import Piece

__all__ = ["mark_captions", "mark_headings"]

_ENDS = re.compile(r"[。；，、,;.：:！!？?…]$")
_NUMBER_ONLY = re.compile(r"^[\W\d_]*$|^\d{4}年\d{1,2}月\d{1,2}日$|^[（(].*[）)]$")
_CHAPTER = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]{1,5}[章编篇节部分]|[一二三四五六七八九十]{1,3}、|附\s*[件录则]$)"
)
_UNIT = re.compile(r"^[(（]?\s*(?:计量|数据|金额)?单位\s*[:：].{1,30}$|^[(（]\s*[\u4e00-\u9fff/]{1,8}\s*[)）]$")
_NAMED_TABLE = re.compile(r"^(?:附?表|续表|图|Table|Figure|Fig\.)\s*[\d一二三四五六七八九十]+(?![\d月日])", re.I)


def mark_captions(pieces: list[Piece]) -> None:
    """Make captions of the title of a table and of the line with its unit, which stand before its first row."""
    kept = [piece for piece in pieces if not piece.furniture]
    for number, piece in enumerate(kept):
        if (
            piece.kind is BlockKind.TEXT and piece.centred and _NAMED_TABLE.match(piece.text) and len(piece.text) <= 80
        ) or (
            piece.kind is BlockKind.TEXT
            and _UNIT.match(piece.text)
            and number
            and kept[number - 1].kind is BlockKind.CAPTION
        ):
            piece.kind = BlockKind.CAPTION
        if piece.kind is not BlockKind.TABLE_ROW or (number and kept[number - 1].table == piece.table):
            continue
        for before in reversed(kept[max(0, number - 3) : number]):
            if before.kind is BlockKind.CAPTION:
                continue
            if before.kind is not BlockKind.TEXT:
                break
            text = before.text
            titled = len(text) <= 60 and not _ENDS.search(text) and not _NUMBER_ONLY.match(text)
            if _UNIT.match(text):
                before.kind = BlockKind.CAPTION
            elif titled and (
                _NAMED_TABLE.match(text) or ((before.centred or before.bold) and not _CHAPTER.match(text))
            ):
                before.kind = BlockKind.CAPTION
                break
            else:
                break


def mark_headings(pieces: list[Piece], title: int) -> None:
    """Give a level to short lines that the page styles as headings, where several have the same style."""
    texts = [
        piece
        for number, piece in enumerate(pieces)
        if piece.kind is BlockKind.TEXT and not piece.furniture and piece.text and number != title
    ]
    bold = sum(piece.bold for piece in texts)
    found: dict[tuple[bool, bool], list[Piece]] = {}
    for piece in texts:
        short = len(piece.text) <= 40 and not _ENDS.search(piece.text) and not _NUMBER_ONLY.match(piece.text)
        styled = (piece.bold and bold <= 0.4 * len(texts)) or (piece.centred and _CHAPTER.match(piece.text))
        if short and styled and piece.inside:
            found.setdefault((piece.centred, piece.bold), []).append(piece)
    ranks: dict[str, int] = {}
    headings = [(piece, centred) for (centred, _), alike in found.items() if len(alike) >= 2 for piece in alike]
    for piece, centred in headings:
        piece.level = 2 if centred else 3
        if number := _numbering(piece.text):
            ranks[number] = min(piece.level, ranks.get(number, piece.level))
    for piece, _ in headings:
        piece.level = ranks.get(_numbering(piece.text), piece.level)  # "五、" is what "四、" is, centred or not


def _numbering(text: str) -> str:
    """Return the form of the number that a heading begins with; empty: none."""
    match = re.match(r"(第)?[（(]?([一二三四五六七八九十百]+|\d+)[）)]?([章编篇节部、．.]?)", text)
    return f"{match[1] or ''}{'1' if match[2].isdigit() else '一'}{match[3]}{match[0][0] in '（('}" if match else ""
