"""Markdown as a reader sees it: markup gone, every character with its place in the source."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.ingest.blocks import Block, BlockKind, Document, Fact, TableRow
from rag.ingest.encodings import decode
from rag.ingest.readers.html.fragment import html_blocks
from rag.ingest.readers.markdown.front_matter import read_front_matter
from rag.ingest.readers.markdown.inline import Inline, show_inline
from rag.schema import Span, sub_spans

__all__ = ["markdown_blocks", "read_markdown"]

_CONTAINER = re.compile(r"[ \t]*:::+[ \t]*(?:\w+[ \t]*)?(.*)")  # boxes of VuePress and Docusaurus, with their titles
_LONGEST_UNDERLINED = 100  # characters of a heading above a line of - or =
_BOX_LEVEL = 6  # of the heading that such a title is
_BACK_LINK = re.compile(r"(?:<a\s[^>]*\b(?:name|id)=[\"']([^\"']+)[\"'][^>]*>)([^<]*)</a>\s*")


def read_markdown(path: Path) -> Document:
    """Read a Markdown file. Raises SourceError."""
    found = decode(path)
    notices = () if found.encoding == "utf-8" else (f"{path.name} is not UTF-8; read as {found.encoding.upper()}",)
    blocks, facts = markdown_blocks(found.text)
    return Document(found.text, tuple(blocks), facts=tuple(facts), notices=notices)


def markdown_blocks(text: str) -> tuple[list[Block], list[Fact]]:
    """Cut Markdown into blocks, and read what its front matter states."""
    front, facts = read_front_matter(text)
    return front + list(_Reader(text, front[-1].spans[-1][1] if front else 0).blocks()), facts


@dataclass(slots=True)
class _Inside:
    """What the tokens being read stand in."""

    lists: list[str] = field(default_factory=list)  # "-" or the next number of each list
    quotes: int = 0
    note: str = ""
    heading: int = 0
    item_begins: str | None = None  # the label of an item whose text has not been read yet
    table: int = -1
    row: int = 0
    in_head: bool = False
    cells: list[Inline] = field(default_factory=list)


class _Reader:
    """Turns markdown-it's tokens into blocks; every line that no token covers becomes one too."""

    def __init__(self, text: str, begin: int) -> None:
        self._text = text
        self._starts = [0, *(m.end() for m in re.finditer(r"\r\n|\n|\r", text)), len(text)]
        self._first = bisect_right(self._starts, begin - 1) - 1 if begin else 0
        if begin and self._starts[self._first] < begin:
            self._first += 1
        self._covered: set[int] = set(range(self._first))
        self._tables = 0
        self._note_links: list[tuple[int, str, str]] = []

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks in the order of the source."""
        found = [*self._of_tokens()]
        found += self._of_lines()
        notes = {anchor: label for _, anchor, label in self._note_links}
        yield from (_as_note(b, self._text, notes) for b in sorted(found, key=lambda b: b.start))

    def _of_tokens(self) -> Iterator[Block]:
        body = self._text[self._starts[self._first] :]
        body = re.sub(r"\r\n|\r", "\n", body)
        inside = _Inside()
        for token in _parser().parse(body):
            yield from self._read(token, inside)

    def _read(self, token: Any, inside: _Inside) -> Iterator[Block]:
        kind = token.type
        if kind == "ordered_list_open":
            inside.lists.append(str(token.attrs.get("start", 1)))
        elif kind == "bullet_list_open":
            inside.lists.append("-")
        elif kind in ("ordered_list_close", "bullet_list_close"):
            inside.lists.pop()
        elif kind == "list_item_open":
            inside.item_begins = f"{token.info}{token.markup}" if token.markup in ".)" else ""
        elif kind in ("blockquote_open", "blockquote_close"):
            inside.quotes += token.nesting
        elif kind == "footnote_reference_open":
            inside.note = str(token.meta["label"])
        elif kind == "footnote_reference_close":
            inside.note = ""
        elif kind == "table_open":
            inside.table, inside.row, self._tables = self._tables, 0, self._tables + 1
        elif kind in ("thead_open", "thead_close"):
            inside.in_head = kind == "thead_open"
        elif kind == "tr_open":
            inside.cells = []
        elif kind == "tr_close":
            yield from self._row(inside)
        elif kind == "inline" and token.map:
            yield from self._inline(token, inside)
        elif kind in ("fence", "code_block") and token.map:
            yield from self._code(token)
        elif kind == "html_block" and token.map:
            yield from self._html(token)
        elif kind in ("hr", "heading_open", "table_open") and token.map:
            self._cover(token.map[0], token.map[1] if kind == "hr" else token.map[0])
        if kind == "heading_open":
            # What is underlined and long is a sentence above a rule, whatever the syntax calls it.
            underlined = token.markup in ("-", "=") and token.map and self._is_long(*token.map)
            inside.heading, inside.item_begins = 0 if underlined else int(token.tag[1]), None
        elif kind == "heading_close":
            inside.heading = 0

    def _lines(self, first: int, last: int) -> list[int]:
        """Return the lines of the source that lines of the body are."""
        return [n + self._first for n in range(first, last) if n + self._first < len(self._starts) - 1]

    def _is_long(self, first: int, last: int) -> bool:
        lines = self._lines(first, last)
        text = self._text[self._starts[lines[0]] : self._starts[lines[-1]]].strip() if lines else ""
        return len(text) > _LONGEST_UNDERLINED or text.endswith(("。", ".", "；", ";"))

    def _cover(self, first: int, last: int) -> None:
        self._covered.update(self._lines(first, last))

    def _places(self, content: str, first: int, last: int, after: int = 0) -> list[int]:
        """Find where each character of an inline token stands in the source; line by line, after `after`."""
        places: list[int] = []
        lines = iter(self._lines(first, last))
        for n, part in enumerate(content.split("\n")):
            if n:
                places.append(places[-1] + 1 if places else after)
            for line in lines:
                start, end = max(self._starts[line], after), self._starts[line + 1]
                at = self._text.find(part, start, end)
                if at >= 0:
                    places += range(at, at + len(part))
                    break
            else:
                return []
        return places

    def _inline(self, token: Any, inside: _Inside) -> Iterator[Block]:
        first, last = token.map
        after = inside.cells[-1].end if inside.table >= 0 and inside.cells else 0
        places = self._places(token.content, first, last, after)
        self._cover(first, last)
        if token.content and not places:
            yield from self._plain(first, last)
            return
        box = _CONTAINER.fullmatch(token.content)
        if box:
            yield from self._box(places, box)
            return
        shown = show_inline(self._text, token, places)
        self._note_links += shown.note_links
        if inside.table >= 0 and token.level >= 3 and _in_cell(inside):
            inside.cells.append(shown)
            return
        yield from shown.furniture
        for n, part in enumerate(shown.parts):
            if len(part.shown):
                yield self._block(part, token, inside, is_first=n == 0)

    def _box(self, places: list[int], box: re.Match[str]) -> Iterator[Block]:
        """Make the line that opens or closes a box furniture, and its title a heading."""
        cut = box.start(1) if box[1] else len(places)
        mark = self._text[places[0] : places[cut - 1] + 1].rstrip()
        yield Block(mark, ((places[0], places[0] + len(mark)),), kind=BlockKind.FURNITURE, furniture="markup")
        if box[1].strip():
            start, end = places[cut], places[-1] + 1
            text = self._text[start:end].rstrip()
            yield Block(text, ((start, start + len(text)),), level=_BOX_LEVEL, kind=BlockKind.HEADING)

    def _block(self, part: Any, token: Any, inside: _Inside, *, is_first: bool) -> Block:
        text, spans, refs = part.shown.text(), part.shown.spans(), tuple(part.refs)
        if inside.heading:
            return Block(text, spans, level=inside.heading, kind=BlockKind.HEADING, refs=refs)
        if part.anchors_only:
            return Block(text, spans, kind=BlockKind.FURNITURE, furniture="table of contents")
        if inside.note:
            return Block(text, spans, kind=BlockKind.NOTE, label=inside.note, refs=refs, prose=True)
        if inside.lists:
            label, inside.item_begins = inside.item_begins, None
            if is_first and label is not None:
                return self._item(text, spans, label, len(inside.lists), refs)
            return Block(text, spans, level=len(inside.lists), kind=BlockKind.LIST_ITEM, refs=refs, prose=True)
        kind = BlockKind.QUOTE if inside.quotes else BlockKind.TEXT
        return Block(text, spans, kind=kind, refs=refs)

    def _item(self, text: str, spans: tuple[Span, ...], label: str, level: int, refs: tuple[Any, ...]) -> Block:
        """Make a list item; the number of an ordered one stands in its text as it does in the source."""
        if label:
            line = self._starts[bisect_right(self._starts, spans[0][0]) - 1]
            match = re.compile(rf"{re.escape(label)}[ \t]+").search(self._text, line, spans[0][0])
            if match and match.end() == spans[0][0]:
                exact = sum(b - a for a, b in spans) == len(text)
                spans = ((match.start(), spans[0][1]), *spans[1:]) if exact else ((match.start(), spans[-1][1]),)
                prefix = match.group()
                return Block(
                    prefix + text,
                    spans,
                    level=level,
                    kind=BlockKind.LIST_ITEM,
                    label=label,
                    refs=tuple(type(r)(r.offset + len(prefix), r.label) for r in refs),
                    prose=True,
                )
        return Block(text, spans, level=level, kind=BlockKind.LIST_ITEM, label=label, refs=refs, prose=True)

    def _row(self, inside: _Inside) -> Iterator[Block]:
        """Make a block of a row: from its first cell to its last, with what stands between them."""
        cells = [c for c in inside.cells if c.end]
        if cells:
            texts = [c.parts[0].shown.text() if c.parts else "" for c in inside.cells]
            exact = all(c.is_plain for c in inside.cells)
            start, end = cells[0].start, cells[-1].end
            whole = self._text[start:end]
            if exact and _cells_of(whole, texts) is not None:
                ranges = _cells_of(whole, texts) or ()
                text, spans = whole, ((start, end),)
            else:
                text, ranges = _joined_cells(texts)
                spans = ((start, end),)
            row = TableRow(inside.table, inside.row, inside.in_head, tuple(ranges), tuple(range(len(texts))))
            yield Block(text, spans, kind=BlockKind.TABLE_ROW, row=row, prose=True)
        inside.row += 1

    def _code(self, token: Any) -> Iterator[Block]:
        first, last = token.map
        self._cover(first, last)
        lines = self._lines(first, last)
        if token.type == "fence":
            lines = (
                lines[1:-1] if len(lines) > 1 and re.match(r"[ \t>]*(```|~~~)", self._line(lines[-1])) else lines[1:]
            )
        if lines:
            start, end = self._starts[lines[0]], self._starts[lines[-1] + 1]
            text = self._text[start:end].rstrip()
            if text.strip():
                start += len(text) - len(text.lstrip("\r\n"))
                yield Block(text.lstrip("\r\n"), ((start, start + len(text.lstrip("\r\n"))),), kind=BlockKind.CODE)

    def _html(self, token: Any) -> Iterator[Block]:
        lines = self._lines(*token.map)
        self._covered.update(lines)
        start, end = self._starts[lines[0]], self._starts[lines[-1] + 1]
        raw = self._text[start:end]
        if raw.rfind("<!--") > raw.rfind("-->"):  # a comment that is never closed must not swallow what follows
            yield from self._plain(*token.map)
            return
        for block in html_blocks(self._text, start, end, first_table=self._tables):
            if block.row is not None:
                self._tables = max(self._tables, block.row.table + 1)
            yield block

    def _plain(self, first: int, last: int) -> Iterator[Block]:
        for n in self._lines(first, last):
            yield from self._line_block(n)

    def _of_lines(self) -> Iterator[Block]:
        for n in range(len(self._starts) - 1):
            if n not in self._covered:
                yield from self._line_block(n)

    def _line(self, n: int) -> str:
        return self._text[self._starts[n] : self._starts[n + 1]]

    def _line_block(self, n: int) -> Iterator[Block]:
        line = self._line(n)
        text = line.strip()
        if text and any(c.isalnum() for c in text):
            start = self._starts[n] + line.index(text)
            furniture = "markup" if re.match(r"\[[^\]]+\]:\s", text) or _CONTAINER.fullmatch(text) else ""
            kind = BlockKind.FURNITURE if furniture else BlockKind.TEXT
            yield Block(text, ((start, start + len(text)),), kind=kind, furniture=furniture, prose=not furniture)


def _as_note(block: Block, source: str, notes: dict[str, str]) -> Block:
    """Make a paragraph that begins with the anchor of a note that note."""
    line = source.rfind("\n", 0, block.start) + 1
    match = _BACK_LINK.match(source, line)
    if not notes or block.kind is not BlockKind.TEXT or match is None or match[1] not in notes:
        return block
    cut = len(match[2].strip())
    if not block.text.startswith(match[2].strip()):
        return block
    text = block.text[cut:].lstrip()
    spans = sub_spans(block.spans, len(block.text) - len(text), len(block.text))
    return Block(text, spans, kind=BlockKind.NOTE, label=notes[match[1]], refs=(), prose=True)


def _in_cell(inside: _Inside) -> bool:
    return inside.table >= 0 and inside.note == "" and not inside.lists


def _cells_of(whole: str, texts: list[str]) -> list[Span] | None:
    """Find the cells of a row in it; None where they do not stand there in order."""
    found, at = [], 0
    for text in texts:
        at = whole.find(text, at)
        if at < 0:
            return None
        found.append((at, at + len(text)))
        at += len(text)
    return found


def _joined_cells(texts: list[str]) -> tuple[str, list[Span]]:
    ranges, at = [], 0
    for text in texts:
        ranges.append((at, at + len(text)))
        at += len(text) + 3
    return " | ".join(texts), ranges


def _parser() -> Any:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    return parser
