"""Compose the text of a document from blocks, each one span of it, a line end between two."""

import re
from dataclasses import dataclass, field

from rag.ingest.blocks import Block, BlockKind, Document, Fact, NoteRef, TableRow

__all__ = ["Composer", "Line", "Mark", "flow"]

_TIDY = str.maketrans(
    {"\t": " ", "\xa0": " ", "\r": " ", "\x0b": "\n", "\x0c": "\n"}
    | {"\u2028": "\n", "\u2029": "\n", "\x85": "\n"}
    | dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\xad\u202a\u202b\u202c\u202d\u202e", "")
    | {chr(code): "" for code in (*range(0x09), *range(0x0E, 0x20), 0x7F)}
)
_BLANKS = re.compile(" {2,}")


@dataclass(frozen=True, slots=True)
class Mark:
    """A reference to a note, standing between pieces of text."""

    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """Text without line ends, and the marks of notes in it."""

    text: str
    refs: tuple[NoteRef, ...] = ()


@dataclass(slots=True)
class Composer:
    """Collects blocks in reading order."""

    blocks: list[Block] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    def add(
        self,
        text: str,
        kind: BlockKind = BlockKind.TEXT,
        *,
        level: int = 0,
        prose: bool = False,
        label: str = "",
        refs: tuple[NoteRef, ...] = (),
        row: TableRow | None = None,
        furniture: str = "",
    ) -> None:
        """Add a block; nothing where its text is empty. `furniture` makes it furniture of that name."""
        if not text:
            return
        start = self._length + len(self._parts)
        kind = BlockKind.FURNITURE if furniture else kind
        self.blocks.append(
            Block(text, ((start, start + len(text)),), level, prose, kind, label, refs, row, furniture=furniture)
        )
        self._parts.append(text)
        self._length += len(text)

    def document(self, facts: tuple[Fact, ...] = (), notices: tuple[str, ...] = ()) -> Document:
        """Return the document of all blocks added."""
        return Document("\n".join(self._parts), tuple(self.blocks), True, facts, notices)


def flow(pieces: list[str | Mark]) -> list[Line]:
    r"""Make lines of pieces: cut at "\n", blanks as a reader sees them, marks kept with their places.

    Runs of blanks and tabs become one blank; blanks at the ends of a line and invisible characters go; no other
    character changes.
    """
    if len(pieces) == 1 and isinstance(pieces[0], str) and pieces[0].isprintable():
        text = pieces[0].strip()  # most texts: nothing in it but plain characters and blanks
        if "  " not in text:
            return [Line(text)] if text else []
    lines: list[Line] = []
    done = ""
    refs: list[NoteRef] = []
    for piece in pieces:
        if isinstance(piece, Mark):
            refs.append(NoteRef(len(done), piece.label))
            continue
        for k, part in enumerate(piece.translate(_TIDY).split("\n")):
            if k:
                lines.append(_line(done, refs))
                done, refs = "", []
            part = _BLANKS.sub(" ", part)
            if not done:
                part = part.lstrip()
            elif done[-1] == " ":
                part = part.lstrip(" ")
            done += part
    lines.append(_line(done, refs))
    return [line for line in lines if line.text or line.refs]


def _line(text: str, refs: list[NoteRef]) -> Line:
    text = text.rstrip()
    return Line(text, tuple(NoteRef(min(ref.offset, len(text)), ref.label) for ref in refs))
