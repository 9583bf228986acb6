"""A piece of a page on its way to become a block: its text, and what the page says of it."""

from dataclasses import dataclass, field

from rag.ingest.blocks import BlockKind
from rag.ingest.readers.html.tree import Element

__all__ = ["AFTER", "BEFORE", "OUTSIDE", "Mark", "Piece", "State"]

BEFORE, AFTER = "before the document", "after the document"  # furniture by its place alone
OUTSIDE = frozenset((BEFORE, AFTER))


@dataclass(slots=True)
class Mark:
    """A raised or lowered sign, or a link that may refer to a note; in a piece's text it is `MARK` with its number."""

    text: str  # as shown
    label: str  # of the note that it may refer to; empty: none
    certain: bool = False  # it refers to a note: it is a link to one, or stands in brackets
    lowered: bool = False


@dataclass(slots=True)
class Piece:
    """What becomes one block; changed until the page is composed."""

    text: str
    element: Element
    kind: BlockKind = BlockKind.TEXT
    level: int = 0
    label: str = ""
    furniture: str = ""
    prose: bool = False
    centred: bool = False
    bold: bool = False
    link: float = 0.0  # share of its text
    inside: bool = False  # the main element
    cells: list[str] = field(default_factory=list)  # of a table row, then `text` is empty
    columns: list[int] = field(default_factory=list)
    table: int = -1
    row: int = 0
    header: bool = False

    @property
    def shown(self) -> str:
        """Its words, of whatever kind it is."""
        return " | ".join(self.cells) if self.cells else self.text


@dataclass(slots=True)
class State:
    """What the elements around a text say of it."""

    block: Element
    bold: bool = False
    link: bool = False
    centred: bool = False
    furniture: str = ""
    inside: bool = False
    heading: int = 0
    quote: bool = False
    depth: int = 0  # of lists
    note: str = ""
    raw: bool = False  # line breaks of the source are shown

    def within(self, block: Element) -> "State":
        """Return a copy for the children of a block (five times as fast as `dataclasses.replace`)."""
        return State(
            block,
            self.bold,
            self.link,
            self.centred,
            self.furniture,
            self.inside,
            self.heading,
            self.quote,
            self.depth,
            self.note,
            self.raw,
        )
