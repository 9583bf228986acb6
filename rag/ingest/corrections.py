"""What a sidecar says about the blocks of a document, applied before anything else is made of them."""

from dataclasses import replace

from rag.ingest.blocks import Block, BlockKind, Document, Role
from rag.ingest.layout import Corrections

__all__ = ["corrected"]

_KINDS = {
    Role.TITLE: BlockKind.HEADING,
    Role.SUBTITLE: BlockKind.HEADING,
    Role.HEADING: BlockKind.HEADING,
    Role.QUOTE: BlockKind.QUOTE,
    Role.NOTE: BlockKind.NOTE,
    Role.BODY: BlockKind.TEXT,
    Role.ATTRIBUTION: BlockKind.TEXT,
}
_HEADING_LEVELS = {Role.TITLE: 1, Role.SUBTITLE: 2, Role.HEADING: 2}


def corrected(document: Document, corrections: Corrections) -> Document:
    """Give each block the role that a person gave it, and join those that run on in another."""
    blocks = [
        _with_role(b, corrections.roles[n]) if n in corrections.roles else b for n, b in enumerate(document.blocks)
    ]
    into = {second: first for second, first in corrections.continues.items() if first >= 0}
    for second in sorted(into):
        first = into[second]
        while first in into:
            first = into[first]
        one, other = blocks[first], blocks[second]
        text, spans = one.text + other.text, (*one.spans, *other.spans)
        blocks[first] = replace(one, text=text, spans=spans, refs=(*one.refs, *other.refs))
    return replace(document, blocks=tuple(b for n, b in enumerate(blocks) if n not in into))


def _with_role(block: Block, role: Role) -> Block:
    kind = _KINDS.get(role)
    if kind is None:
        return replace(block, kind=BlockKind.FURNITURE, furniture=f"{role.value}, says the sidecar", row=None)
    return replace(
        block, kind=kind, level=_HEADING_LEVELS.get(role, 0), prose=role is Role.BODY, furniture="", row=None
    )
