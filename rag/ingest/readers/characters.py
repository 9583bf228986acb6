"""Map what a font draws to the characters that are meant: ligatures, Chinese radicals, compatibility forms.

This is the one change of characters that extraction needs. Fonts of Chinese PDFs often name the glyph of 一 as the
radical ⼀ (U+2F00) or that of 年 as U+F98E, and Latin ones that of "fi" as U+FB01; a reader sees 一, 年 and "fi", and
nobody would find the others. No other character is changed: no full-width digit, no case, no NFKC of the rest.
"""

import unicodedata
from functools import cache

__all__ = ["clean", "is_wide", "mend"]

# CJK Radicals Supplement (U+2E80–2EF3) that look like a whole character; the standard itself maps only two of them.
_RADICALS = dict(
    zip(
        "⺁⺇⺝⺟⺠⺩⺬⺮⻁⻄⻅⻆⻉⻊⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂几月母民王示竹虎西见角贝足车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)
_BLANKS = frozenset(
    "\t\n\r\x0b\x0c\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000 "
)
_NOTHING = frozenset("\u200b\u200c\u200d\u2060\ufeff\ufffe\uffff\u200e\u200f\u202a\u202b\u202c\u202d\u202e")
_LINE_END_HYPHEN = "\x02"  # what pdfium makes of a hyphen at the end of a line


@cache
def mend(character: str) -> str:
    """Return what a glyph's character stands for: "" for nothing, " " for any blank, "fi" for a ligature."""
    if character in _BLANKS:
        return " "
    if character in _NOTHING or "\ud800" <= character <= "\udfff":
        return ""
    if character == _LINE_END_HYPHEN:
        return "-"
    if unicodedata.category(character) == "Cc":
        return ""
    if character in _RADICALS:
        return _RADICALS[character]
    if "\u2e80" <= character <= "\u2fdf" or "\uf900" <= character <= "\ufb06":
        return unicodedata.normalize("NFKC", character)
    return character


def clean(text: str) -> str:
    """Mend each character of a text and collapse its blanks."""
    return " ".join("".join(map(mend, text)).split())


@cache
def is_wide(character: str) -> bool:
    """Say whether a character belongs to Chinese script, between whose characters no blank stands."""
    return character >= "\u2e80" and unicodedata.east_asian_width(character) in "WF"
