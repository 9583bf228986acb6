"""Walk over the elements of a page and cut its text into pieces, losing no word."""

from dataclasses import dataclass, field

from rag.ingest.blocks import BlockKind
from rag.ingest.readers.html.code import code_pieces, is_code
from rag.ingest.readers.html.furniture import Measures, furniture_of_element
from rag.ingest.readers.html.inline import NoteTargets, back_link, mark_of, shown_controls
from rag.ingest.readers.html.lines import BREAK, MARK, Run, clean, collapse, lines_of, paragraphs_of
from rag.ingest.readers.html.lists import definition_pairs, is_item, item_label, list_start, word_item
from rag.ingest.readers.html.main import Main
from rag.ingest.readers.html.piece import Mark, Piece, State
from rag.ingest.readers.html.style import is_bold, is_centred, is_struck
from rag.ingest.readers.html.table import Row, Table, is_layout, pieces_of_table, read_table
from rag.ingest.readers.html.tree import BLOCKS, Element, text_of

__all__ = ["Walker"]

_LONGEST_HEADING = 120
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LIST_LINKS = 4
_LINKED = 0.85  # of the text of a list of links
_SILENT = frozenset("head script meta rp param source track col colgroup area".split())


@dataclass
class Walker:
    """Collects pieces; `hidden` says whether hidden elements are left out, `links` whether lists of links are."""

    main: Main
    sizes: dict[int, Measures]
    targets: NoteTargets
    hidden: bool = True
    links: bool = True
    pieces: list[Piece] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    images: int = 0  # in the main element
    tables: int = 0
    _runs: list[Run] = field(default_factory=list)
    _asides: list[Piece] = field(default_factory=list)  # furniture within a paragraph: stands after it
    _numbers: dict[int, str] = field(default_factory=dict)  # of list items, by their order
    _item: tuple[int, str, bool] | None = None  # of the list item whose first words are still to come

    def walk(self, element: Element, state: State) -> None:
        """Read the children of an element."""
        for child in element.children:
            if isinstance(child, str):
                self._add_text(child, state)
            else:
                self._enter(child, state)

    def flush(self, state: State) -> None:
        """End a paragraph."""
        runs, self._runs = self._runs, []
        asides, self._asides = self._asides, []
        if runs:
            for line in paragraphs_of(lines_of(runs), one=bool(state.heading)):
                piece = Piece(
                    line.text,
                    state.block,
                    furniture=state.furniture,
                    centred=state.centred,
                    bold=line.bold >= 0.95,
                    link=line.link,
                    inside=state.inside,
                )
                self._kind(piece, state)
                self.pieces.append(piece)
        self.pieces += asides

    def _kind(self, piece: Piece, state: State) -> None:
        """Set the kind of a piece by the elements around it."""
        if state.note:
            piece.kind, piece.label, piece.prose = BlockKind.NOTE, state.note, True
            piece.text = piece.text.lstrip("^↑ ") or piece.text  # the sign of the link back
        elif state.heading and len(piece.text) <= _LONGEST_HEADING:
            piece.kind, piece.level = BlockKind.HEADING, state.heading
        elif self._item is not None:
            level, label, shown = self._item
            self._item = None
            own = item_label(piece.text)
            piece.kind, piece.level, piece.prose = BlockKind.LIST_ITEM, level, True
            piece.label = own or label
            if label and shown and not own and not state.furniture:
                piece.text = f"{label}. {piece.text}"
        elif state.depth:
            piece.kind, piece.level, piece.prose = BlockKind.LIST_ITEM, state.depth, True
        elif state.quote:
            piece.kind, piece.prose = BlockKind.QUOTE, True

    def _add_text(self, text: str, state: State) -> None:
        text = clean(text)
        if state.raw:
            for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
                if number:
                    self._runs.append(Run(BREAK))
                self._runs.append(Run(line, state.bold, state.link))
        elif text:
            self._runs.append(Run(text, state.bold, state.link))

    def _aside(self, text: str, element: Element, kind: str, state: State) -> None:
        text = collapse(clean(text))
        if text:
            self._asides.append(Piece(text, element, furniture=kind, inside=state.inside))

    def _enter(self, element: Element, state: State) -> None:
        tag = element.tag
        if tag in _SILENT:
            return
        if element is self.main.element:
            state = state.within(state.block)
            state.inside = True
        is_block = tag in BLOCKS or "display:block" in element.get("style").replace(" ", "")
        if element.hidden and (self.hidden or element.hidden != "hidden"):
            self._aside(text_of(element, 1_000_000, whole=True), element, "hidden", state)
        elif tag == "br":
            self._runs.append(Run(BREAK))
        elif tag == "img":
            self.images += state.inside and not state.furniture
            self._aside(element.get("alt"), element, "image", state)
        elif tag == "input":
            for words in shown_controls(element):
                self._aside(words, element, "button" if element.get("type") != "text" else "form", state)
        elif tag == "rt" or is_struck(element):
            self._aside(text_of(element), element, "ruby" if tag == "rt" else "struck out", state)
        elif state.note and back_link(element):
            words = text_of(element, 60)
            self._aside(words if len(words) > 5 else "", element, "back link", state)
        elif kind := self._furniture(element, state):
            inner = state.within(element)
            inner.furniture = kind
            self._apart(element, inner, is_block, state)
        elif is_block:
            self.flush(state)
            inner = state.within(element)
            inner.centred = is_centred(element, state.centred)
            self._block(element, inner)
        else:
            self._inline(element, state)

    def _furniture(self, element: Element, state: State) -> str:
        if state.furniture or element.order in self.main.above or element is self.main.element:
            return ""
        own = self.sizes[element.order]
        return furniture_of_element(element, own, inside=state.inside) or self._list_of_links(element, own, state)

    def _list_of_links(self, element: Element, own: Measures, state: State) -> str:
        if own.links < _LIST_LINKS - 1 or own.linked < _LINKED * own.text or element.tag not in BLOCKS:
            return ""
        if own.headings and own.links < 2 * _LIST_LINKS:
            return ""
        if own.here >= 3 and own.here >= 0.9 * own.links and element.tag in ("ul", "ol", "div"):
            return "table of contents"
        if not self.links or own.links < _LIST_LINKS or (state.inside and self.main.named):
            return ""
        return "" if "附件" in text_of(element, 2000) else "links"

    def _apart(self, element: Element, inner: State, is_block: bool, state: State) -> None:
        """Read an element of furniture; within a paragraph it does not end the paragraph."""
        if is_block:
            self.flush(state)
            self.walk(element, inner)
            self.flush(inner)
            return
        runs, pieces, asides = self._runs, self.pieces, self._asides
        self._runs, self.pieces, self._asides = [], [], []
        self.walk(element, inner)
        self.flush(inner)
        asides += self.pieces
        self._runs, self.pieces, self._asides = runs, pieces, asides

    def _inline(self, element: Element, state: State) -> None:
        mark = mark_of(element, self.targets)
        if mark is not None:
            self._runs.append(Run(MARK.format(len(self.marks)), state.bold, state.link))
            self.marks.append(mark)
            return
        inner = state
        bold, link = is_bold(element, state.bold), state.link or (element.tag == "a" and "href" in element.attributes)
        note = self.targets.notes.get(element.order, "")
        if bold != state.bold or link != state.link or note:
            inner = state.within(state.block)
            inner.bold, inner.link, inner.note = bold, link, note or state.note
        self.walk(element, inner)

    def _block(self, element: Element, state: State) -> None:
        tag = element.tag
        state.note = self.targets.notes.get(element.order, "") or state.note
        state.bold = is_bold(element, state.bold)
        if tag in _HEADINGS:
            state.heading = _HEADINGS[tag]
        elif tag == "li":
            self._list_item(element, state)
            return
        elif tag == "table":
            if not is_layout(element):
                self._rows(element, state)
                return
        elif tag == "dl":
            pairs = definition_pairs(element)
            if pairs and not state.furniture:
                self._definitions(element, pairs, state)
                return
        elif tag == "pre":
            if is_code(element):
                self.pieces += code_pieces(element, state)
                return
            state.raw = True
        elif tag == "blockquote":
            own, all_of_it = self.sizes[element.order].plain, self.sizes[self.main.element.order].plain
            state.quote = state.quote or own < 0.5 * all_of_it
        elif tag in ("figcaption", "caption") and not state.furniture:
            before = len(self.pieces)
            self.walk(element, state)
            self.flush(state)
            for piece in self.pieces[before:]:
                piece.kind = BlockKind.CAPTION if not piece.furniture else piece.kind
            return
        elif tag == "p" and (item := word_item(element)) and not state.note:
            self._item, state.depth = item, item[0]
        self.walk(element, state)
        self.flush(state)
        if tag == "p":
            self._item = None

    def _list_item(self, element: Element, state: State) -> None:
        if is_item(element, self.sizes[element.order].text):
            level, label, shown = list_start(element, self._numbers)
            self._item, state.depth = (level, label, shown), level
        self.walk(element, state)
        self.flush(state)
        self._item = None

    def _cell(self, element: Element, state: State) -> str:
        """Read a cell of a table as one line."""
        if all(isinstance(child, str) for child in element.children):
            return collapse(clean("".join(child for child in element.children if isinstance(child, str))))
        runs, pieces, asides = self._runs, self.pieces, self._asides
        self._runs, self.pieces, self._asides = [], [], []
        inner = state.within(element)
        inner.depth, inner.quote = 0, False
        self.walk(element, inner)
        self.flush(inner)
        words = [piece.shown for piece in self.pieces if not piece.furniture or state.furniture]
        asides += [piece for piece in self.pieces if piece.furniture and not state.furniture]
        self._runs, self.pieces, self._asides = runs, pieces, asides
        return ("" if words and all(len(word) == 1 for word in words) else " ").join(words)

    def _rows(self, element: Element, state: State) -> None:
        """Read a table, or a list of terms and definitions, as rows."""
        table = read_table(element, lambda cell: self._cell(cell, state))
        self._add_table(table, element, state)

    def _definitions(self, element: Element, pairs: list[tuple[Element, Element]], state: State) -> None:
        rows = [Row([self._cell(term, state), self._cell(text, state)], [0, 1]) for term, text in pairs]
        self._add_table(Table(rows=[row for row in rows if any(row.cells)]), element, state)

    def _add_table(self, table: Table, element: Element, state: State) -> None:
        self.pieces += pieces_of_table(table, self.tables, element, state)
        self.tables += 1
        self.flush(state)
