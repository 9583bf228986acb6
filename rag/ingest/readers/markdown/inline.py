"""The inside of a Markdown paragraph: what a reader sees of it, and where that stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rag.ingest.blocks import Block, BlockKind, NoteRef
from rag.ingest.enumeration import LabelStyle, read_label
from rag.ingest.shown import ShownText

__all__ = ["Inline", "Part", "show_inline"]

_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)[^>]*>")
_NOTE_MARK = re.compile(r"[\[(]?\s*(?:\d{1,3}|[*†‡]|[a-z])\s*[\])]?")
_NOTE_LINE = re.compile(r"\[\d{1,3}\]\s*\S|注\s*\d*\s*[:：]")
_BREAKS = {"br", "p", "div", "hr"}
_HIDDEN = {"del", "s", "strike", "script", "style"}


@dataclass(slots=True)
class Part:
    """What stands between two line breaks that the source asks for."""

    shown: ShownText
    refs: list[NoteRef] = field(default_factory=list)
    outside_anchors: int = 0  # characters that stand in no link to a place on the same page
    anchors: int = 0

    @property
    def anchors_only(self) -> bool:
        """Whether it is but links to places on the same page."""
        return self.anchors > 0 and not self.outside_anchors


@dataclass(slots=True)
class Inline:
    """The parts of a paragraph, what is struck out or hidden in it, and where it stands."""

    parts: list[Part]
    furniture: list[Block]
    start: int
    end: int
    is_plain: bool  # shown as it stands
    note_links: list[tuple[int, str, str]]  # links to notes: where, the anchor, the label


def show_inline(source: str, token: Any, places: Sequence[int]) -> Inline:
    """Show an inline token; `places` is where each character of its content stands in the source."""
    reader = _Inline(source, token.content, places)
    for child in token.children or ():
        reader.read(child)
    reader.end()
    start, end = (places[0], places[-1] + 1) if places else (0, 0)
    parts = [p for p in reader.parts if len(p.shown)]
    plain = len(parts) == 1 and parts[0].shown.spans() == ((start, end),)
    return Inline(parts, reader.furniture, start, end, plain, reader.note_links)


class _Inline:
    """Walks through an inline token with a cursor on its content."""

    def __init__(self, source: str, content: str, places: Sequence[int]) -> None:
        self._source, self._content, self._places = source, content, places
        self._at = 0
        self._hidden: list[str] = []
        self._hidden_text = ShownText(source)
        self.parts = [Part(ShownText(source))]
        self.furniture: list[Block] = []
        self.note_links: list[tuple[int, str, str]] = []
        self._link = ""
        self._attributes = re.compile(r"\s*\{[^{}\n]*[=.#][^{}\n]*\}\s*$").search(content)

    def read(self, child: Any) -> None:
        """Show a token and move on behind it."""
        kind = child.type
        if kind == "text" and self._is_note_link(child.content):
            self._ref_by_link(child.content)
        elif kind in ("text", "code_inline"):
            self._show(child.content)
        elif kind == "text_special":
            self._show_special(child)
        elif kind == "softbreak":
            self._show_line_end()
        elif kind == "hardbreak":
            self._skip_to("\n")
            self._begin_part()
        elif kind == "html_inline":
            self._tag(child.content)
        elif kind == "link_open":
            self._link = str(child.attrs.get("href", ""))
        elif kind == "link_close":
            self._link = ""
            self._skip_target()
        elif kind == "image":
            self._image(child)
        elif kind == "footnote_ref":
            self._ref(str(child.meta["label"]))
            self._skip_to("]")
        elif kind in ("s_open", "s_close"):
            self._strike(opens=kind == "s_open")

    def end(self) -> None:
        """Finish what is open."""
        self._flush_hidden("struck out")

    def _target(self) -> ShownText:
        return self._hidden_text if self._hidden else self.parts[-1].shown

    def _show(self, text: str) -> None:
        at = self._content.find(text, self._at) if text else -1
        if at < 0:
            return
        end = min(at + len(text), self._attributes.start() if self._attributes else at + len(text))
        for begin, stop in _runs(self._places[at:end]):
            self._target().add(begin, stop)
        part = self.parts[-1]
        if self._link.startswith("#"):
            part.anchors += len(text.strip())
        else:
            part.outside_anchors += len(text.strip(" ,;|·、，"))
        self._at = at + len(text)

    def _is_note_link(self, text: str) -> bool:
        return self._link.startswith("#") and bool(_NOTE_MARK.fullmatch(text.strip()))

    def _ref_by_link(self, text: str) -> None:
        label = text.strip().strip("[]()").strip()
        at = self._content.find(text, self._at)
        self.note_links.append((at, self._link[1:], label))
        self._ref(label)
        self._at = at + len(text) if at >= 0 else self._at

    def _show_special(self, child: Any) -> None:
        at = self._content.find(child.markup, self._at)
        if at < 0:
            return
        start, end = self._places[at], self._places[at + len(child.markup) - 1] + 1
        if child.info == "escape":
            self._target().add(start + 1, end)
        else:
            self._target().add_decoded(child.content, start, end)
        self._at = at + len(child.markup)

    def _show_line_end(self) -> None:
        at = self._content.find("\n", self._at)
        if at >= 0 and _begins_a_line(self._content, at + 1):
            self._at = at + 1
            self._begin_part()
        elif at >= 0:
            self._target().add(self._places[at], self._places[at] + 1)
            self._at = at + 1

    def _skip_to(self, mark: str) -> None:
        at = self._content.find(mark, self._at)
        if at >= 0:
            self._at = at + len(mark)

    def _skip_target(self) -> None:
        """Move behind the target of a link: (…), [name], or the > of an address."""
        match = re.compile(r"\](?:\((?:[^()\\]|\\.|\([^()]*\))*\)|\[[^\]]*\])?|>").match(self._content, self._at)
        if match is None:
            match = re.compile(r"[^\]>]*?\](?:\((?:[^()\\]|\\.|\([^()]*\))*\)|\[[^\]]*\])?").match(
                self._content, self._at
            )
        if match:
            self._at = match.end()

    def _image(self, child: Any) -> None:
        match = re.compile(r"!\[(.*?)\](?:\((?:[^()\\]|\\.|\([^()]*\))*\)|\[[^\]]*\])?", re.DOTALL).search(
            self._content, self._at
        )
        if match is None:
            return
        words = ShownText(self._source)
        for begin, stop in _runs(self._places[match.start(1) : match.end(1)]):
            words.add(begin, stop)
        self._furniture(words, "image")
        self._at = match.end()

    def _tag(self, content: str) -> None:
        at = self._content.find(content, self._at)
        self._at = at + len(content) if at >= 0 else self._at
        match = _TAG.match(content)
        if match is None:
            return  # a comment
        name, closes = match[2].lower(), bool(match[1])
        if name in _BREAKS:
            self._begin_part()
        elif name in _HIDDEN:
            if not closes:
                self._flush_hidden("struck out")
                self._hidden.append(name)
            elif self._hidden and self._hidden[-1] == name:
                self._hidden.pop()
                self._flush_hidden("struck out")

    def _strike(self, *, opens: bool) -> None:
        self._skip_to("~~")
        if opens:
            self._hidden.append("~~")
        elif self._hidden:
            self._hidden.pop()
            self._flush_hidden("struck out")

    def _ref(self, label: str) -> None:
        self.parts[-1].refs.append(NoteRef(len(self.parts[-1].shown), label))

    def _begin_part(self) -> None:
        if not self._hidden:
            self.parts.append(Part(ShownText(self._source)))

    def _flush_hidden(self, what: str) -> None:
        self._furniture(self._hidden_text, what)
        self._hidden_text = ShownText(self._source)

    def _furniture(self, words: ShownText, what: str) -> None:
        if len(words) and words.spans():
            self.furniture.append(Block(words.text(), words.spans(), kind=BlockKind.FURNITURE, furniture=what))


def _begins_a_line(content: str, at: int) -> bool:
    """Say whether a line is one of its own though Markdown would join it: （二）…, [2] …, ① …"""
    line = content[at:].split("\n", 1)[0]
    label = read_label(line)
    return (label is not None and label.style >= LabelStyle.ARTICLE) or bool(_NOTE_LINE.match(line))


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Join places that follow each other into ranges."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return runs
