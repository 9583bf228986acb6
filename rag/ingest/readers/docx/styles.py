"""What the styles of a Word file say of a paragraph: heading level, list, caption, table of contents, hidden."""

import re
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Style", "Styles", "W", "is_on", "is_on_value", "number", "value"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

# Built-in styles have English names inside the file, whatever the language of Word; converters write localised ones.
_HEADING = re.compile(
    r"(?:heading|标题|標題|title level|titre|überschrift|título|заголовок|제목|見出し)\s*([1-9])", re.IGNORECASE
)
_TITLE = re.compile(r"title|标题|標題|文档标题|文件标题|公文标题|总标题|文章标题", re.IGNORECASE)
_CAPTION = re.compile(r"caption|题注|題注|图表?标题|表格?标题|表题|图题|table caption|image caption", re.IGNORECASE)
_CONTENTS = re.compile(
    r"(?:toc|目录|目錄)\s*(?:\d|heading|标题)|toc heading|table of (?:figures|authorities)|图表目录", re.IGNORECASE
)
_QUOTE = re.compile(r"(?:intense )?quote|block ?text|引用|明显引用", re.IGNORECASE)
_CODE = re.compile(r"source code|html preformatted|code|代码|plain code", re.IGNORECASE)
_MOST_BASES = 12  # styles based on one another; Word allows 11


@dataclass(frozen=True, slots=True)
class Style:
    """What a style and those that it is based on say."""

    name: str = ""
    level: int = 0  # of a heading, from 1
    role: str = ""  # title, caption, contents, quote, code
    num_id: str = ""
    ilvl: int = -1
    hidden: bool = False
    bold: bool = False
    size: int = 0  # half points
    alignment: str = ""


class Styles:
    """The styles of a document by id."""

    def __init__(self, root: Any) -> None:
        self._elements: dict[str, Any] = {}
        self._known: dict[str, Style] = {}
        self.default = ""
        self.size = 0
        if root is None:
            return
        for element in root.iter(f"{W}style"):
            style_id = element.get(f"{W}styleId") or ""
            self._elements.setdefault(style_id, element)
            if element.get(f"{W}type") == "paragraph" and is_on_value(element.get(f"{W}default") or "0"):
                self.default = style_id
        size = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}sz")
        self.size = number(value(size), 0) if size is not None else 0

    def get(self, style_id: str) -> Style:
        """Return what a style says; nothing is said by one that is not there."""
        if style_id not in self._known:
            self._known[style_id] = self._resolve(style_id)
        return self._known[style_id]

    def _resolve(self, style_id: str) -> Style:
        chain: list[Any] = []
        while style_id in self._elements and len(chain) < _MOST_BASES:
            element = self._elements[style_id]
            if element in chain:
                break
            chain.append(element)
            style_id = value(element.find(f"{W}basedOn"))
        found = Style()
        for element in reversed(chain):
            found = _own(found, element)
        return found


def _own(base: Style, element: Any) -> Style:
    """Return what a style says over what its base says."""
    name = value(element.find(f"{W}name")).strip()
    found = replace(base, name=name)
    heading = _HEADING.fullmatch(name)
    if heading:
        found = replace(found, level=int(heading[1]), role="")
    for pattern, role in (
        (_TITLE, "title"),
        (_CAPTION, "caption"),
        (_CONTENTS, "contents"),
        (_QUOTE, "quote"),
        (_CODE, "code"),
    ):
        if pattern.fullmatch(name):
            found = replace(found, role=role, level=0)
    outline = element.find(f"{W}pPr/{W}outlineLvl")
    if outline is not None and found.role in ("", "title"):
        level = number(value(outline), 9)
        found = replace(found, level=level + 1 if 0 <= level < 9 else 0)
    numbered = element.find(f"{W}pPr/{W}numPr")
    if numbered is not None:
        num_id, ilvl = numbered.find(f"{W}numId"), numbered.find(f"{W}ilvl")
        found = replace(
            found,
            num_id=value(num_id) if num_id is not None else found.num_id,
            ilvl=number(value(ilvl), 0) if ilvl is not None else found.ilvl,
        )
    run = element.find(f"{W}rPr")
    if run is not None:
        size = run.find(f"{W}sz")
        found = replace(
            found,
            hidden=is_on(run, "vanish", found.hidden),
            bold=is_on(run, "b", found.bold),
            size=number(value(size), 0) if size is not None else found.size,
        )
    alignment = element.find(f"{W}pPr/{W}jc")
    return replace(found, alignment=value(alignment)) if alignment is not None else found


def value(element: Any) -> str:
    """Return the `w:val` of an element, "" where there is none."""
    return "" if element is None else element.get(f"{W}val") or ""


def is_on(properties: Any, name: str, otherwise: bool = False) -> bool:
    """Say whether a property that is on or off is on; `otherwise` where it is not mentioned."""
    element = None if properties is None else properties.find(W + name)
    return otherwise if element is None else is_on_value(value(element))


def is_on_value(text: str) -> bool:
    """Say whether the value of a property means on; none at all does."""
    return text not in ("0", "false", "off", "none")


def number(text: str | None, otherwise: int) -> int:
    """Return the number that a value is; `otherwise` where it is none, or beyond what any program writes."""
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text) else otherwise
