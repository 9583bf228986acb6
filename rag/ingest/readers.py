"""Read a source into blocks, every character of which is found again at its span."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SourceError
from rag.ingest.blocks import Block
from rag.ingest.shapes import ends_sentence, width
from rag.schema import Span

__all__ = ["READERS", "Text", "decode", "markdown_blocks", "source_files", "text_blocks"]

_LINE = re.compile(r"[^\r\n]+")
_BYTE_ORDER_MARK = "\ufeff"  # kept in the text, so that offsets are those of the file
_WRAPPED = 0.8  # hard-wrapped lines are nearly as wide as the widest of their run
_WRAPPED_WIDTH = 16


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded source. Offsets count its code points, line ends as they came."""

    text: str
    encoding: str


def decode(path: Path) -> Text:
    """Read a file as UTF-8, or as UTF-16 or GB18030 where it is that.

    Raises SourceError naming the first byte that is wrong, or when the file is empty or no text.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check the path and its permissions") from error
    if not raw.strip():
        raise SourceError(f"{path} is empty: expected an article; remove it or fill it")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return Text(raw.decode("utf-16"), "utf-16")
        except UnicodeDecodeError as error:
            raise SourceError(f"{path} begins as UTF-16 but byte {error.start} is not: save it as UTF-8") from error
    if b"\x00" in raw:
        raise SourceError(
            f"{path} is binary (a zero byte at {raw.index(0)}): expected text; convert it to .txt, .md or .jsonl"
        )
    try:
        return Text(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        text = _gb18030(raw)
        if text is None:
            raise SourceError(
                f"{path} is neither UTF-8 (byte {error.start} is 0x{raw[error.start]:02X}) nor GB18030: "
                "save it as UTF-8 and index it again"
            ) from error
        return Text(text, "gb18030")


def _gb18030(raw: bytes) -> str | None:
    """Decode GB18030; None where the result is not mostly common Chinese, as random bytes would be."""
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    wide = [c for c in text if ord(c) > 127]
    # The 6,763 characters of GB 2312 are what Chinese text consists of; a wrong guess scatters over 20,000.
    common = sum(1 for c in wide if len(c.encode("gb2312", errors="ignore")) == 2)
    return text if wide and common >= 0.9 * len(wide) else None


def text_blocks(text: str) -> list[Block]:
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
    )
    return [_joined(text, run)] if wrapped else [Block(text[a:b], ((a, b),)) for a, b in run]


def _joined(text: str, spans: list[Span], *, level: int = 0, prose: bool = False) -> Block:
    """Join lines into one block; between Latin words the line end itself is kept as the space."""
    kept: list[Span] = []
    for start, end in spans:
        if kept and text[kept[-1][1] - 1].isascii() and text[start].isascii():
            kept[-1] = (kept[-1][0], kept[-1][1] + 1)
        kept.append((start, end))
    return Block("".join(text[a:b] for a, b in kept), tuple(kept), level, prose)


def markdown_blocks(text: str) -> list[Block]:
    """Cut Markdown into blocks: headings with their level, paragraphs, list items, quotes, table rows, code."""
    from markdown_it import MarkdownIt

    starts = [0] + [m.end() for m in re.finditer(r"\r\n|\n|\r", text)] + [len(text)]
    blocks: list[Block] = []
    inside: list[str] = []
    level = 0
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.nesting == 1:
            inside.append(token.type)
            level = int(token.tag[1]) if token.type == "heading_open" else 0
        elif token.nesting == -1:
            inside.pop()
        elif token.map and token.type in ("inline", "fence", "code_block", "html_block"):
            lines = _markdown_lines(text, starts, token.map[0], token.map[1])
            if lines and not (blocks and blocks[-1].spans[-1][1] > lines[0][0]):
                prose = bool({"list_item_open", "table_open"} & set(inside)) or token.type != "inline"
                blocks.append(_joined(text, lines, level=level, prose=prose and not level))
    return blocks


def _markdown_lines(text: str, starts: list[int], first: int, last: int) -> list[Span]:
    spans = []
    for n in range(first, min(last, len(starts) - 1)):
        line = text[starts[n] : starts[n + 1]]
        mark = re.match(r"\s*(?:>\s?)*(?:[-*+]\s+|\d{1,9}[.)]\s+|#{1,6}\s+|(?:=+|-+|```.*|~~~.*)\s*$)*", line)
        begin = starts[n] + (mark.end() if mark else 0)
        span = _stripped(text, begin, starts[n + 1])
        if span:
            spans.append(span)
    return spans


READERS: dict[str, Callable[[str], list[Block]]] = {
    ".txt": text_blocks,
    ".text": text_blocks,
    ".md": markdown_blocks,
    ".markdown": markdown_blocks,
}


def source_files(path: Path) -> Iterator[Path]:
    """Give the sources at `path`: the file itself, or every file below the folder that a reader knows, sorted."""
    known = {*READERS, ".jsonl"}
    if path.is_dir():
        yield from sorted(
            p
            for p in path.rglob("*")
            if p.is_file()
            and p.suffix.lower() in known
            and p.stem.upper() != "README"
            and not any(part.startswith(".") for part in p.relative_to(path).parts)
        )
    else:
        yield path
