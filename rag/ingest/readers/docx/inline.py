"""Read the runs of a Word paragraph: what is seen, marks of notes, what is hidden, boxes that hang on it."""

from dataclasses import dataclass, field
from typing import Any

from rag.ingest.readers.composer import Mark
from rag.ingest.readers.docx.fields import Fields
from rag.ingest.readers.docx.math import M, equation
from rag.ingest.readers.docx.styles import Style, Styles, W, is_on, number
from rag.ingest.readers.symbols import symbol

__all__ = ["MC", "Inline", "Notes", "Seen", "chosen"]

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_V = "{urn:schemas-microsoft-com:vml}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_SKIPPED = frozenset(
    f"{W}{name}" for name in "pPr rPr del moveFrom sdtPr sdtEndPr instrText delInstrText delText tcPr trPr".split()
)
_PLAIN = {
    f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-",
}  # fmt: skip
_DRAWN = frozenset({f"{W}drawing", f"{W}pict", f"{W}object"})


class Notes:
    """The foot- and endnotes that were referred to, in the order of their marks."""

    def __init__(self, writers: dict[str, Any]) -> None:
        self._writers = writers  # from "footnote", "endnote" to what writes the number of a note
        self.labels: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def refer(self, kind: str, note_id: str, own_mark: str | None) -> str:
        """Return the label of a note: its number, or the mark that was written by hand."""
        key = (kind, note_id)
        if key not in self.labels:
            if own_mark is None:
                self._counts[kind] = self._counts.get(kind, 0) + 1
                self.labels[key] = str(self._writers[kind](self._counts[kind]))
            else:
                self.labels[key] = own_mark
        return self.labels[key]


@dataclass(slots=True)
class Seen:
    """What stands in a document besides its text, counted for the notices."""

    comments: int = 0
    deleted: int = 0
    pictures: int = 0
    charts: int = 0
    embedded: int = 0
    unknown_signs: int = 0
    paragraphs: int = 0  # read, those of cells too
    runs: int = 0
    unread: int = 0  # paragraphs beyond the limit


@dataclass(slots=True)
class Inline:
    """The content of one paragraph."""

    styles: Styles
    style: Style
    fields: Fields
    notes: Notes
    seen: Seen
    pieces: list[str | Mark] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)  # seen or not, no text of it: kind of furniture, words
    boxes: list[Any] = field(default_factory=list)  # w:txbxContent elements that hang here
    drawn: list[str] = field(default_factory=list)  # words of WordArt
    diagrams: list[str] = field(default_factory=list)  # ids of relations to their data
    contents: bool = False  # it belongs to a table of contents
    size: int = 0  # half points, of the largest run
    colours: set[str] = field(default_factory=set)

    def walk(self, parent: Any, *, placeholder: bool = False) -> None:
        """Read all that stands below an element of a paragraph."""
        for child in parent:
            tag = child.tag
            if tag == f"{W}r":
                self._run(child, placeholder)
            elif tag == f"{W}del" or tag == f"{W}moveFrom":
                self.seen.deleted += tag == f"{W}del"
            elif tag in _SKIPPED or not isinstance(tag, str):
                continue
            elif tag == f"{W}sdt":
                shows = is_on(child.find(f"{W}sdtPr"), "showingPlcHdr")
                self.walk(child, placeholder=placeholder or shows)
            elif tag == f"{MC}AlternateContent":
                self.walk(chosen(child), placeholder=placeholder)
            elif tag.startswith(M):
                self._put(equation(child))
            elif tag == f"{W}fldSimple":
                self._simple(child, placeholder)
            else:
                self.walk(child, placeholder=placeholder)

    def _simple(self, element: Any, placeholder: bool) -> None:
        if (element.get(f"{W}instr") or "").split()[:1] == ["TOC"]:
            self.contents = True
        self.walk(element, placeholder=placeholder)

    def _run(self, run: Any, placeholder: bool) -> None:
        self.seen.runs += 1
        properties = run.find(f"{W}rPr")
        hidden = self._is_hidden(properties)
        font = ""
        own_mark: str | None = None
        mark: tuple[str, str] | None = None
        if properties is not None:
            self._note_look(properties)
            fonts = properties.find(f"{W}rFonts")
            font = (fonts.get(f"{W}ascii") or "") if fonts is not None else ""
        for child in run:
            tag = child.tag
            if tag == f"{W}t":
                text = (child.text or "").replace("\n", " ")
                if any("\uf000" <= c <= "\uf0ff" for c in text):
                    text = "".join(self._symbol(font, ord(c)) if "\uf000" <= c <= "\uf0ff" else c for c in text)
                if mark is not None:
                    own_mark = (own_mark or "") + text
                else:
                    self._put(text, hidden, placeholder)
            elif tag in _PLAIN:
                self._put(_PLAIN[tag], hidden, placeholder)
            elif tag == f"{W}sym":
                code = child.get(f"{W}char") or ""
                sign = self._symbol(child.get(f"{W}font") or "", int(code, 16) if _is_hex(code) else 0)
                if mark is not None:
                    own_mark = (own_mark or "") + sign
                else:
                    self._put(sign, hidden, placeholder)
            elif tag == f"{W}fldChar":
                self._put(self.fields.mark(child), hidden, placeholder)
            elif tag == f"{W}instrText":
                self.fields.add_code(child.text or "")
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                kind = tag.removeprefix(W).removesuffix("Reference")
                note_id = child.get(f"{W}id") or ""
                if is_on_attribute(child.get(f"{W}customMarkFollows")):
                    mark = (kind, note_id)
                elif not self.fields.in_code:
                    self.pieces.append(Mark(self.notes.refer(kind, note_id, None)))
            elif tag == f"{W}commentReference":
                self.seen.comments += 1
            elif tag in _DRAWN:
                self._drawn(child)
            elif tag == f"{MC}AlternateContent":
                for part in chosen(child):
                    if part.tag in _DRAWN:
                        self._drawn(part)
                    elif part.tag == f"{W}t":
                        self._put((part.text or "").replace("\n", " "), hidden, placeholder)
            elif tag == f"{W}ruby":
                self._ruby(child)
        if mark is not None:
            self.pieces.append(Mark(self.notes.refer(*mark, (own_mark or "").strip()[:20] or None)))

    def _ruby(self, element: Any) -> None:
        """Read characters with their pronunciation above them; that is kept aside."""
        base, above = element.find(f"{W}rubyBase"), element.find(f"{W}rt")
        if base is not None:
            self.walk(base)
        if above is not None:
            self.aside.append(("ruby", "".join(one.text or "" for one in above.iter(f"{W}t"))))

    def _is_hidden(self, properties: Any) -> bool:
        hidden = self.style.hidden
        if properties is None:
            return hidden
        style = properties.find(f"{W}rStyle")
        if style is not None:
            hidden = hidden or self.styles.get(style.get(f"{W}val") or "").hidden
        return is_on(properties, "vanish", hidden)

    def _note_look(self, properties: Any) -> None:
        size, colour = properties.find(f"{W}sz"), properties.find(f"{W}color")
        if size is not None:
            self.size = max(self.size, number(size.get(f"{W}val"), 0))
        if colour is not None:
            self.colours.add((colour.get(f"{W}val") or "").upper())

    def _symbol(self, font: str, code: int) -> str:
        sign = symbol(font, code)
        self.seen.unknown_signs += sign == "\ufffd"
        return sign

    def _put(self, text: str, hidden: bool = False, placeholder: bool = False) -> None:
        if not text or self.fields.in_code:
            return
        self.fields.note_text()
        if hidden or placeholder:
            self.aside.append(("hidden" if hidden else "placeholder", text))
            return
        self.contents = self.contents or (self.fields.in_contents and bool(text.strip()))
        self.pieces.append(text)

    def _drawn(self, element: Any) -> None:
        """Find in a drawing what can be read: text boxes (once each), WordArt, diagrams; the rest is counted."""
        found = False
        todo = [element]
        while todo:
            one = todo.pop()
            if one.tag == f"{MC}AlternateContent":
                todo.append(chosen(one))
                continue
            if one.tag == f"{W}txbxContent":
                self.boxes.append(one)
                found = True
                continue
            if one.tag == f"{_V}textpath" and one.get("string"):
                self.drawn.append(one.get("string"))
                found = True
            elif one.tag == f"{_DGM}relIds":
                self.diagrams.append(one.get(f"{_R}dm") or "")
                found = True
            elif one.tag == f"{_C}chart":
                self.seen.charts += 1
                found = True
            todo.extend(reversed(one))
        self.seen.pictures += not found


def chosen(alternate: Any) -> Any:
    """Return the branch of `mc:AlternateContent` that is read: the first that holds words, or the first."""
    branches = [one for one in alternate if one.tag in (f"{MC}Choice", f"{MC}Fallback")]
    with_words = (one for one in branches if next(one.iter(f"{W}t", f"{_DGM}relIds", f"{_C}chart"), None) is not None)
    return next(with_words, branches[0] if branches else ())


def is_on_attribute(text: str | None) -> bool:
    """Say whether an attribute that is on or off is on."""
    return text in ("1", "true", "on")


def _is_hex(text: str) -> bool:
    return 0 < len(text) <= 6 and all(c in "0123456789abcdefABCDEF" for c in text)
