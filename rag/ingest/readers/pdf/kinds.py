"""Say what a line begins as: a numbered clause, an item of a list, a caption, an entry of a table of contents."""

import re
from dataclasses import dataclass

__all__ = ["Opening", "bullet_end", "is_caption", "is_contents_entry", "is_unit", "opening", "table_note"]

_CAPTION = re.compile(
    r"^(?:续\s*)?(?:附?表|附?图)\s*(?:[A-Z]?\s*[.．]?\s*\d+(?:[-—–.．]\d+)*|[一二三四五六七八九十]+)(?:[（(]续[）)])?(?=[\s:：.．、（(]|[^\d\s，,。；;、的中所给示和与至~～]|$)"
    r"|^(?:Table|TABLE|Figure|FIGURE|Fig\.|Exhibit|Chart|Box)\s*[A-Z]?[-.]?\d+(?:[-.]\d+)*\s*(?:[:.—–-]|\s[A-Z(]|$)"
)
_UNIT = re.compile(r"^[（(]?\s*(?:计量)?单位\s*[:：]?\s*\S{1,20}(?:\s*[、,，]\s*\S{1,12})*\s*[）)]?$")
_ENTRY = re.compile(r"(?:[.．·․‥…⋯_\-]\s*){5,}(?:\d{1,4}|[IVXLivxl]{1,6})?\s*$|(?:…\s*){2,}\d{1,4}\s*$")
_BULLET = re.compile(r"^\s*[•●■◆○◇▪▫‣◦□►▶✓✔➢➤★☆※·\uf0b7\uf06c\uf0d8\uf0a7\uf076\uf0fc\uf075\uf06e\uf0e0\uf0a8]\s*")
_DASH = re.compile(r"^\s*(?:——|—|–|-)\s*(?=\S)")
_TABLE_NOTE = re.compile(
    r"^(?:注\s*\d{0,2}\s*[:：]|备注\s*[:：]|资料来源\s*[:：]|数据来源\s*[:：]|Notes?\s*\d{0,2}\s*[:.]|Sources?\s*:)"
)

_HAN_NUMBER = "[一二三四五六七八九十百零〇]+"
# Name, pattern, how deep a heading of it is; 0: never a heading by itself.
_OPENINGS = (
    ("part", re.compile(r"^第\s*[一二三四五六七八九十百零〇\d]+\s*[编篇部分]{1,2}(?=\s|$|[^\w])"), 1),
    ("chapter", re.compile(r"^第\s*[一二三四五六七八九十百零〇\d]+\s*章"), 1),
    ("section", re.compile(r"^第\s*[一二三四五六七八九十百零〇\d]+\s*节"), 2),
    ("article", re.compile(r"^第\s*[一二三四五六七八九十百零〇\d]+\s*条(?:之[一二三四五六七八九十]+)?(?=[\s\u3000【（(]|[^的第、和及至或款规所])"), 0),
    ("annex", re.compile(r"^(?:附\s*录|附\s*件|附\s*表)\s*[A-Z\d一二三四五六七八九十]*(?=\s|[:：（(]|$)"), 1),
    ("han", re.compile(rf"^{_HAN_NUMBER}\s*、"), 1),
    ("han in brackets", re.compile(rf"^[（(]\s*{_HAN_NUMBER}\s*[）)]"), 2),
    ("clause", re.compile(r"^(?:[A-Z][.．])?\d{1,3}(?:[.．]\d{1,3})+[.．]?(?=\s|[^\d.．%,，~～\-–a-z倍个万亿元年月日])"), 0),
    ("clause", re.compile(r"^[A-Z][.．]\d{1,3}(?:[.．]\d{1,3})*(?=\s)"), 0),
    ("number in brackets", re.compile(r"^[（(]\s*\d{1,3}\s*[）)]"), 0),
    ("number and bracket", re.compile(r"^\d{1,3}\s*[）)]"), 0),
    ("letter", re.compile(r"^(?:[（(][a-zA-Z][）)]|[a-z][）)]|[a-hA-H][.．](?=\s))"), 0),
    ("roman", re.compile(r"^[（(](?:ix|iv|v?i{1,3}|x)[）)]"), 0),
    ("circled", re.compile(r"^[①-⑳]"), 0),
    ("number", re.compile(r"^\d{1,3}(?:\s*[、．](?!\d)|\s?\.(?=\s|[\u4e00-\u9fff“《（]|[A-Z](?!\+|-)))\s*"), 0),
    ("bare number", re.compile(r"^\d{1,2}(?=\s+[^\W\d_]{2}|[\u4e00-\u9fff])(?!(?:年|月|日|个|名|人|万|亿|元|小时|天|项|条|家|种|次|倍|分|岁|周|℃))(?!\s*(?:mg|kg|km|mm|cm|dB|Hz|MHz|kHz|GHz|kV|min)\b)"), 0),
)  # fmt: skip
_ITEMS = frozenset({"number in brackets", "number and bracket", "letter", "roman", "circled", "number"})


@dataclass(frozen=True, slots=True)
class Opening:
    """How a paragraph begins."""

    name: str
    label: str
    end: int  # of the label
    depth: int  # as a heading; 0: none by itself

    @property
    def item(self) -> bool:
        """Say whether this is how an item of a list begins."""
        return self.name in _ITEMS


def opening(text: str) -> Opening | None:
    """Return the number that a paragraph begins with."""
    for name, pattern, depth in _OPENINGS:
        match = pattern.match(text)
        if match:
            label = match[0].strip()
            if name == "clause":
                depth = len(re.findall(r"[.．]", label.rstrip(".．"))) + 1
            return Opening(name, label.rstrip("、.．") if name != "letter" else label, match.end(), depth)
    return None


def bullet_end(text: str) -> int:
    """Return where the text behind a bullet begins; 0 if there is none. A dash is part of the text."""
    match = _BULLET.match(text)
    return match.end() if match and match.end() < len(text) else 0


def begins_with_dash(text: str) -> bool:
    """Say whether a paragraph begins with a dash, as items of Chinese standards do."""
    return bool(_DASH.match(text))


def is_caption(text: str) -> bool:
    """Say whether this names a table or a figure: 表 1 …, 图 2-1 …, Table 3: …."""
    if _CAPTION.match(text) is None:
        return False
    if re.match(r"[A-Z][a-zA-Z]+\.?\s*[A-Z]?\d+[-.\d]*\s*[:.]", text):
        return len(text) <= 600
    return len(text) <= 120 and not re.search(r"[。；;]\s*$", text)


def is_unit(text: str) -> bool:
    """Say whether this is the line with a table's unit."""
    return bool(_UNIT.match(text))


def is_contents_entry(text: str) -> bool:
    """Say whether this is a line of a table of contents: a title, dots, a page number."""
    return bool(_ENTRY.search(text))


def table_note(text: str) -> bool:
    """Say whether this is a note under a table, or says where its figures come from."""
    return bool(_TABLE_NOTE.match(text))
