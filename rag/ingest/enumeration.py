"""Labels that number the parts of a document: 第三章, 第十条, 一、, （二）, 3., 5.6.4, b), ①."""

import re
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Label", "LabelStyle", "read_label"]

_FIGURES = "零〇一二三四五六七八九十百千两廿卅"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


class LabelStyle(IntEnum):
    """Kinds of labels, the outermost first: of two that follow each other the lower one holds the higher one."""

    BOOK = 1  # 第一编
    PART = 2  # 第一分编, 第一部分
    CHAPTER = 3  # 第一章, 第1回, Chapter 1
    SECTION = 4  # 第一节
    ARTICLE = 5  # 第一条, 第十条之一, Article 5
    HAN = 6  # 一、
    HAN_BRACKETED = 7  # （一）
    DECIMAL = 8  # 1. 1、 1.
    DECIMAL_PATH = 9  # 1.2, 5.6.4
    DECIMAL_BRACKETED = 10  # （1） 1)
    CIRCLED = 11  # ①
    LETTER = 12  # a) (b) A.
    ORDINAL = 13  # 一是, 首先: inside of running text


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the beginning of a line."""

    style: LabelStyle
    text: str  # as it stands, with its brackets and marks
    number: int  # 0 where it is not known
    end: int  # where the text behind it and behind blanks begins

    @property
    def depth(self) -> int:
        """How many numbers a decimal path has: 5.6.4 has 3."""
        return self.text.strip().rstrip(".").count(".") + 1


_PATTERNS: tuple[tuple[LabelStyle, re.Pattern[str]], ...] = (
    (LabelStyle.BOOK, re.compile(rf"第\s*([{_FIGURES}\d]+)\s*编(?![制辑写码])")),
    (LabelStyle.PART, re.compile(rf"第\s*([{_FIGURES}\d]+)\s*(?:分编|部分)")),
    (LabelStyle.CHAPTER, re.compile(rf"第\s*([{_FIGURES}\d]+)\s*[章回](?![程])|Chapter\s+(\d+|[IVXLC]+)\b", re.I)),
    (LabelStyle.SECTION, re.compile(rf"第\s*([{_FIGURES}\d]+)\s*节(?![目日])|Section\s+(\d+|[IVXLC]+)\b", re.I)),
    (
        LabelStyle.ARTICLE,
        re.compile(rf"第\s*([{_FIGURES}\d]+)\s*条(?:之[{_FIGURES}]+)?(?![件款例约])|Article\s+(\d+)\b", re.I),
    ),
    (LabelStyle.HAN, re.compile(r"([一二三四五六七八九十百]{1,4})\s*(?:、|[．.](?!\d))")),
    (LabelStyle.HAN_BRACKETED, re.compile(r"[（(]\s*([一二三四五六七八九十百]{1,4})\s*[）)]")),
    # 10.92平方公里 is a number: a path of two needs a blank behind it
    (
        LabelStyle.DECIMAL_PATH,
        re.compile(r"(\d{1,3}(?:\.\d{1,3}){2,5}|\d{1,3}\.\d{1,3}(?=\.?[\s\u3000]))\.?(?![\d%％‰])"),
    ),
    (LabelStyle.DECIMAL, re.compile(r"(\d{1,3})\s*(?:、|．(?!\d)|\.(?=[\s\u3000\u3400-\u9fff“《A-Za-z]))")),
    (LabelStyle.DECIMAL_BRACKETED, re.compile(r"[（(]\s*(\d{1,3})\s*[）)]|(\d{1,3})\s*[）)]")),
    (LabelStyle.CIRCLED, re.compile(rf"([{_CIRCLED}])")),
    (LabelStyle.LETTER, re.compile(r"[（(]\s*([A-Za-z])\s*[）)]|([A-Za-z])\s*[）)]|([A-Z])\.(?=\s)")),
)


def read_label(text: str) -> Label | None:
    """Read the label that a line begins with; None where it begins with none.

    >>> read_label("第十条　国家机关").text, read_label("（二）罚款").number, read_label("2025年") is None
    ('第十条', 2, True)
    """
    start = len(text) - len(text.lstrip(" \u3000\t"))
    for style, pattern in _PATTERNS:
        match = pattern.match(text, start)
        if match:
            found = next(group for group in match.groups() if group)
            end = match.end()
            while end < len(text) and text[end] in " \u3000\t":
                end += 1
            return Label(style, match.group(), _number(found), end)
    return None


def _number(text: str) -> int:
    """Return the number that figures of any kind stand for; 0 where they are none."""
    if text[0] in _CIRCLED:
        return _CIRCLED.index(text[0]) + 1
    if text.replace(".", "").isdigit():
        return int(text.rsplit(".", 1)[-1])
    if len(text) == 1 and text.isascii() and text.isalpha():
        return ord(text.lower()) - ord("a") + 1
    return _han_number(text)


def _han_number(text: str) -> int:
    units = {"十": 10, "百": 100, "千": 1000, "廿": 20, "卅": 30}
    digits = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
    if not set(text) <= {*units, *digits}:
        return 0
    if not set(text) & set(units):
        return int("".join(str(digits[c]) for c in text))
    total, digit = 0, 0
    for c in text:
        if c in digits:
            digit = digits[c]
        elif c in "廿卅":
            total += units[c]
        else:
            total += (digit or 1) * units[c]
            digit = 0
    return total + digit
