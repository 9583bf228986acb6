"""Turn the inline text of a block into lines as a reader sees them, and lines into paragraphs."""

import re
from dataclasses import dataclass

__all__ = ["BREAK", "MARK", "Line", "Run", "clean", "collapse", "join", "lines_of", "paragraphs_of"]

# Noncharacters stand for what is no character; a page's own are taken out, so they can't be mistaken.
BREAK = "\ufdd2"  # <br>
MARK = "\ufdd0{}\ufdd1"  # a mark of a note, by its number in the list of marks
_OURS = re.compile("[\ufdd0-\ufddf]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f]")
_WIDE = (
    "\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffef“”‘’…—·"
)
_LINE_END = re.compile(rf"(?<=[{_WIDE}])[ \t\f\v]*[\r\n]\s*(?=[{_WIDE}])")  # a break in the source, none on the page
_BLANKS = re.compile("[ \t\r\n\f\v\u00a0\u0085\u2028\u2029]+")
_EDGES = " \u3000\u2002\u2003\u2007\u2009\u200a\u202f"
_INDENT = re.compile("^[ \t\r\n]*(?:\u3000|[\u00a0\u2002\u2003]{2,}|\u00a0 \u00a0)")
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十百千零〇\d]{1,7}[条章节款项]|[一二三四五六七八九十]{1,3}[、．.]|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,3}[、．.）)](?!\d)|[①-⑳]|[●■◆▲★•·※])"
)
_ENDS = re.compile(r"[。！？；：!?;:]['\"”’）)】」』]*$|[.]$")
_LABELLED = re.compile(r"^[\u4e00-\u9fff]{2,10}[：:]")
_WRAPPED = 0.8  # lines that a page wraps by hand are nearly as wide as the widest of them
_WRAPPED_WIDTH = 30


@dataclass(slots=True)
class Run:
    """A piece of text with what its elements say of it."""

    text: str
    bold: bool = False
    link: bool = False


@dataclass(slots=True)
class Line:
    """A line as a reader sees it."""

    text: str
    indented: bool = False  # it begins as a paragraph does
    bold: float = 0.0  # share of its characters
    link: float = 0.0


def clean(text: str) -> str:
    """Remove what is not seen from text as it stands in the source."""
    text = _OURS.sub("", text) if _OURS.search(text) else text
    return _INVISIBLE.sub("", text)


def collapse(text: str) -> str:
    """Collapse blanks as a browser does; a break in the source between Chinese characters is none."""
    return _BLANKS.sub(" ", _LINE_END.sub("", text)).strip(_EDGES)


def lines_of(runs: list[Run]) -> list[Line]:
    """Cut runs at <br>; empty lines stay, since they part paragraphs."""
    groups: list[list[Run]] = [[]]
    for run in runs:
        if run.text == BREAK:
            groups.append([])
        elif run.text:
            groups[-1].append(run)
    lines: list[Line] = []
    for group in groups:
        raw = "".join(run.text for run in group)
        text = collapse(raw)
        total = bold = link = 0
        for run in group:
            size = len(run.text) - run.text.count(" ") - run.text.count("\n") - run.text.count("\u00a0")
            total += size
            bold += size if run.bold else 0
            link += size if run.link else 0
        lines.append(Line(text, bool(_INDENT.match(raw)), bold / max(total, 1), link / max(total, 1)))
    return lines


def paragraphs_of(lines: list[Line], *, one: bool = False) -> list[Line]:
    """Join lines into paragraphs; `one`: all are one (a heading, a cell).

    An empty line or an indent begins a paragraph. Of the rest, lines wrapped by hand are joined; all others are
    paragraphs of their own: a signature, its date, an address.
    """
    if one:
        return [joined] if (joined := _joined(lines)).text else []
    groups: list[list[Line]] = [[]]
    for line in lines:
        if not line.text:
            groups.append([])
            continue
        if groups[-1] and (line.indented or _NUMBERED.match(line.text)):
            groups.append([])
        groups[-1].append(line)
    found: list[Line] = []
    for group in groups:
        found += [_joined(group)] if _is_wrapped(group) else group
    return [line for line in found if line.text]


def join(left: str, right: str) -> str:
    """Join two lines of one paragraph: without a blank between Chinese characters, with one between others."""
    if not left or not right:
        return left or right
    wide = re.search(rf"[{_WIDE}]$", left) and re.match(rf"[{_WIDE}]", right)
    return left + ("" if wide else " ") + right


def _joined(lines: list[Line]) -> Line:
    kept = [line for line in lines if line.text]
    if len(kept) == 1:
        return kept[0]
    text = ""
    for line in kept:
        text = join(text, line.text)
    size = sum(len(line.text) for line in kept) or 1
    return Line(
        text,
        bool(kept) and kept[0].indented,
        sum(line.bold * len(line.text) for line in kept) / size,
        sum(line.link * len(line.text) for line in kept) / size,
    )


def _is_wrapped(group: list[Line]) -> bool:
    if len(group) < 2:
        return False
    widths = [sum(2 if ord(c) > 0x2E80 else 1 for c in line.text) for line in group]
    widest = max(widths)
    if any(_LABELLED.match(line.text) for line in group) or (len(group) == 2 and not _ENDS.search(group[-1].text)):
        return False
    return (
        widest >= _WRAPPED_WIDTH
        and all(width >= _WRAPPED * widest for width in widths[:-1])
        and not all(_ENDS.search(line.text) for line in group[:-1])
    )
