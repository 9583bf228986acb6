"""The blocks to be of a Word file, with what its layout says of each, and what all its stories share."""

from dataclasses import dataclass, field

from rag.ingest.blocks import BlockKind, NoteRef, TableRow
from rag.ingest.readers.docx.inline import Notes, Seen
from rag.ingest.readers.docx.numbering import Numbering
from rag.ingest.readers.docx.styles import Styles

__all__ = ["CONTENTS", "EMPTY_ITEM", "Item", "Word"]

CONTENTS = "table of contents"  # kinds of furniture
EMPTY_ITEM = "empty list item"


@dataclass(slots=True)
class Word:
    """What all stories of a file share."""

    styles: Styles
    numbering: Numbering
    notes: Notes
    seen: Seen = field(default_factory=Seen)
    tables: int = 0


@dataclass(slots=True)
class Item:
    """A block to be."""

    text: str
    kind: BlockKind = BlockKind.TEXT
    level: int = 0
    prose: bool = False
    label: str = ""
    refs: tuple[NoteRef, ...] = ()
    row: TableRow | None = None
    furniture: str = ""
    title: bool = False  # in the style Title
    centred: bool = False
    size: int = 0  # half points
    red: bool = False
    in_table: bool = False
