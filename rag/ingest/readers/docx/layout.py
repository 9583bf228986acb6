"""What the layout of a Word file says beyond its styles: titles of tables, the head of its contents, its title."""

import re
from collections import Counter
from collections.abc import Sequence

from rag.ingest.blocks import BlockKind, Fact
from rag.ingest.readers.docx.items import CONTENTS, Item
from rag.ingest.readers.tables import is_unit

__all__ = ["finish", "title_facts"]

_CONTENTS_HEAD = re.compile(r"目\s*[录錄次]|(?:table of )?contents", re.IGNORECASE)
# 表1 …, 附表 …, Table 2: …; not 表明, 表示, 表彰.
_TABLE_TITLE = re.compile(r"(?:附表|表\s*[\dA-Z一二三四五六七八九十]|续表|Table\s*[\dA-Z])", re.IGNORECASE)
_SENTENCE = re.compile(r"[。；;！？!?，]\s*$")
_LONGEST_CAPTION = 60
_SHORT = 20  # characters: a longer line is running text
_LETTERHEAD = re.compile(r"文件$|^〔|号$")
_TOP = 12  # items among which the title of the document stands
_LARGER = 4  # half points by which it is larger than the text
_LONGEST_TITLE = 80


def finish(items: list[Item]) -> list[Item]:
    """Mark captions, move headings below the title's level, and leave empty items out."""
    items = [item for item in items if item.text]
    titled = any(item.title for item in items)
    for k, item in enumerate(items):
        if titled and item.kind is BlockKind.HEADING and not item.title and not item.furniture:
            item.level += 1
        if item.furniture == CONTENTS and k and _CONTENTS_HEAD.fullmatch(items[k - 1].text):
            items[k - 1].furniture = CONTENTS
        first_of_table = item.in_table and not (k and items[k - 1].in_table)
        if first_of_table and (item.row or item.kind is BlockKind.CAPTION):
            _mark_captions(items, k)
    return items


def _mark_captions(items: Sequence[Item], first: int) -> None:
    """Make captions of the lines before a table that name it or its unit."""
    k = first - 1
    unit = False
    if k >= 0 and items[k].kind is BlockKind.TEXT and not items[k].furniture and is_unit(items[k].text):
        items[k].kind = BlockKind.CAPTION
        unit = True
        k -= 1
    if k < 0 or items[k].kind is not BlockKind.TEXT or items[k].furniture or items[k].in_table:
        return
    item = items[k]
    if len(item.text) > _LONGEST_CAPTION or _SENTENCE.search(item.text):
        return
    # A centred line names the table if running text stands before it; else it may be the title of the document.
    before = (one for one in items[:k] if not one.furniture and not one.in_table and not one.centred)
    text_before = any(len(one.text) > _SHORT for one in before)
    names_it = (unit or item.centred) and text_before and not item.text.endswith(("：", ":"))
    if _TABLE_TITLE.match(item.text) or names_it:
        item.kind = BlockKind.CAPTION


def title_facts(items: Sequence[Item]) -> tuple[Fact, ...]:
    """Return the title as the layout shows it: in the style Title, or the largest centred lines at the top."""
    styled = [item.text for item in items if item.title]
    if styled:
        return (Fact("title", styled[0], "Word style Title"),)
    top = [item for item in items if not item.furniture][:_TOP]
    sizes: Counter[int] = Counter()
    for item in items:
        if not item.in_table and not item.furniture and not item.centred:
            sizes[item.size] += len(item.text)
    usual = sizes.most_common(1)[0][0] if sizes else 0
    largest = max((item.size for item in top if _may_be_title(item)), default=0)
    if not usual or largest < usual + _LARGER:
        return ()
    first = next(k for k, item in enumerate(top) if item.size == largest and _may_be_title(item))
    lines: list[str] = []
    for item in top[first:]:
        if item.size != largest or not _may_be_title(item):
            break
        lines.append(item.text)
    title = lines[0]
    for line in lines[1:]:
        title += (" " if title[-1].isascii() and line[0].isascii() else "") + line
    return (Fact("title", title, "the largest centred lines at the top"),) if len(title) <= _LONGEST_TITLE else ()


def _may_be_title(item: Item) -> bool:
    return (
        item.centred
        and not item.red
        and not item.in_table
        and item.kind in (BlockKind.TEXT, BlockKind.HEADING)
        and not _LETTERHEAD.search(item.text)
    )
