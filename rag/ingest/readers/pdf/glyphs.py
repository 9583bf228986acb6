"""Take the characters of a PDF page with their places, upright, whichever way the page is turned."""

import ctypes
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from rag.ingest.readers.characters import mend

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
    quarter: int  # which way it is written, counter-clockwise, in the page's own space; −1: aslant


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
    turns = Counter(f[7].quarter for f in found if not f[0].isspace())
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
    """Put each character in its place on the upright page; what is drawn twice at one place is taken once."""
    seen: dict[tuple[str, int], list[tuple[float, float]]] = {}
    spaced = False
    last: Glyph | None = None  # the one of the character before, to which the rest of a ligature is added
    box, quarter, width, height = glyphs.box, glyphs.quarter, glyphs.width, glyphs.height
    for i, (character, left, bottom, right, top, x, y, style) in enumerate(found):
        text = mend(character)
        if text in ("", " "):
            spaced = spaced or text == " "
            continue
        if last is not None and found[i - 1][1:] == found[i][1:] and not spaced:
            last.text += text
            continue
        last = None
        if quarter:
            ax, ay = upright(left, bottom, box, quarter)
            bx, by = upright(right, top, box, quarter)
            x0, x1, tall, base = min(ax, bx), max(ax, bx), abs(by - ay), upright(x, y, box, quarter)[1]
        else:
            x0, x1, tall, base = left - box[0], right - box[0], top - bottom, box[3] - y
        size = style.size or tall
        if not (-size <= x0 <= width + size and -size <= base <= height + 2 * size) or size <= 0.1:
            glyphs.outside += 1
            continue
        near = _SAME * size
        lines = {int((base - near) / size), int((base + near) / size)}
        if any(abs(p - x0) < near and abs(q - base) < near for k in lines for p, q in seen.get((text, k), ())):
            continue
        seen.setdefault((text, int(base / size)), []).append((x0, base))
        glyph = Glyph(text, x0, x1, base, size, style.bold, style.font, spaced, i in hints)
        (glyphs.upright if style.quarter == quarter else glyphs.turned).append(glyph)
        last = glyph
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
    return _Style(abs(size), bold, font, _quarter(math.degrees(math.atan2(matrix.b, matrix.a))))


def _quarter(angle: float) -> int:
    """Return 0, 90, 180 or 270; −1 for what stands aslant."""
    nearest = round(angle / 90) * 90
    return nearest % 360 if abs(angle - nearest) <= _SLANTED else -1
