"""Tell headings from text, by their type, their numbers and the document's own outline, and how deep they are."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.ingest.readers.pdf.kinds import is_caption, is_contents_entry, is_unit, opening
from rag.ingest.readers.pdf.model import Line
from rag.ingest.readers.pdf.paragraphs import Paragraph
from rag.ingest.shapes import ends_with_mark
from rag.text.width import width

__all__ = ["BodyType", "body_type", "heading_levels"]

_LONGEST = 60.0  # Han widths
_LARGER = 1.08
_TITLE = 1.15
_DEEPEST = 6
_WORDS = re.compile(r"[\u3400-\u9fff]\s*[\u3400-\u9fff]|[^\W\d_]{3}")
_DATE = re.compile(
    r"(?:19|20)\d\d\s*[-－年./]\s*\d{1,2}|^[二一][〇○零\d一二三四五六七八九]{3}年|^(?:发\s*布|实\s*施|发布稿|代替)$"
)


@dataclass(frozen=True, slots=True)
class BodyType:
    """The type in which most of a document is set."""

    size: float
    bold: bool
    font: str


def body_type(lines: Iterable[Line]) -> BodyType:
    """Return the commonest type, by characters."""
    sizes: Counter[float] = Counter()
    bolds: Counter[bool] = Counter()
    fonts: Counter[str] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
        bolds[line.bold] += len(line.text)
        fonts[line.font] += len(line.text)
    if not sizes:
        return BodyType(10.0, False, "")
    return BodyType(max(sizes, key=lambda s: (sizes[s], s)), bolds[True] > bolds[False], fonts.most_common(1)[0][0])


def heading_levels(found: Sequence[Paragraph], body: BodyType, outline: Mapping[str, int]) -> dict[int, int]:
    """Return the level of each paragraph that is a heading, by its index."""
    headings = {i: p for i, p in enumerate(found) if _is_heading(i, found, body, outline)}
    _drop_cover_lines(headings, outline, {p.first.page for p in found if len(p.lines) > 2 and len(p.text) > 80})
    unnumbered = [p for p in headings.values() if _depth(p, outline) == 0]
    sizes: list[float] = []
    for p in sorted(unnumbered, key=lambda p: -p.first.size):
        if not sizes or sizes[-1] - p.first.size > 0.04 * sizes[-1]:
            sizes.append(p.first.size)
    larger = [s for s in sizes if s > _LARGER * body.size]
    numbered = [p for p in headings.values() if _depth(p, outline)]
    top = max((p.first.size for p in numbered), default=0.0)
    above = sum(s > 1.04 * top for s in larger[:2])
    levels: dict[int, int] = {}
    current = 0  # level of the last heading that has a number or is larger than the text
    for i, p in headings.items():
        depth = _depth(p, outline)
        if depth:
            levels[i] = current = min(_DEEPEST, above + depth)
        elif p.first.size > _LARGER * body.size:
            rank = next(k for k, s in enumerate(larger) if s - p.first.size <= 0.04 * s)
            levels[i] = min(_DEEPEST, rank + 1)
            current = levels[i]
        else:
            levels[i] = min(_DEEPEST, current + 1)
    return levels


def _drop_cover_lines(headings: dict[int, Paragraph], outline: Mapping[str, int], full: set[int]) -> None:
    """Of three and more lines below each other that have no number, as on a cover, keep the largest ones."""
    run: list[int] = []
    for i in [*headings, -9]:
        p = headings.get(i)
        plain = p is not None and opening(p.text) is None and outline_key(p.text) not in outline
        plain = plain and p is not None and p.first.page not in full
        if plain and (not run or i - run[-1] <= 2):
            run.append(i)
            continue
        if len(run) > 2:
            largest = max(headings[k].first.size for k in run)
            for k in run:
                if headings[k].first.size < 0.97 * largest:
                    del headings[k]
        run = [i] if plain else []


def outline_key(text: str) -> str:
    """Return a heading's text as it is compared with the outline: without blanks."""
    return re.sub(r"\s+", "", text)


def _depth(p: Paragraph, outline: Mapping[str, int]) -> int:
    listed = outline.get(outline_key(p.text), 0)
    if listed:
        return listed
    number = opening(p.text)
    if number is None:
        return 0
    return number.depth or (1 if number.name in ("bare number", "number") else 3 if number.item else 0)


def _is_heading(i: int, found: Sequence[Paragraph], body: BodyType, outline: Mapping[str, int]) -> bool:
    p = found[i]
    text = p.text.strip()
    if outline_key(text) in outline and width(text) <= 2 * _LONGEST:
        return True
    if not _could_be(p, text):
        return False
    line = p.first
    number = opening(text)
    larger = line.size > _LARGER * body.size
    distinct = (line.bold and not body.bold) or larger
    if number is not None:
        rest = text[number.end :].strip()
        if number.name == "article":
            return False
        if not rest:
            return (
                number.name in ("part", "chapter", "section", "annex")
                or (number.name == "clause" and i + 1 < len(found) and width(found[i + 1].text) < 30 and not larger)
                or (larger and number.depth > 0)
            )
        if distinct and number.name not in ("circled", "letter"):
            return True
        if line.size < 0.95 * body.size:
            return False
        if number.name in ("part", "chapter", "section", "annex"):
            return True
        if number.name == "bare number":
            return other_type(line, body) and width(rest) <= 24
        in_list = _in_list(i, number.name, found)
        if number.name == "number" and not in_list and other_type(line, body) and not larger:
            return width(rest) <= 30 and not re.search(r"[，,；;:：]", rest)
        if number.depth and not in_list:
            return width(text) <= 45 and (not re.search(r"[，,；;]", rest) or other_type(line, body))
        return other_type(line, body) and not number.item and not in_list
    if (
        is_caption(text)
        or is_unit(text)
        or not _WORDS.search(text)
        or _DATE.search(text)
        or re.search(r"[=∑∫≤≥⎛⎝⎜√]", text)
    ):
        return False
    if larger and line.size >= _TITLE * body.size:
        return bool(re.search(r"[^\W\d_]", text)) and width(text) > 1
    return distinct and width(text) <= 40 and bool(re.search(r"[^\W\d_]", text)) and not re.search(r"[，；;]", text)


def other_type(line: Line, body: BodyType) -> bool:
    """Say whether a line is set in another font than the body, as 黑体 and 楷体 mark headings."""
    return line.font != body.font


def _could_be(p: Paragraph, text: str) -> bool:
    if len(p.lines) > 3 or width(text) > _LONGEST or not text:
        return False
    if is_contents_entry(text) or re.search(r"[。；;，,、]$", text):
        return False
    return not (ends_with_mark(text) and text[-1] not in "？?)）」》”" and not re.fullmatch(r".*\D\.", text[-3:]))


def _in_list(i: int, name: str, found: Sequence[Paragraph]) -> bool:
    """Say whether the next or the last paragraph begins in the same way: then both are items of a list."""
    for j in (i - 1, i + 1):
        if 0 <= j < len(found):
            other = opening(found[j].text)
            if (
                other is not None
                and other.name == name
                and (name != "clause" or other.label.count(".") == opening_dots(found[i]))
            ):
                return True
    return False


def opening_dots(p: Paragraph) -> int:
    """Return how many dots the number of a clause has."""
    number = opening(p.text)
    return number.label.count(".") if number else 0
