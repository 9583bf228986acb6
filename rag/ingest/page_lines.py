"""Cut the text of a newspaper page into blocks: lines, or runs of hard-wrapped lines."""

import re

from rag.ingest.blocks import Block
from rag.ingest.shapes import ends_sentence, ends_with_mark
from rag.schema import Span
from rag.text.width import width

__all__ = ["page_blocks"]

_LINE = re.compile(r"[^\r\n]+")
_BYTE_ORDER_MARK = "\ufeff"  # kept in the text, so that offsets are those of the file
_WRAPPED = 0.8  # hard-wrapped lines are nearly as wide as the widest of their run
_WRAPPED_WIDTH = 16


def page_blocks(text: str) -> list[Block]:
    """Cut plain text into blocks: lines, or runs of hard-wrapped lines."""
    blocks: list[Block] = []
    run: list[Span] = []
    last = 0
    for match in _LINE.finditer(text):
        if run and re.search(r"\n\s*\n|\r\s*\r", text[last : match.start()].replace("\r\n", "\n")):
            blocks += _run_blocks(text, run)
            run = []
        span = _stripped(text, match.start(), match.end())
        if span:
            run.append(span)
        elif run:
            blocks += _run_blocks(text, run)
            run = []
        last = match.end()
    return blocks + _run_blocks(text, run)


def _stripped(text: str, start: int, end: int) -> Span | None:
    line = text[start:end]
    stripped = line.strip().strip(_BYTE_ORDER_MARK).strip()
    if not stripped:
        return None
    start += line.index(stripped)
    return start, start + len(stripped)


def _run_blocks(text: str, run: list[Span]) -> list[Block]:
    lines = [text[a:b] for a, b in run]
    widest = max(map(width, lines), default=0)
    wrapped = (
        len(run) > 1
        and widest >= _WRAPPED_WIDTH
        and all(width(line) >= _WRAPPED * widest for line in lines[:-1])
        and not all(ends_sentence(line) for line in lines[:-1])
        and ends_with_mark(lines[-1])
    )
    return [_joined(text, run)] if wrapped else [Block(text[a:b], ((a, b),)) for a, b in run]


def _joined(text: str, spans: list[Span]) -> Block:
    """Join lines into one block; between Latin words the line end itself is kept as the space."""
    kept: list[Span] = []
    for start, end in spans:
        if kept and text[kept[-1][1] - 1].isascii() and text[start].isascii():
            kept[-1] = (kept[-1][0], kept[-1][1] + 1)
        kept.append((start, end))
    return Block("".join(text[a:b] for a, b in kept), tuple(kept))
