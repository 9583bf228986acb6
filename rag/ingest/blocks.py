"""What a reader makes of a file: a text, and its blocks with what the format itself knows of each."""

from dataclasses import dataclass
from enum import StrEnum

from rag.schema import Span

__all__ = ["FRONT_MATTER", "Block", "BlockKind", "Document", "Fact", "NoteRef", "Placed", "Role", "TableRow"]

FRONT_MATTER = -1  # as a block's level


class Role(StrEnum):
    """What a block is in its page."""

    HEADER = "header"  # the name of a newspaper column, a date line: context, not evidence
    TITLE = "title"
    SUBTITLE = "subtitle"
    BYLINE = "byline"
    HEADING = "heading"
    BODY = "body"
    QUOTE = "quote"
    ATTRIBUTION = "attribution"  # of the quote before it
    NOTE = "note"  # on the author
    IMPRINT = "imprint"  # editors, layout, e-mail: not evidence
    FRAGMENT = "fragment"  # a piece of a headline torn from its article


class BlockKind(StrEnum):
    """What the format itself says that a block is."""

    TEXT = "text"  # a paragraph or a line; what it is in its page is found out later
    HEADING = "heading"  # `level` from 1
    LIST_ITEM = "list_item"  # `level` from 1: how deep; `label` its number, which stands in the text too
    TABLE_ROW = "table_row"
    CAPTION = "caption"  # of a table or picture; also a table's line with its unit
    NOTE = "note"  # a foot- or endnote; `label` its mark, which does not stand in the text
    CODE = "code"
    QUOTE = "quote"
    FURNITURE = "furniture"  # never evidence; `furniture` says what it is
    METADATA = "metadata"  # front matter and the like: facts about the document, not its text


@dataclass(frozen=True, slots=True)
class NoteRef:
    """A mark in a block that refers to a note."""

    offset: int  # in the block's text: the mark stood before this character
    label: str  # of the note


@dataclass(frozen=True, slots=True)
class TableRow:
    """Where a row stands in its table, and where its cells stand in the text of its block."""

    table: int  # from 0, in the order of the document
    row: int  # from 0
    header: bool  # it names what stands in the columns
    cells: tuple[Span, ...]  # ranges of the block's text, empty cells too
    columns: tuple[int, ...]  # the first column of each cell, from 0; a cell over several counts as the first


@dataclass(frozen=True, slots=True)
class Block:
    """Text as it stands in the document; `text` is the concatenation of its spans."""

    text: str
    spans: tuple[Span, ...]
    level: int = 0  # of a heading that the source marks as one (Markdown); 0: not marked; or FRONT_MATTER
    prose: bool = False  # the source marks it as running text (a Markdown list item)
    kind: BlockKind = BlockKind.TEXT
    label: str = ""
    refs: tuple[NoteRef, ...] = ()
    row: TableRow | None = None
    page: int = 0  # from 1, where the format has pages
    furniture: str = ""  # navigation, running head, page number, hidden, comment, script, …

    @property
    def start(self) -> int:
        """Where it begins in the source."""
        return self.spans[0][0]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the format itself states of the document: a title in its properties, a date in a meta element."""

    name: str  # title, authors, issuer, number, published, modified, in_force, source, language, keywords, description
    value: str  # dates as YYYY-MM-DD; of several authors one fact each
    where: str  # for people: "html meta article:published_time", "Word core properties"


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it was read."""

    text: str  # what spans point into: the decoded source, or what was extracted from it
    blocks: tuple[Block, ...]  # in reading order; together they hold every visible word
    extracted: bool = False  # `text` is not the source itself, and has to be kept
    facts: tuple[Fact, ...] = ()
    notices: tuple[str, ...] = ()  # what the reader of the articles should know: words hardly legible, parts left out


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with its role, its article, and the block that it continues."""

    block: Block
    role: Role
    article: int  # index among the page's articles; -1: none
    continues: int = -1  # index of the block whose text runs on in this one; -1: none
