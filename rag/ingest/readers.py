"""Read a source into blocks, every character of which is found again at its span."""

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from rag.errors import SourceError
from rag.ingest.blocks import FRONT_MATTER, Block
from rag.ingest.documents import ENDINGS
from rag.ingest.encodings import guess_encoding, utf16_without_mark
from rag.ingest.front_matter import front_matter
from rag.ingest.shapes import ends_sentence, ends_with_mark, width
from rag.schema import Span

__all__ = ["READERS", "Text", "decode", "markdown_blocks", "skipped_files", "source_files", "text_blocks"]

_LINE = re.compile(r"[^\r\n]+")
_BYTE_ORDER_MARK = "\ufeff"  # kept in the text, so that offsets are those of the file
_LONGEST_CHARACTER = 3  # bytes of one in UTF-8 that was cut
_WRAPPED = 0.8  # hard-wrapped lines are nearly as wide as the widest of their run
_WRAPPED_WIDTH = 16


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded source. Offsets count its code points, line ends as they came."""

    text: str
    encoding: str


def decode(path: Path) -> Text:
    """Read a file as UTF-8, or as UTF-16, GB18030 or Big5 where it is that.

    Raises SourceError naming the first byte that is wrong, or when the file is empty or no text.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check the path and its permissions") from error
    if not raw.strip():
        raise SourceError(f"{path} is empty: expected an article; remove it or fill it")
    wide = "utf-32" if raw.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")) else "utf-16"
    if wide == "utf-32" or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return Text(raw.decode(wide), wide)
        except UnicodeDecodeError as error:
            raise SourceError(f"{path} begins as {wide} but byte {error.start} is not: save it as UTF-8") from error
    if b"\x00" in raw:
        found = utf16_without_mark(raw)
        if found is None:
            raise SourceError(
                f"{path} is binary (a zero byte at {raw.index(0)}): expected text; convert it to .txt, .md or .jsonl"
            )
        return Text(*found)
    try:
        return Text(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        found = guess_encoding(raw)
        if found is None and len(raw.rstrip()) - error.start <= _LONGEST_CHARACTER:
            raise SourceError(f"{path} ends in the middle of a character: it was cut; copy it again") from error
        if found is None:
            raise SourceError(
                f"{path} is neither UTF-8 (byte {error.start} is 0x{raw[error.start]:02X}) nor GB18030, Big5 or "
                "UTF-16: save it as UTF-8 and index it again"
            ) from error
        return Text(*found)


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
        and ends_with_mark(lines[-1])
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
    """Cut Markdown into blocks: headings with their level, paragraphs, list items, quotes, table rows, code.

    Lines that no token covers (link references, what is nested too deep) become blocks too: nothing is lost.
    """
    from markdown_it import MarkdownIt

    front = front_matter(text)
    starts = [0] + [m.end() for m in re.finditer(r"\r\n|\n|\r", text)] + [len(text)]
    first = bisect_right(starts, front.end) - 1 if front else 0
    body = text[starts[first] :]
    blocks = (
        {0: Block(text[: front.end].rstrip(), ((0, len(text[: front.end].rstrip())),), FRONT_MATTER)} if front else {}
    )
    covered = set(range(first))
    # What stands inside a line is not looked at: its marks stay in the text.
    parser = MarkdownIt("commonmark").enable("table").disable("inline")
    for part in _markdown_parts(parser.parse(body)):
        lines = [n + first for n in range(part.first, part.last) if n + first < len(starts) - 1]
        lines = [n for n in lines if n not in covered]
        covered.update(lines)
        spans = [
            span
            for k, n in enumerate(lines)
            if (span := _stripped(text, starts[n] + part.mark(text[starts[n] : starts[n + 1]], k == 0), starts[n + 1]))
        ]
        if spans:
            blocks[lines[0]] = _joined(text, spans, level=part.level, prose=part.prose)
    for n in range(len(starts) - 1):
        span = None if n in covered else _stripped(text, starts[n], starts[n + 1])
        if span and any(c.isalnum() for c in text[slice(*span)]):
            blocks[n] = Block(text[slice(*span)], (span,), prose=True)
    return [blocks[n] for n in sorted(blocks)]


@dataclass(frozen=True, slots=True)
class _MarkdownPart:
    """Lines `[first, last)` of a document, and what of their marks is no text."""

    first: int
    last: int
    level: int = 0
    prose: bool = False
    code: bool = False
    quoted: bool = False
    item: bool = False  # the first paragraph of a list item

    def mark(self, line: str, is_first: bool) -> int:
        """Say how many characters a line begins with that are marks of Markdown."""
        if self.code:
            return 0
        marks = [r"\s"]
        marks += [">"] * self.quoted
        marks += [r"[-*+](?=\s)", r"\d{1,9}[.)](?=\s)"] * (self.item and is_first)
        marks += [r"#{1,6}(?=\s)"] * bool(self.level and is_first)
        match = re.match(rf"(?:{'|'.join(marks)})*", line)
        return match.end() if match else 0


def _markdown_parts(tokens: Iterable[Any]) -> Iterator[_MarkdownPart]:
    inside: list[str] = []
    opened = ("", "")
    level = 0
    for token in tokens:
        if token.nesting == 1:
            inside.append(token.type)
            opened = (opened[1], token.type)
            level = int(token.tag[1]) if token.type == "heading_open" else 0
        elif token.nesting == -1:
            inside.pop()
            level = 0
        elif token.map and token.type == "inline":
            yield _MarkdownPart(
                token.map[0],
                token.map[1],
                level=level,
                prose=bool({"list_item_open", "table_open"} & set(inside)) and not level,
                quoted="blockquote_open" in inside,
                item="list_item_open" in opened,
            )
            opened = ("", "")
        elif token.map and token.type in ("fence", "code_block", "html_block"):
            yield _MarkdownPart(token.map[0], token.map[1], prose=True, code=True)


READERS: dict[str, Callable[[str], list[Block]]] = {
    ".txt": text_blocks,
    ".text": text_blocks,
    ".md": markdown_blocks,
    ".markdown": markdown_blocks,
}


_KNOWN = frozenset({*ENDINGS, ".jsonl"})


def source_files(path: Path) -> Iterator[Path]:
    """Give the sources at `path`: the file itself, or every file below the folder that a reader knows, sorted."""
    if path.is_dir():
        yield from (p for p in _files(path) if p.suffix.lower() in _KNOWN and p.stem.upper() != "README")
    else:
        yield path


def skipped_files(path: Path) -> Iterator[Path]:
    """Give the files below a folder that no reader knows, but for sidecars and READMEs."""
    if path.is_dir():
        yield from (
            p for p in _files(path) if p.suffix.lower() not in {*_KNOWN, ".toml"} and p.stem.upper() != "README"
        )


def _files(path: Path) -> list[Path]:
    """Give the files below a folder, sorted; hidden ones are not looked at.

    Raises SourceError for a folder that can't be looked into: its sources would seem to be gone.
    """
    found: list[Path] = []
    for below, folders, names in os.walk(path, onerror=_refuse):
        folders[:] = [f for f in folders if not f.startswith(".")]
        found += (Path(below) / n for n in names if not n.startswith("."))
    return sorted(p for p in found if p.is_file())


def _refuse(error: OSError) -> NoReturn:
    raise SourceError(f"{error.filename} can't be looked into ({error.strerror}): check its permissions") from error
