"""Find the straight lines that are drawn on a PDF page: borders of tables, the rule above footnotes."""

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from rag.ingest.readers.pdf.glyphs import Glyphs, upright
from rag.ingest.readers.pdf.model import Rule

__all__ = ["join_rules", "read_rules"]

_THIN = 3.0  # points: a box no thicker is a line
_SHORT = 4.0  # points: what is shorter is a dot or part of a picture
_MOST = 20_000  # objects of a page that are looked at
_DEEPEST = 6  # forms within forms
_NEAR = 1.6  # points: lines nearer to each other than this are one line

_Matrix = tuple[float, float, float, float, float, float]
_Box = tuple[float, float, float, float]


def read_rules(page: Any, glyphs: Glyphs) -> tuple[list[Rule], float, int]:
    """Return the lines of a page, placed as its characters are, the share of its largest picture, and what is drawn."""
    import pypdfium2.raw as pdfium

    rules: list[Rule] = []
    picture, seen = 0.0, 0
    area = max(1.0, glyphs.width * glyphs.height)
    for seen, (kind, box) in enumerate(_objects(pdfium, page.raw, (1, 0, 0, 1, 0, 0), 0), 1):
        if seen > _MOST:
            break
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            picture = max(picture, (box[2] - box[0]) * (box[3] - box[1]) / area)
            continue
        a = upright(box[0], box[1], glyphs.box, glyphs.quarter)
        b = upright(box[2], box[3], glyphs.box, glyphs.quarter)
        rules += _sides(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
    inside = [r for r in rules if -2 <= r.at <= (glyphs.height if r.horizontal else glyphs.width) + 2]
    return join_rules(inside), picture, seen


def _sides(x0: float, y0: float, x1: float, y1: float) -> list[Rule]:
    """Return the line that a thin box is, or the four sides of a thick one."""
    if y1 - y0 <= _THIN:
        return [Rule(True, (y0 + y1) / 2, x0, x1)] if x1 - x0 >= _SHORT else []
    if x1 - x0 <= _THIN:
        return [Rule(False, (x0 + x1) / 2, y0, y1)] if y1 - y0 >= _SHORT else []
    return [Rule(True, y0, x0, x1), Rule(True, y1, x0, x1), Rule(False, x0, y0, y1), Rule(False, x1, y0, y1)]


def _objects(pdfium: Any, holder: Any, matrix: _Matrix, depth: int) -> Iterator[tuple[int, _Box]]:
    """Yield pictures, and the segments of drawn paths as boxes in the page's own space."""
    count = pdfium.FPDFPage_CountObjects(holder) if depth == 0 else pdfium.FPDFFormObj_CountObjects(holder)
    get = pdfium.FPDFPage_GetObject if depth == 0 else pdfium.FPDFFormObj_GetObject
    for i in range(min(count, _MOST)):
        item = get(holder, i)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            m = _times(_matrix(pdfium, item), matrix)
            xs, ys = (m[4], m[4] + m[0] + m[2]), (m[5], m[5] + m[1] + m[3])
            yield kind, (min(xs), min(ys), max(xs), max(ys))
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            for box in _path_boxes(pdfium, item, matrix):
                yield kind, box
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            yield from _objects(pdfium, item, _times(_matrix(pdfium, item), matrix), depth + 1)


def _path_boxes(pdfium: Any, item: Any, matrix: _Matrix) -> Iterator[_Box]:
    """Yield a whole filled box, or each straight side of a stroked path."""
    count = pdfium.FPDFPath_CountSegments(item)
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
    if count > 2000 or (fill.value == 0 and not stroke.value):
        return
    matrix = _times(_matrix(pdfium, item), matrix)
    points: list[tuple[float, float, int]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    first = (0.0, 0.0)
    for i in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(item, i)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = (
            matrix[0] * x.value + matrix[2] * y.value + matrix[4],
            matrix[1] * x.value + matrix[3] * y.value + matrix[5],
        )
        kind = pdfium.FPDFPathSegment_GetType(segment)
        first = here if kind == pdfium.FPDF_SEGMENT_MOVETO else first
        points.append((*here, kind))
        if pdfium.FPDFPathSegment_GetClose(segment) and here != first:
            points.append((*first, pdfium.FPDF_SEGMENT_LINETO))
    if fill.value and not stroke.value:
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        if points and min(max(xs) - min(xs), max(ys) - min(ys)) <= _THIN:
            yield min(xs), min(ys), max(xs), max(ys)
        return
    for (x0, y0, _), (x1, y1, kind) in pairwise(points):
        if kind == pdfium.FPDF_SEGMENT_LINETO and min(abs(x0 - x1), abs(y0 - y1)) <= 1:
            yield min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _matrix(pdfium: Any, item: Any) -> _Matrix:
    found = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, found)
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(m: _Matrix, n: _Matrix) -> _Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def join_rules(rules: list[Rule]) -> list[Rule]:
    """Join lines that lie on each other or touch end to end, as the borders of neighbouring cells do."""
    joined: list[Rule] = []
    for horizontal in (True, False):
        one_way = sorted((r for r in rules if r.horizontal is horizontal), key=lambda r: r.at)
        start = 0
        for end in range(1, len(one_way) + 1):
            if end < len(one_way) and one_way[end].at - one_way[end - 1].at <= _NEAR:
                continue
            joined += _chain(sorted(one_way[start:end], key=lambda r: r.start))
            start = end
    return joined


def _chain(rules: list[Rule]) -> list[Rule]:
    chained: list[Rule] = []
    for rule in rules:
        last = chained[-1] if chained else None
        if last is not None and rule.start <= last.end + 2 * _NEAR:
            chained[-1] = Rule(rule.horizontal, last.at, last.start, max(last.end, rule.end))
        else:
            chained.append(rule)
    return chained
