"""Compose the text of a page from its pieces, and their blocks."""

from rag.ingest.blocks import Block, BlockKind, NoteRef, TableRow
from rag.ingest.readers.html.notes import resolve
from rag.ingest.readers.html.piece import Mark, Piece

__all__ = ["compose"]

_SEPARATOR = " | "
_APART = (BlockKind.FURNITURE, BlockKind.METADATA)


def compose(pieces: list[Piece], marks: list[Mark]) -> tuple[str, tuple[Block, ...]]:
    """Return the text, one line or more a block, and the blocks."""
    labels = {piece.label for piece in pieces if piece.kind is BlockKind.NOTE and piece.label}
    parts: list[str] = []
    blocks: list[Block] = []
    at = 0
    for piece in pieces:
        text, refs, cells = _written(piece, marks, labels)
        if not text.strip(" |\n\u3000"):
            continue
        kind = BlockKind.FURNITURE if piece.furniture else piece.kind
        row = None
        if kind is BlockKind.TABLE_ROW:
            row = TableRow(piece.table, piece.row, piece.header, tuple(cells), tuple(piece.columns))
        blocks.append(
            Block(
                text,
                ((at, at + len(text)),),
                level=0 if kind in _APART else piece.level,
                prose=piece.prose and kind not in _APART,
                kind=kind,
                label="" if kind in _APART else piece.label,
                refs=tuple(refs),
                row=row,
                furniture=piece.furniture,
            )
        )
        parts.append(text)
        at += len(text) + 1
    return "\n".join(parts), tuple(blocks)


def _written(piece: Piece, marks: list[Mark], labels: set[str]) -> tuple[str, list[NoteRef], list[tuple[int, int]]]:
    if not piece.cells:
        text, refs = resolve(piece.text, marks, labels)
        return text, refs, []
    parts: list[str] = []
    refs = []
    cells: list[tuple[int, int]] = []
    at = 0
    for cell in piece.cells:
        text, inner = resolve(cell, marks, labels)
        refs += [NoteRef(at + ref.offset, ref.label) for ref in inner]
        cells.append((at, at + len(text)))
        parts.append(text)
        at += len(text) + len(_SEPARATOR)
    return _SEPARATOR.join(parts), refs, cells
