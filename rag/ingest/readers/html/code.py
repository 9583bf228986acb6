"""Preformatted text that is code; other preformatted text is read as lines."""

import re

from rag.ingest.blocks import BlockKind
from rag.ingest.readers.html.lines import clean
from rag.ingest.readers.html.piece import Piece, State
from rag.ingest.readers.html.tree import Element, find, text_of

__all__ = ["code_pieces", "is_code"]

_NAMED = re.compile(r"(?:^|[\s-])(?:code|highlight|language|prettyprint|hljs|sourcecode)")


def is_code(element: Element) -> bool:
    """Check whether a `pre` is code: old sites put notices in it, to keep their line breaks."""
    return bool(_NAMED.search(element.names)) or any(child.tag == "code" for child in find(element))


def code_pieces(element: Element, state: State) -> list[Piece]:
    """Read code as one piece, with its line breaks."""
    text = clean(text_of(element, 1_000_000, raw=True)).replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not text.strip():
        return []
    return [Piece(text, element, BlockKind.CODE, furniture=state.furniture, inside=state.inside)]
