"""Plain text: lines that are paragraphs, or lines cut at a margin that are put together again."""

import re
from collections.abc import Sequence
from pathlib import Path

from rag.ingest.blocks import Block, BlockKind, Document
from rag.ingest.encodings import decode
from rag.ingest.enumeration import LabelStyle, read_label
from rag.ingest.lines import Line, Wrapping, find_wrapping, split_lines
from rag.ingest.readers.flattened import flattened_tables
from rag.ingest.running_heads import page_furniture
from rag.schema import Span

__all__ = ["read_text", "text_blocks"]

_OFF_AXIS = 1.0  # Han widths that the middles of centred lines may lie apart
_OFF_AXIS_WIDE = 2.5  # where the first of them is as wide as a title, and no body that signs
_WIDE = 12.0  # Han widths
_OFF_MARGIN = 0.6  # that a line may lie off the margin
_NUMBER_OF_A_DOCUMENT = re.compile(r"[〔\[(（【]\d{4}[〕\])）】]\s*\d+\s*号$|文件$")
_DATE = re.compile(r"^[\d一二三四五六七八九〇○零]{4}\s*年.{1,6}日?$")
_UNFINISHED = re.compile(r"[的、，和与及]$")  # no paragraph ends so, and none begins as the next says
# Behind a whole sentence the next has begun, and stops in the middle of a clause.
_BEGUN = re.compile(r"[。！？!?；;][^。！？!?；;]*[，、][^。！？!?；;：:，、]*[\u4e00-\u9fff]$")
_GOING_ON = re.compile(r"[，。、；：！？）》”’]|是[：:]")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_ENDS = re.compile(r"[。！？!?…；;：:][”’」』）)】》〉\]\"']*$")


def read_text(path: Path) -> Document:
    """Read a plain text. Raises SourceError."""
    found = decode(path)
    notices = () if found.encoding == "utf-8" else (f"{path.name} is not UTF-8; read as {found.encoding.upper()}",)
    return Document(found.text, tuple(text_blocks(found.text)), notices=notices)


def text_blocks(text: str) -> list[Block]:
    """Cut a text into blocks. What was cut at a margin is put together, over page numbers and running heads too."""
    lines = split_lines(text)
    furniture = page_furniture(lines)
    rows = [row for table in flattened_tables(text, lines) for row in table]
    cells = {row.start + start for row in rows if row.row for start, _ in row.row.cells}
    kept = [n for n in range(len(lines)) if n not in furniture and lines[n].start not in cells]
    wrapping = find_wrapping([lines[n] for n in kept])
    blocks = [
        Block(lines[n].text, (lines[n].span,), kind=BlockKind.FURNITURE, furniture=what, page=lines[n].page)
        for n, what in furniture.items()
    ]
    blocks += rows
    run: list[Line] = []
    for place, n in enumerate(kept):
        line = lines[n]
        over_furniture = bool(place) and kept[place - 1] != n - 1
        if run and not _goes_on(run, line, wrapping, over_furniture=over_furniture):
            blocks.append(_joined(text, run))
            run = []
        run.append(line)
    if run:
        blocks.append(_joined(text, run))
    return sorted(blocks, key=lambda b: b.start)


def _goes_on(run: Sequence[Line], line: Line, wrapping: Wrapping | None, *, over_furniture: bool) -> bool:
    """Say whether a line goes on with a paragraph, of which `run` are the lines so far."""
    before = run[-1]
    if not line.after_blank and _is_cut(run, line):
        return not _begins_a_part(line)
    if wrapping is None:
        return over_furniture and not _ENDS.search(before.text) and not _begins_a_part(line)
    if _are_centred(before, line, wrapping) and not line.after_blank:
        return True
    if line.after_blank and not over_furniture:
        return False
    if abs(line.indent - wrapping.flush) > _OFF_MARGIN:
        return wrapping.is_full(before, line) and _is_hanging(before, line, wrapping)
    if wrapping.is_full(before, line):
        return not (_ENDS.search(before.text) and _begins_a_part(line)) and not _is_article(line)
    return _is_open(run, wrapping) and not _begins_a_part(line)


def _is_cut(run: Sequence[Line], line: Line) -> bool:
    """Say whether a line is cut off from that before: by their words, or a figure by itself as in PM / 2.5 / 年均."""
    before = run[-1].text
    if _UNFINISHED.search(before) or _BEGUN.search(before) or _GOING_ON.match(line.text):
        return True
    if _FIGURE.fullmatch(line.text):
        return bool(re.search(r"[\u4e00-\u9fff][A-Za-z]{1,4}$", before))
    return len(run) > 1 and bool(_FIGURE.fullmatch(before))


def _is_open(run: Sequence[Line], wrapping: Wrapping) -> bool:
    """Say whether a paragraph whose last line is short must go on: its sentence has not ended, and it is no heading.

    Where first lines are indented, a line at the margin can only go on with a paragraph.
    """
    in_paragraph = wrapping.indent > wrapping.flush + _OFF_MARGIN or len(run) > 1 or _begins_a_part(run[0])
    centred = run[-1].indent > wrapping.indent + 1.0
    return in_paragraph and not centred and not _ENDS.search(run[-1].text) and not _is_title_of_a_part(run)


def _is_title_of_a_part(run: Sequence[Line]) -> bool:
    """Say whether this is a heading such as 第一章 总则."""
    label = read_label(run[0].text)
    return len(run) == 1 and label is not None and label.style < LabelStyle.ARTICLE


def _are_centred(before: Line, line: Line, wrapping: Wrapping) -> bool:
    """Say whether two lines are those of one title, centred on one axis."""
    off_axis = _OFF_AXIS if before.right - before.indent < _WIDE else _OFF_AXIS_WIDE
    return (
        min(before.indent, line.indent) > wrapping.indent + 1.0
        and (
            abs((before.indent + before.right) - (line.indent + line.right)) <= 2 * off_axis
            or before.text.count("《") > before.text.count("》")
        )
        and not _ENDS.search(before.text)
        and not _NUMBER_OF_A_DOCUMENT.search(before.text)
        and not _DATE.search(line.text)
    )


def _is_hanging(before: Line, line: Line, wrapping: Wrapping) -> bool:
    """Say whether both lines are indented alike, as those of a list item may be."""
    alike = abs(line.indent - before.indent) < 0.5
    return alike and wrapping.indent + 0.5 < before.indent < wrapping.right / 3 and not _begins_a_part(line)


def _is_article(line: Line) -> bool:
    label = read_label(line.text)
    return label is not None and label.style <= LabelStyle.ARTICLE and line.text[label.end - 1 : label.end] in " \u3000"


def _begins_a_part(line: Line) -> bool:
    return read_label(line.text) is not None


def _joined(text: str, lines: Sequence[Line]) -> Block:
    """Put lines together; between Latin words the line end itself is kept as the blank."""
    spans: list[Span] = []
    for line in lines:
        if spans and text[spans[-1][1] - 1].isascii() and line.text[0].isascii() and text[spans[-1][1] - 1] != "-":
            spans[-1] = (spans[-1][0], spans[-1][1] + 1)
        spans.append(line.span)
    return Block("".join(text[a:b] for a, b in spans), tuple(spans), page=lines[0].page)
