"""The structure of a document: its sections, clauses, lists, tables and notes, and what each block belongs to.

Blocks come from a reader, with what the format knows; what it does not know is read off labels (第一章, 一、, （二）),
lead-ins (…：) and the shape of lines. What is uncertain is text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.ingest.blocks import Block, BlockKind
from rag.ingest.enumeration import Label, LabelStyle, read_label
from rag.text.width import width_in_print

__all__ = ["Belonging", "structure"]

_SENTENCE_END = re.compile(r"[。！？!?；;…][”’」』）)】\"']*$")
_LEAD_IN = re.compile(r"[：:][”’」』）)】]*$")
_FIRST_SENTENCE = re.compile(r"^.{2,40}?[。：:]")
_LONGEST_HEADING = 40.0  # Han widths
_LONGEST_ITEM = 120.0
_ITEM_STYLES = (LabelStyle.DECIMAL, LabelStyle.DECIMAL_BRACKETED, LabelStyle.CIRCLED, LabelStyle.LETTER)
_NOTE_LINE = re.compile(r"^(?:[\[［【(（〔](\d{1,3})[\]］】)）〕]|([①-⑳])|(注)\s*(\d*)\s*[:：.、])\s*(?=\S)")
_FIRST_ATTACHMENT = re.compile(r"附\s*件\s*[：:]\s*1\s*[.．、]")
_DOTS = re.compile(r"(?:[.．…·•]\s*){3,}\s*\d*$|\t\s*\d+$")


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a block is in its document, and what it belongs to. Blocks are named by their numbers; -1: none."""

    kind: BlockKind
    section: tuple[str, ...] = ()  # headings, the outermost first
    clause: str = ""  # 第十条, 5.6.4
    lead_in: int = -1  # of a list item: the block that announces the list
    header: int = -1  # of a table row: the row that names the columns
    caption: int = -1  # of a table row
    note: str = ""  # of a note: its label
    furniture: str = ""


@dataclass(slots=True)
class _Open:
    """What holds for the block that is read next."""

    path: list[tuple[int, str]] = field(default_factory=list)  # rank, heading
    clause: str = ""
    leads: list[tuple[int, int]] = field(default_factory=list)  # rank of the items, block that announces them
    last_text: int = -1
    captions: list[int] = field(default_factory=list)


def structure(blocks: Sequence[Block]) -> list[Belonging]:
    """Say of every block what it is and what it belongs to."""
    labels = [None if _is_settled(b) else read_label(b.text) for b in blocks]
    contents = _table_of_contents(blocks, labels)
    notes = _notes(blocks)
    announced = _announced_lines(blocks, labels) | _attachments(blocks, labels)
    headings = _headings(blocks, labels, contents | set(notes) | set(announced))
    open_ = _Open()
    found: list[Belonging] = []
    tables: dict[int, tuple[int, int]] = {}
    for n, block in enumerate(blocks):
        if n in contents:
            found.append(Belonging(BlockKind.FURNITURE, furniture="table of contents"))
        elif block.kind in (BlockKind.FURNITURE, BlockKind.METADATA):
            found.append(Belonging(block.kind, furniture=block.furniture))
        elif n in notes:
            found.append(Belonging(BlockKind.NOTE, _path(open_), note=notes[n]))
        elif n in headings and not _is_next_item(open_, block, labels[n]):
            _enter(open_, headings[n], block.text)
            found.append(Belonging(BlockKind.HEADING, _path(open_)[:-1]))
        elif block.kind is BlockKind.TABLE_ROW:
            found.append(_row(block, n, open_, tables))
        elif n in announced:
            found.append(Belonging(BlockKind.LIST_ITEM, _path(open_), open_.clause, lead_in=announced[n]))
        else:
            found.append(_text(block, n, labels[n], open_, blocks))
    return found


def _is_settled(block: Block) -> bool:
    return block.kind in (BlockKind.FURNITURE, BlockKind.METADATA, BlockKind.TABLE_ROW, BlockKind.CODE)


def _path(open_: _Open) -> tuple[str, ...]:
    return tuple(text for _, text in open_.path)


def _enter(open_: _Open, rank: int, heading: str) -> None:
    """Begin a section: those of its rank and below end."""
    while open_.path and open_.path[-1][0] >= rank:
        open_.path.pop()
    open_.path.append((rank, " ".join(heading.split())))
    open_.clause, open_.last_text = "", -1
    open_.leads.clear()
    open_.captions.clear()


def _headings(blocks: Sequence[Block], labels: Sequence[Label | None], others: set[int]) -> dict[int, int]:
    """Find headings, by number, with their ranks: low ranks hold high ones.

    A heading of the format has its level as rank; one known by its label stands below all of those.
    """
    found: dict[int, int] = {}
    for n, block in enumerate(blocks):
        if n in others:
            continue
        if block.kind is BlockKind.HEADING:
            label = labels[n]
            found[n] = 10 * block.level if label is None else min(10 * block.level, 100 + label.style)
        elif block.kind is BlockKind.TEXT and not block.prose:
            label = labels[n]
            if label and _is_heading_by_label(blocks, labels, n, label):
                found[n] = 100 + label.style
    return found


def _is_heading_by_label(blocks: Sequence[Block], labels: Sequence[Label | None], n: int, label: Label) -> bool:
    text = blocks[n].text.strip()
    rest = text[label.end :].strip()
    if (
        not rest
        or width_in_print(text) > _LONGEST_HEADING
        or (_SENTENCE_END.search(text) and not re.fullmatch(r"[^。]{1,20}。", rest))
    ):
        return False
    if label.style == LabelStyle.ARTICLE or label.style >= LabelStyle.CIRCLED:
        return False
    if label.style < LabelStyle.ARTICLE:
        return True
    before = next((m for m in range(n - 1, -1, -1) if blocks[m].kind is not BlockKind.FURNITURE), -1)
    if before >= 0 and _announces(blocks[before]) and label.number == 1 and label.style is not LabelStyle.HAN:
        return False  # the first item of a list
    after = next((m for m in range(n + 1, len(blocks)) if blocks[m].kind is not BlockKind.FURNITURE), -1)
    follows = labels[after] if after >= 0 else None
    return after >= 0 and not (follows is not None and follows.style == label.style) and not _LEAD_IN.search(text)


def _announces(block: Block) -> bool:
    return bool(_LEAD_IN.search(block.text.strip())) and block.kind in (BlockKind.TEXT, BlockKind.LIST_ITEM)


def _table_of_contents(blocks: Sequence[Block], labels: Sequence[Label | None]) -> set[int]:
    """Find the lines of a table of contents: with leaders and page numbers, or behind 目录 and said again below."""
    dotted = {
        n for n, b in enumerate(blocks) if b.kind in (BlockKind.TEXT, BlockKind.LIST_ITEM) and _DOTS.search(b.text)
    }
    found = dotted if len(dotted) >= 2 else set()
    for n, block in enumerate(blocks):
        if re.sub(r"\s", "", block.text) not in ("目录", "目次", "Contents", "Tableofcontents"):
            continue
        entries = []
        for m in range(n + 1, len(blocks)):
            text = _bare(blocks[m].text)
            again = any(_bare(other.text) == text for other in blocks[m + 1 :])
            if blocks[m].kind in (BlockKind.HEADING, BlockKind.TABLE_ROW) or not (again or m in dotted):
                break
            entries.append(m)
        if entries or any(m in found for m in range(n + 1, min(n + 4, len(blocks)))):
            found |= {n, *entries}
    return found


def _bare(text: str) -> str:
    return re.sub(r"[\s.．…·•]+|\d+$", "", text)


def _notes(blocks: Sequence[Block]) -> dict[int, str]:
    """Find notes with their labels: those of the format, and lines that begin with a mark of a text before."""
    found = {}
    text = ""
    for n, block in enumerate(blocks):
        match = _NOTE_LINE.match(block.text.strip())
        mark = match.group().strip() if match else ""
        if block.kind is BlockKind.NOTE:
            found[n] = (
                next((g for g in match.groups() if g), block.label)
                if match and mark[0] in "[［①②③④⑤⑥⑦⑧⑨⑩"
                else block.label
            )
        elif match and block.kind is BlockKind.TEXT and (match[3] or (mark and mark in text and mark[0] not in "（(")):
            found[n] = match[1] or match[2] or match[4] or "注"
        elif block.kind not in (BlockKind.FURNITURE, BlockKind.METADATA):
            text += block.text
    return found


def _row(block: Block, n: int, open_: _Open, tables: dict[int, tuple[int, int]]) -> Belonging:
    """Bind a row to the header of its table, and to the caption above the table."""
    assert block.row is not None
    number = block.row.table
    if number not in tables:
        caption = open_.captions[-1] if open_.captions else -1
        tables[number] = (-1, caption)
    header, caption = tables[number]
    if block.row.header:
        tables[number] = (n, caption)
        return Belonging(BlockKind.TABLE_ROW, _path(open_), open_.clause, caption=caption)
    return Belonging(BlockKind.TABLE_ROW, _path(open_), open_.clause, header=header, caption=caption)


def _text(block: Block, n: int, label: Label | None, open_: _Open, blocks: Sequence[Block]) -> Belonging:
    """Place running text: a clause of its own, an item of a list, or a paragraph that goes on with both."""
    if block.kind is BlockKind.CAPTION:
        open_.captions.append(n)
        return Belonging(BlockKind.CAPTION, _path(open_), open_.clause)
    rank = _item_rank(block, label)
    while open_.leads and (rank is None or open_.leads[-1][0] > rank):
        open_.leads.pop()
    belongs = Belonging(block.kind, _path(open_), open_.clause)
    if label and label.style in (LabelStyle.ARTICLE, LabelStyle.DECIMAL_PATH):
        open_.clause = label.text.rstrip(". ")
        open_.leads.clear()
        belongs = replace(belongs, clause=open_.clause)
    elif rank is not None:
        if not open_.leads or open_.leads[-1][0] != rank:
            before = open_.last_text
            announced = before >= 0 and _LEAD_IN.search(blocks[before].text.strip())
            if announced or _begins_a_list(blocks, n, label):
                open_.leads.append((rank, before))
        if open_.leads and open_.leads[-1][0] == rank:
            belongs = replace(belongs, kind=BlockKind.LIST_ITEM, lead_in=open_.leads[-1][1])
        elif label and label.style in (LabelStyle.HAN, LabelStyle.HAN_BRACKETED) and belongs.kind is BlockKind.TEXT:
            first = _FIRST_SENTENCE.match(block.text.strip())
            if first:  # （一）加强领导。各地…: a heading with its text behind it
                _enter(open_, 100 + label.style, first.group().rstrip("。：:"))
                belongs = replace(belongs, section=_path(open_), clause="")
    open_.last_text = n
    return belongs


def _attachments(blocks: Sequence[Block], labels: Sequence[Label | None]) -> dict[int, int]:
    """Find the lines that go on with 附件：1.… 2.…, with the line where that begins."""
    found: dict[int, int] = {}
    for n, block in enumerate(blocks):
        if block.kind is BlockKind.TEXT and _FIRST_ATTACHMENT.match(block.text.strip()):
            number = 2
            for m in range(n + 1, len(blocks)):
                label = labels[m]
                if blocks[m].kind is BlockKind.FURNITURE:
                    continue
                if label is None or (label.style, label.number) != (LabelStyle.DECIMAL, number):
                    break
                found[m] = n
                number += 1
    return found


def _announced_lines(blocks: Sequence[Block], labels: Sequence[Label | None]) -> dict[int, int]:
    """Find unlabelled items with the line that announces them: behind …： those that end in ；, up to one in 。."""
    rows = [n for n, b in enumerate(blocks) if b.kind is not BlockKind.FURNITURE]
    found: dict[int, int] = {}
    for place, lead in enumerate(rows):
        if not (blocks[lead].kind is BlockKind.TEXT and _LEAD_IN.search(blocks[lead].text.strip())):
            continue
        items: list[int] = []
        for n in rows[place + 1 :]:
            if blocks[n].kind is not BlockKind.TEXT or labels[n] is not None:
                break
            items.append(n)
            if not blocks[n].text.rstrip().endswith(("；", ";")):
                break
        if len(items) >= 3 and _SENTENCE_END.search(blocks[items[-1]].text.strip()):
            found |= dict.fromkeys(items, lead)
    return found


def _begins_a_list(blocks: Sequence[Block], n: int, label: Label | None) -> bool:
    """Say whether a first item is followed by a second: 1. …； 2. …, as they stand below 所需材料 without a colon."""
    if (
        label is None
        or label.number != 1
        or label.style not in _ITEM_STYLES
        or width_in_print(blocks[n].text) > _LONGEST_ITEM
    ):
        return False
    following = next((b for b in blocks[n + 1 :] if b.kind is not BlockKind.FURNITURE), None)
    second = read_label(following.text) if following and not _is_settled(following) else None
    return second is not None and (second.style, second.number) == (label.style, 2)


def _is_next_item(open_: _Open, block: Block, label: Label | None) -> bool:
    """Say whether what looks like a heading is the next item of the list that is being read."""
    rank = None if block.kind is BlockKind.HEADING else _item_rank(block, label)
    return rank is not None and rank in [r for r, _ in open_.leads]


def _item_rank(block: Block, label: Label | None) -> int | None:
    """Return how deep an item stands: deeper is higher; None for what is no item."""
    if label and label.style > LabelStyle.ARTICLE:
        return int(label.style)
    return 20 + block.level if block.kind is BlockKind.LIST_ITEM else None
