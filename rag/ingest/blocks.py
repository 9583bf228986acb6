"""A block: a stretch of a source between blank lines, before it is known what it is."""

from dataclasses import dataclass
from enum import StrEnum

from rag.schema import Span

__all__ = ["FRONT_MATTER", "Block", "Placed", "Role"]

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


@dataclass(frozen=True, slots=True)
class Block:
    """Text as it stands in the source; `text` is the concatenation of its spans."""

    text: str
    spans: tuple[Span, ...]
    level: int = 0  # of a heading that the source marks as one (Markdown); 0: not marked; or FRONT_MATTER
    prose: bool = False  # the source marks it as running text (a Markdown list item)

    @property
    def start(self) -> int:
        """Where it begins in the source."""
        return self.spans[0][0]


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with its role, its article, and the block that it continues."""

    block: Block
    role: Role
    article: int  # index among the page's articles; -1: none
    continues: int = -1  # index of the block whose text runs on in this one; -1: none
