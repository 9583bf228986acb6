"""Lines of a Word file joined as a reader sees them: numbers before them, lines cut by their width mended."""

import re

from rag.ingest.blocks import NoteRef
from rag.ingest.readers.composer import Line

__all__ = ["join", "put_number", "unwrap"]

# A break inside a paragraph is where the writer wanted a new line, but for lines that were cut by their width.
_ENDS = re.compile(r"[。！？；：!?;:.…”’）)】》]\s*$")
_WRAPPED = 30  # characters of a line that may have been cut by its width
_HUGS = "、）．。】〉》」』："  # as wide as a character, the blank within: no other stands after them


def put_number(number: str, suffix: str, line: Line) -> Line:
    """Put the number of a paragraph before its first line, with a blank where a reader sees one."""
    between = "" if suffix == "nothing" or number[-1] in _HUGS else " "
    before = number + between if line.text else number
    return Line(before + line.text, tuple(NoteRef(ref.offset + len(before), ref.label) for ref in line.refs))


def join(lines: list[Line], *, apart: bool = True) -> Line:
    """Join lines with blanks between them; where they need not stand `apart`, with none beside Chinese."""
    text = ""
    refs: list[NoteRef] = []
    for line in lines:
        text += " " if text and line.text and (apart or (text[-1].isascii() and line.text[0].isascii())) else ""
        refs += [NoteRef(ref.offset + len(text), ref.label) for ref in line.refs]
        text += line.text
    return Line(text, tuple(refs))


def unwrap(lines: list[Line]) -> list[Line]:
    """Join lines that were cut by their width, as in text pasted from a page."""
    done: list[Line] = []
    for line in lines:
        last = done[-1] if done else None
        if (
            last
            and line.text
            and len(last.text) >= _WRAPPED
            and not _ENDS.search(last.text)
            and not line.text[0].isdigit()
        ):
            glue = " " if last.text[-1].isascii() and line.text[0].isascii() else ""
            offset = len(last.text) + len(glue)
            refs = last.refs + tuple(NoteRef(ref.offset + offset, ref.label) for ref in line.refs)
            done[-1] = Line(last.text + glue + line.text, refs)
        else:
            done.append(line)
    return done
