"""HTML inside of Markdown: its paragraphs, lists and tables, every character with its place in the source."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rag.ingest.blocks import Block, BlockKind, TableRow
from rag.ingest.shown import ShownText
from rag.schema import Span

__all__ = ["html_blocks"]

_PARTS = re.compile(
    r"(?P<comment><!--.*?-->)|(?P<tag><(?P<closes>/?)(?P<name>[a-zA-Z][\w-]*)(?P<rest>[^<>]*)>)|(?P<other><(?:!(?!--)|\?)[^<>]*>)"
    r"|(?P<entity>&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]\w*);)|(?P<text>[^<&]+|[<&])",
    re.DOTALL,
)
_BLOCKS = frozenset(
    "p div br hr ul ol li dl dt dd table thead tbody tfoot tr td th caption h1 h2 h3 h4 h5 h6 blockquote pre section "
    "article header footer nav aside details summary figure figcaption address center form main".split()
)
_SILENT = frozenset({"script", "style", "template"})
_STRUCK = frozenset({"del", "s", "strike"})


@dataclass(slots=True)
class _State:
    shown: ShownText
    kind: BlockKind = BlockKind.TEXT
    level: int = 0
    lists: list[int] = field(default_factory=list)  # the next number of each; 0: without numbers
    silent: str = ""
    struck: ShownText | None = None
    table: int = -1
    row: int = 0
    header: bool = False
    cells: list[ShownText] = field(default_factory=list)
    in_cell: bool = False


def html_blocks(source: str, start: int, end: int, *, first_table: int = 0) -> Iterator[Block]:
    """Cut the HTML that stands in `[start, end)` into blocks; tables are counted from `first_table`."""
    state = _State(ShownText(source))
    tables = first_table
    for match in _PARTS.finditer(source, start, end):
        if match["tag"]:
            name, closes = match["name"].lower(), bool(match["closes"])
            if name == "table" and not closes:
                state.table, state.row, tables = tables, 0, tables + 1
            yield from _tag(source, state, name, closes=closes)
        elif state.silent or match["comment"] or match["other"]:
            what = "comment" if match["comment"] else "script" if state.silent else "markup"
            if match.group().strip():
                yield Block(match.group(), (match.span(),), kind=BlockKind.FURNITURE, furniture=what)
        elif match["entity"]:
            _target(state).add_decoded(html.unescape(match["entity"]), match.start(), match.end())
        else:
            _target(state).add(match.start(), match.end())
    yield from _end(source, state)


def _target(state: _State) -> ShownText:
    if state.struck is not None:
        return state.struck
    return state.cells[-1] if state.in_cell and state.cells else state.shown


def _tag(source: str, state: _State, name: str, *, closes: bool) -> Iterator[Block]:
    if name in _SILENT:
        state.silent = "" if closes else name
        return
    if name in _STRUCK:
        if closes and state.struck is not None:
            words, state.struck = state.struck, None
            if len(words):
                yield Block(words.text(), words.spans(), kind=BlockKind.FURNITURE, furniture="struck out")
        elif not closes:
            state.struck = ShownText(source)
        return
    if name not in _BLOCKS:
        return
    if name in ("td", "th"):
        state.in_cell = not closes
        if not closes:
            state.cells.append(ShownText(source))
            state.header = name == "th" if len(state.cells) == 1 else state.header and name == "th"
        return
    if name == "tr":
        if closes or state.cells:
            yield from _row(state)
        return
    if state.in_cell and name not in ("table", "thead", "tbody"):
        return  # a paragraph in a cell
    yield from _end(source, state)
    _begin(state, name, closes=closes)


def _begin(state: _State, name: str, *, closes: bool) -> None:
    state.kind, state.level = BlockKind.TEXT, 0
    if name in ("ul", "ol"):
        if closes and state.lists:
            state.lists.pop()
        elif not closes:
            state.lists.append(1 if name == "ol" else 0)
    elif name == "table" and closes:
        state.table = -1
    elif not closes and re.fullmatch(r"h[1-6]", name):
        state.kind, state.level = BlockKind.HEADING, int(name[1])
    elif not closes and name in ("caption", "figcaption"):
        state.kind = BlockKind.CAPTION
    elif not closes and name == "blockquote":
        state.kind = BlockKind.QUOTE
    if state.lists and state.kind is BlockKind.TEXT:
        state.kind, state.level = BlockKind.LIST_ITEM, len(state.lists)


def _end(source: str, state: _State) -> Iterator[Block]:
    """Yield the block that was read so far."""
    shown, state.shown = state.shown, ShownText(source)
    if len(shown) and shown.spans():
        prose = state.kind is BlockKind.LIST_ITEM
        yield Block(shown.text(), shown.spans(), level=state.level, kind=state.kind, prose=prose)


def _row(state: _State) -> Iterator[Block]:
    cells, state.cells = state.cells, []
    state.in_cell = False
    spans = [span for cell in cells for span in cell.spans()]
    if spans:
        ranges: list[Span] = []
        at = 0
        for cell in cells:
            ranges.append((at, at + len(cell.text())))
            at = ranges[-1][1] + 3
        row = TableRow(state.table, state.row, state.header, tuple(ranges), tuple(range(len(cells))))
        text = " | ".join(cell.text() for cell in cells)
        yield Block(text, ((spans[0][0], spans[-1][1]),), kind=BlockKind.TABLE_ROW, row=row, prose=True)
    state.row += 1
    state.header = False
