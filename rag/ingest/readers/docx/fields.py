"""Fields of a Word file: which text is a field's code, which its result, and what is shown where there is no result."""

import re
from dataclasses import dataclass, field
from typing import Any

from rag.ingest.readers.docx.styles import W, is_on, is_on_value, number, value

__all__ = ["Fields"]

_ENCLOSED = re.compile(r"\\o(?:\\a[clr])?\s*\(\s*([^,，()\\]*)[,，]\s*([^,，()]*)\)", re.IGNORECASE)
_FRACTION = re.compile(r"\\f\s*\(([^,，()]*)[,，]([^()]*)\)", re.IGNORECASE)
_BUTTON = re.compile(r"\s*MACROBUTTON\s+\S+\s+(.*)", re.IGNORECASE | re.DOTALL)
_RINGS = frozenset("○〇◯O")
_MOST_NESTED = 50


@dataclass(slots=True)
class _Field:
    code: str = ""
    in_result: bool = False
    shown: bool = False  # its result held text
    form: str = ""  # what a form field shows by itself


@dataclass(slots=True)
class Fields:
    """The fields that are open at a place of a story; they may run over paragraphs."""

    unmatched: set[Any] = field(default_factory=set)  # begins without an end: what follows them is not their code
    _open: list[_Field] = field(default_factory=list)

    @classmethod
    def of(cls, story: Any) -> "Fields":
        """Find the beginnings in a story that have no end, as cut and merged documents have them."""
        begun: list[Any] = []
        for mark in story.iter(f"{W}fldChar"):
            kind = mark.get(f"{W}fldCharType")
            if kind == "begin":
                begun.append(mark)
            elif kind == "end" and begun:
                begun.pop()
        return cls(set(begun))

    @property
    def in_code(self) -> bool:
        """Whether text here belongs to a field's code and is not seen."""
        return any(not one.in_result for one in self._open)

    @property
    def in_contents(self) -> bool:
        """Whether text here belongs to a table of contents."""
        return any(one.in_result and one.code.lstrip()[:4].upper() in ("TOC", "TOC ") for one in self._open)

    def note_text(self) -> None:
        """Note that the open fields show text."""
        for one in self._open:
            one.shown = True

    def add_code(self, text: str) -> None:
        """Add to the code of the innermost field."""
        if self._open and not self._open[-1].in_result:
            self._open[-1].code += text

    def mark(self, element: Any) -> str:
        """Follow a `w:fldChar`; return what a field that ends shows without a result."""
        kind = element.get(f"{W}fldCharType")
        if kind == "begin":
            if element not in self.unmatched and len(self._open) < _MOST_NESTED:
                self._open.append(_Field(form=_form(element.find(f"{W}ffData"))))
        elif kind == "separate":
            if self._open:
                self._open[-1].in_result = True
        elif kind == "end" and self._open:
            ended = self._open.pop()
            if not ended.shown and not self.in_code:
                return ended.form or _shown_by_code(ended.code)
        return ""


def _form(data: Any) -> str:
    """Return what a form field shows: a box, ticked or not, or the chosen entry of a list."""
    if data is None:
        return ""
    box = data.find(f"{W}checkBox")
    if box is not None:
        checked = box.find(f"{W}checked")
        ticked = is_on_value(value(checked)) if checked is not None else is_on(box, "default")
        return "☒" if ticked else "☐"
    choices = data.find(f"{W}ddList")
    if choices is not None:
        entries = [value(entry) for entry in choices.findall(f"{W}listEntry")]
        chosen = value(choices.find(f"{W}result")) or value(choices.find(f"{W}default")) or "0"
        place = number(chosen, -1)
        return entries[place] if 0 <= place < len(entries) else ""
    return ""


def _shown_by_code(code: str) -> str:
    """Return what fields show that keep it in their code: characters in a ring, fractions, the words of a button."""
    button = _BUTTON.fullmatch(code)
    if button:
        return button[1].strip()
    if not code.strip().lower().startswith("eq"):
        return ""
    enclosed = _ENCLOSED.search(code)
    if enclosed:
        ring, inside = enclosed[1].strip(), enclosed[2].strip()
        if ring in _RINGS and inside.isascii() and inside.isdigit() and 1 <= int(inside) <= 20:
            return chr(0x2460 + int(inside) - 1)
        return inside or ring
    fraction = _FRACTION.search(code)
    return f"{fraction[1].strip()}/{fraction[2].strip()}" if fraction else ""
