"""Take the characters of a PDF page with their places, upright, whichever way the page is turned."""

import ctypes
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from rag.ingest.readers_new.characters import mend

__all__ = ["Glyph", "Glyphs", "read_glyphs", "upright"]

_MOST = 200_000  # characters of a page that are looked at; a full newspaper page has 15,000
_BOLD = ("bold", "black", "heavy", "semibold", "demi", "hei", "htk", "xbs", "xbsong", "biaosong", "dabiaosong")
_SAME = 0.12  # em: the same character drawn again nearer than this is the same character
_SLANTED = 6.0  # degrees off a right angle


@dataclass(slots=True)
class Glyph:
    """A character, or several of a ligature; places in points from the top left of the upright page."""

    text: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool
    font: str
    spaced: bool  # a blank is drawn before it
    hinted: bool = False  # pdfium thinks that a blank stands before it


@dataclass(slots=True)
class Glyphs:
    """The characters of a page: upright ones in the order of drawing, and those that stand across or aslant."""

    upright: list[Glyph]
    turned: list[Glyph]
    width: float
    height: float
    quarter: int  # by how many degrees the page has to be turned
    box: tuple[float, float, float, float]  # left, bottom, right, top in the page's own space
    outside: int = 0  # characters outside the page, which nobody sees
    cut: bool = False  # there are more characters than are looked at


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    bold: bool
    font: str
    angle: float  # degrees, counter-clockwise, in the page's own space


_Found = tuple[str, float, float, float, float, float, float, _Style]


def upright(x: float, y: float, box: tuple[float, float, float, float], quarter: int) -> tuple[float, float]:
    """Turn a point of the page's own space (from the bottom left) into one of the upright page (from the top left)."""
    left, bottom, right, top = box
    if quarter == 90:
        return y - bottom, x - left
    if quarter == 180:
        return right - x, y - bottom
    if quarter == 270:
        return top - y, right - x
    return x - left, top - y


def read_glyphs(page: Any) -> Glyphs:
    """Read the characters of a pypdfium2 page; those that pdfium only infers (blanks, line ends) are left out."""
    import pypdfium2.raw as pdfium

    box = _visible(page)
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        rect, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        styles: dict[Any, _Style] = {}
        hints: set[int] = set()  # before which characters
        found: list[_Found] = []
        for i in range(min(count, _MOST)):
            code = pdfium.FPDFText_GetUnicode(text_page, i)
            if code in (0, 10, 13) or code > 0x10FFFF:
                continue
            if code == 32 and pdfium.FPDFText_IsGenerated(text_page, i) == 1:
                hints.add(len(found))
                continue
            pdfium.FPDFText_GetLooseCharBox(text_page, i, rect)
            pdfium.FPDFText_GetCharOrigin(text_page, i, x, y)
            drawn = pdfium.FPDFText_GetTextObject(text_page, i)
            key = ctypes.cast(drawn, ctypes.c_void_p).value
            style = styles.get(key)
            if style is None:
                style = styles[key] = _style(pdfium, text_page, i, drawn)
            found.append((chr(code), rect.left, rect.bottom, rect.right, rect.top, x.value, y.value, style))
    finally:
        text_page.close()
    turns = Counter(_quarter(f[7].angle) for f in found if not f[0].isspace())
    quarter = max(turns, key=lambda q: (turns[q], -q), default=0)
    if quarter < 0:
        quarter = 0
    across = quarter in (90, 270)
    width, height = box[2] - box[0], box[3] - box[1]
    if across:
        width, height = height, width
    glyphs = Glyphs([], [], width, height, quarter, box, cut=count > _MOST)
    _place(glyphs, found, hints)
    return glyphs


def _visible(page: Any) -> tuple[float, float, float, float]:
    """Return the part of a page that is shown, in its own space, before it is turned."""
    media = page.get_mediabox()
    crop = page.get_cropbox()
    left, bottom, right, top = (
        max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]),
    )  # fmt: skip
    return (left, bottom, right, top) if right - left > 1 and top - bottom > 1 else tuple(media)


def _place(glyphs: Glyphs, found: list[_Found], hints: set[int]) -> None:
    seen: dict[tuple[str, int, int], tuple[float, float]] = {}
    spaced = False
    for i, (character, left, bottom, right, top, x, y, style) in enumerate(found):
        text = mend(character)
        if text in ("", " "):
            spaced = spaced or text == " "
            continue
        quarter = _quarter(style.angle)
        turned = quarter != glyphs.quarter
        x0, y0 = upright(left, bottom, glyphs.box, glyphs.quarter)
        x1, y1 = upright(right, top, glyphs.box, glyphs.quarter)
        base = upright(x, y, glyphs.box, glyphs.quarter)[1]
        x0, x1, size = min(x0, x1), max(x0, x1), style.size or abs(y1 - y0)
        if not (-size <= x0 <= glyphs.width + size and -size <= base <= glyphs.height + 2 * size) or size <= 0.1:
            glyphs.outside += 1
            continue
        cell = max(_SAME * size, 0.01)
        column, line = int(x0 / cell), int(base / cell)
        around = [seen.get((text, column + i, line + j)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        if any(p is not None and abs(p[0] - x0) < cell and abs(p[1] - base) < cell for p in around):
            continue
        seen[text, column, line] = (x0, base)
        glyph = Glyph(text, x0, x1, base, size, style.bold, style.font, spaced, i in hints)
        (glyphs.turned if turned else glyphs.upright).append(glyph)
        spaced = False


def _style(pdfium: Any, text_page: Any, index: int, drawn: Any) -> _Style:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text_page, index, name, 128, flags)
    font = name.value.decode("latin-1").split("+")[-1]
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text_page, index, matrix)
    size = pdfium.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
    bold = (
        any(word in font.lower() for word in _BOLD)
        or pdfium.FPDFText_GetFontWeight(text_page, index) >= 600
        or bool(flags.value & 0x40000)  # ForceBold
        or pdfium.FPDFTextObj_GetTextRenderMode(drawn) == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE
    )
    return _Style(abs(size), bold, font, math.degrees(math.atan2(matrix.b, matrix.a)))


def _quarter(angle: float) -> int:
    """Return 0, 90, 180 or 270; −1 for what stands aslant."""
    nearest = round(angle / 90) * 90
    return nearest % 360 if abs(angle - nearest) <= _SLANTED else -1
