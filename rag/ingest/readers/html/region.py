"""Settle what each piece is: of the document or of the site."""

import re

from rag.ingest.blocks import BlockKind
from rag.ingest.readers.html.furniture import furniture_of_line
from rag.ingest.readers.html.lines import join
from rag.ingest.readers.html.main import same_title
from rag.ingest.readers.html.piece import AFTER, BEFORE, Piece

__all__ = ["is_prose", "join_title", "prose_range", "settle", "title_of"]

_SENTENCE = re.compile(r"[。！？；]|[a-z)][.!?](?:\s|$)")
_OF_SITE = re.compile(
    r"版权所有|ICP备|公网安备|网站标识码|浏览器|未经.{0,12}(?:授权|许可)|主办单位|"
    r"\bcookies?\b|copyright|all rights reserved|"
    r"official websites? use|lock \(|an official website",
    re.I,
)
_ATTACHED = re.compile(r"^(?:附件|附[：:]|附表|附录|注[：:]|附注|说明[：:]|解读|attachments?\b|annex)", re.I)
_TAIL = 8  # lines that are links only, below a document: no list of its attachments
_CLOSES = re.compile(r"^\W{0,3}(?:纠错\W{0,2})?(?:责任编辑|责编|编辑\s*[:：]|上一[篇条]|下一[篇条])")
_DATED = re.compile(r"^(?:发布|来源|时间|日期|更新|成文|published|updated)", re.I)
_ANYWHERE = frozenset(
    (
        "breadcrumb",
        "font size",
        "share",
        "print and close",
        "counter",
        "code to scan",
        "notice of the site",
        "registration of the site",
        "links",
    )
)


def is_prose(piece: Piece) -> bool:
    """Check whether a piece is running text of a document, wherever it stands in the page."""
    text = piece.text
    han = sum("\u4e00" <= character <= "\u9fff" for character in text[:400])
    return (
        (han >= 40 or len(text) >= 120)
        and piece.link < 0.5
        and _SENTENCE.search(text) is not None
        and not _OF_SITE.search(text[:400])
    )


def join_title(pieces: list[Piece], titles: list[tuple[str, str]]) -> None:
    """Join the lines of one element that together are the title: "关于2024年<br>部分节假日安排的通知"."""
    number = 0
    while number < len(pieces):
        piece = pieces[number]
        text, end = piece.text, number + 1
        begins = not piece.furniture and 4 <= len(text) <= 60 and any(value.startswith(text[:4]) for value, _ in titles)
        while begins and end < min(number + 4, len(pieces)) and pieces[end].element is piece.element:
            text = join(text, pieces[end].text)
            end += 1
            if same_title(text, titles, begin=False):
                piece.text = text
                del pieces[number + 1 : end]
                break
        number += 1


def title_of(pieces: list[Piece], titles: list[tuple[str, str]]) -> int:
    """Return the piece that is the title on the page; -1: none."""
    first = next((number for number, piece in enumerate(pieces) if piece.inside and not piece.furniture), len(pieces))
    named = [
        number
        for number, piece in enumerate(pieces)
        if not piece.furniture and piece.text and len(piece.text) <= 200 and same_title(piece.text, titles)
    ]
    full = [number for number in named if pieces[number].link < 0.5]
    before = [number for number in full if number < first]
    if before:
        return before[-1]
    if full:
        return full[0]
    for number in range(min(first, len(pieces) - 1), max(first - 15, -1), -1):
        piece = pieces[number]
        if piece.kind is BlockKind.HEADING and piece.level <= 3 and not piece.furniture and piece.link < 0.5:
            return number if not _DATED.match(piece.text) else -1
    return -1


def settle(pieces: list[Piece], title: int, *, named: bool) -> None:
    """Name the furniture among pieces: by its words, and what is short and stands outside the document."""
    inside = [number for number, piece in enumerate(pieces) if piece.inside and not piece.furniture]
    begin = min([*([title] if title >= 0 else []), *inside[:1]], default=0)
    end = inside[-1] if inside else len(pieces) - 1
    begin = _begin(pieces, title, inside, begin, named=named)
    first, last = prose_range(pieces)
    closed = len(pieces)  # where a line such as "责任编辑：…" ends the document
    seen, total = 0, sum(len(pieces[number].shown) for number in inside)
    tail = sum(piece.link >= 0.9 and not piece.furniture for piece in pieces[last + 1 :])
    homes: set[int] = set()  # the elements right above running text: what stands there after the end is of the document
    following = False  # links below "相关阅读"
    for number, piece in enumerate(pieces):
        if piece.furniture or number == title:
            following = False
            continue
        if following and piece.link >= 0.5:
            piece.furniture = "related"
            continue
        following = False
        within = begin <= number <= end
        line = piece.text or piece.shown.strip(" |")
        kind = furniture_of_line(line) if piece.kind is not BlockKind.NOTE and " | " not in line else ""
        seen += len(line) if piece.inside else 0
        prose = is_prose(piece)
        home = piece.element.parent.order if piece.element.parent else -1
        if prose and number < closed:
            homes.add(home)
        if kind in ("editor", "pager") and _CLOSES.search(line) and seen >= 0.6 * total and closed == len(pieces):
            closed = number
            piece.furniture = kind
            continue
        if piece.link >= 0.8 and len(line) <= 160 and len(re.findall(r"[|｜]", line)) >= 2:
            kind = kind or "links"
        if kind == "related":
            next_one = next((other for other in pieces[number + 1 : number + 4] if not other.furniture), None)
            following = next_one is not None and next_one.link >= 0.5
            if not following and within and next_one is not None:
                kind = ""
        elif (kind and kind not in _ANYWHERE and within and first <= number <= last) or (
            kind == "pager" and within and piece.link < 0.3 and len(piece.text) > 8
        ):
            kind = ""
        if not (kind or prose or _ATTACHED.match(line)) and piece.link >= 0.9 and (number > last or number < first):
            kind = "" if named and (number < first or tail < _TAIL) else "links"  # of a portal, around the document
        if kind:
            piece.furniture = kind
        elif number > closed and not (
            _ATTACHED.match(line) or piece.kind is BlockKind.NOTE or (prose and home in homes)
        ):
            piece.furniture = AFTER
        elif within or prose or _is_table(piece):
            continue
        elif number < begin or not _ATTACHED.match(piece.text):
            piece.furniture = BEFORE if number < begin else AFTER


def _begin(pieces: list[Piece], title: int, inside: list[int], begin: int, *, named: bool) -> int:
    """Return where the document begins: its title, also where neighbours of the document stand above it in one element.

    Without a title that the page's head names, up to three lines right above the document may be its title.
    """
    if title >= 0 and not named and begin < title:
        above = [pieces[number] for number in range(begin, title) if not pieces[number].furniture]
        if not any(is_prose(piece) or piece.cells for piece in above) and len(above) <= 12:
            return title
    if title < 0:
        lines = [number for number in range(begin) if pieces[number].furniture not in ("image", "hidden")]
        for number in reversed(lines[-3:]):
            piece = pieces[number]
            if piece.furniture or piece.link >= 0.5 or len(piece.text) > 100 or furniture_of_line(piece.text):
                break
            begin = number
    return begin


def _is_table(piece: Piece) -> bool:
    return bool(piece.cells) and piece.link < 0.5 and any(cell for cell in piece.cells) and len(piece.shown) > 10


def prose_range(pieces: list[Piece]) -> tuple[int, int]:
    """Return the first and the last piece of running text, tables, headings within included.

    Where a page has none (a short guide), all but the lines next to its title counts as such.
    """
    prose = [
        number
        for number, piece in enumerate(pieces)
        if not piece.furniture and (is_prose(piece) or (piece.kind in (BlockKind.NOTE, BlockKind.CODE)))
    ]
    inside = [number for number, piece in enumerate(pieces) if piece.inside and not piece.furniture]
    if prose:
        return prose[0], prose[-1]
    return (inside[min(2, len(inside) - 1)], inside[-1]) if inside else (len(pieces), len(pieces))
