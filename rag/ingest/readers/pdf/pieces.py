"""Join characters to pieces of lines: rows by baselines, blanks by gaps, cuts at wide gaps and drawn lines."""

from array import array
from bisect import bisect_left
from collections import Counter

from rag.ingest.readers.characters import is_wide
from rag.ingest.readers.pdf.glyphs import Glyph
from rag.ingest.readers.pdf.model import Mark, Piece, Rule

__all__ = ["make_pieces"]

_CUT = 0.9  # em: a wider gap may be the one between columns or cells
_WALL = 0.08  # em: a line drawn through a word does not cut it
_RAISED = 0.15  # em
_SMALL = 0.8  # of the size of its row
_Run = list[Glyph]


def make_pieces(glyphs: list[Glyph], rules: list[Rule]) -> list[Piece]:
    """Return the pieces of a page, in no particular order."""
    walls = sorted((r for r in rules if not r.horizontal), key=lambda r: r.at)
    places = [r.at for r in walls]

    def walled(a: Glyph, b: Glyph) -> bool:
        if b.x0 - a.x1 < _WALL * a.size:
            return False
        i = bisect_left(places, (a.x0 + a.x1) / 2)
        while i < len(places) and places[i] < (b.x0 + b.x1) / 2:
            if walls[i].start - 1 <= a.base - 0.3 * a.size <= walls[i].end + 1:
                return True
            i += 1
        return False

    pieces: list[Piece] = []
    for row in _rows(_runs(glyphs)):
        ordered = [g for run in sorted(row, key=lambda run: run[0].x0) for g in run]
        start = 0
        for i in range(1, len(ordered) + 1):
            if i < len(ordered):
                a, b = ordered[i - 1], ordered[i]
                if b.x0 - a.x1 <= _CUT * max(a.size, b.size) and not (places and walled(a, b)):
                    continue
            pieces.append(_piece(ordered[start:i]))
            start = i
    return pieces


def _runs(glyphs: list[Glyph]) -> list[_Run]:
    """Cut the order of drawing where the baseline, the size or the direction of writing breaks."""
    runs: list[_Run] = []
    last: Glyph | None = None
    for glyph in glyphs:
        if (
            last is not None
            and abs(glyph.base - last.base) < 0.1 * last.size
            and 0.8 < glyph.size / last.size < 1.25
            and -0.6 * last.size < glyph.x0 - last.x1 < _CUT * last.size
        ):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
        last = glyph
    return runs


def _rows(runs: list[_Run]) -> list[list[_Run]]:
    """Group runs whose heights overlap; small raised or lowered ones go to the row that they overlap most."""
    if not runs:
        return []
    sizes = sorted(g.size for run in runs for g in run)
    usual = sizes[len(sizes) // 2]
    large = [run for run in runs if run[0].size >= _SMALL * usual]
    small = [run for run in runs if run[0].size < _SMALL * usual]
    rows: list[tuple[float, float, list[_Run]]] = []
    for group in (large, small):
        fixed = sorted(rows, key=lambda r: r[0]) if group is small else []
        tops = [r[0] for r in fixed]
        new: list[tuple[float, float, list[_Run]]] = []
        for run in sorted(group, key=lambda run: (run[0].base, run[0].x0)):
            top, bottom = run[0].base - 0.8 * run[0].size, run[0].base + 0.2 * run[0].size
            at = bisect_left(tops, top)
            near = [r for r in fixed[max(0, at - 12) : at + 6] if _touches(run, r[2])]
            best = max([*near, *new[-8:]], key=lambda r: _overlap(r, top, bottom), default=None)
            if best is not None and _overlap(best, top, bottom) >= 0.5:
                best[2].append(run)
            else:
                new.append((top, bottom, [run]))
        rows += new
    return [r[2] for r in rows]


def _touches(run: _Run, row: list[_Run]) -> bool:
    """Say whether a small run stands beside a character of a row: an exponent, an index, the mark of a note."""
    reach = 2.5 * run[0].size
    return any(
        other[0].size > run[0].size and other[0].x0 - reach <= run[-1].x1 and run[0].x0 <= other[-1].x1 + reach
        for other in row
    )


def _overlap(row: tuple[float, float, list[_Run]], top: float, bottom: float) -> float:
    shared = min(row[1], bottom) - max(row[0], top)
    return shared / max(0.01, min(row[1] - row[0], bottom - top))


def _piece(glyphs: list[Glyph]) -> Piece:
    weight = Counter[float]()
    fonts = Counter[str]()
    for g in glyphs:
        weight[round(g.size, 1)] += 1
        fonts[g.font] += 1
    size = max(weight, key=lambda s: (weight[s], s))
    if size < 0.8 * max(weight) and len(glyphs) < 4:
        size = max(weight)
    main = [g for g in glyphs if g.size > _SMALL * size] or glyphs
    base = sorted(g.base for g in main)[len(main) // 2]
    text: list[str] = []
    edges = array("f")
    marks: list[Mark] = []
    at = 0
    before: Glyph | None = None
    for g in glyphs:
        if before is not None and _blank(before, g):
            text.append(" ")
            edges.append(before.x1)
            at += 1
        if g.size <= _SMALL * size and base - g.base > _RAISED * size:
            if marks and marks[-1][1] == at and (before is None or g.x0 - before.x1 < 0.3 * size):
                marks[-1] = (marks[-1][0], at + len(g.text))
            else:
                marks.append((at, at + len(g.text)))
        text.append(g.text)
        edges.extend([g.x0] * len(g.text))
        at += len(g.text)
        before = g
    edges.append(glyphs[-1].x1)
    # A line whose last word is not bold is no heading: its first words are a lead-in to running text.
    bold = 2 * sum(g.bold for g in main) > len(main) and (glyphs[-1].bold or len(main) < 4)
    left, right = min(g.x0 for g in glyphs), max(g.x1 for g in glyphs)
    return Piece("".join(text), left, right, base, size, bold, fonts.most_common(1)[0][0], tuple(marks), edges)


def _blank(a: Glyph, b: Glyph) -> bool:
    """Say whether a reader sees a blank between two characters of a piece."""
    gap = (b.x0 - a.x1) / max(a.size, b.size, 0.1)
    wide = is_wide(a.text[-1]) + is_wide(b.text[0])
    if wide == 2:
        return gap > (0.3 if b.spaced else 0.8)
    if wide == 1:
        return gap > (0.05 if b.spaced else 0.4)
    return gap > (-0.1 if b.spaced else 0.08 if b.hinted else 0.14)
