"""Number the paragraphs of a Word file as Word shows them: levels, overrides, restarts, texts of several levels."""

import re
from dataclasses import dataclass, field
from typing import Any

from rag.ingest.readers.docx.styles import Styles, W, is_on, is_on_value, value
from rag.ingest.readers.ordinals import write_number

__all__ = ["Label", "Numbering"]

_LEVELS = 9
_LONGEST = 60  # characters of the text of a level
_PLACE = re.compile(r"%([1-9])")
_INVISIBLE = re.compile(r"[\ue000-\uf8ff]")  # bullets of symbol fonts


@dataclass(frozen=True, slots=True)
class Label:
    """The number of a paragraph."""

    text: str  # "" for a bullet
    level: int  # from 1
    suffix: str  # what stands between it and the paragraph: tab, space, nothing


@dataclass(slots=True)
class _Level:
    start: int = 1
    number_format: str = "decimal"
    pattern: str = ""  # of a custom format
    text: str = ""
    restart: int = -1  # after a paragraph of this level (from 1) or above; 0: never; -1: after any above
    suffix: str = "tab"
    legal: bool = False  # all numbers of it as digits
    style: str = ""  # paragraphs of this style have this level
    hidden: bool = False


@dataclass(slots=True)
class _List:
    """A numbered list: the definition that it counts by, and what it overrides."""

    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)  # levels whose override was used


class Numbering:
    """Counts as it is asked: paragraphs have to come in the order of the document."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        self._counters: dict[str, list[int | None]] = {}
        if root is None:
            return
        self._abstract = {e.get(f"{W}abstractNumId") or "": e for e in root.iterchildren(f"{W}abstractNum")}
        self._nums = {e.get(f"{W}numId") or "": e for e in root.iterchildren(f"{W}num")}
        for num_id, element in self._nums.items():
            abstract = self._resolved(value(element.find(f"{W}abstractNumId")))
            self._lists[num_id] = _read_list(element, abstract, self._abstract.get(abstract))

    def _resolved(self, abstract: str) -> str:
        """Follow a definition that only names a list style to the one that defines it."""
        for _ in range(_LEVELS):
            element = self._abstract.get(abstract)
            link = element.find(f"{W}numStyleLink") if element is not None else None
            if link is None:
                break
            num = self._nums.get(self._styles.get(value(link)).num_id)
            if num is None:
                break
            abstract = value(num.find(f"{W}abstractNumId"))
        return abstract

    def level_of_style(self, num_id: str, style_id: str) -> int:
        """Return the level that a list gives to the paragraphs of a style; 0 where it names none."""
        found = self._lists.get(num_id)
        return next((k for k, level in found.levels.items() if level.style == style_id), 0) if found else 0

    def count(self, num_id: str, ilvl: int) -> Label | None:
        """Count a paragraph and return its number; None where the list is not defined or shows nothing."""
        found = self._lists.get(num_id)
        if found is None or not 0 <= ilvl < _LEVELS:
            return None
        level = found.levels.get(ilvl)
        if level is None:
            return None
        counters = self._counters.setdefault(found.abstract, [None] * _LEVELS)
        last = counters[ilvl]
        if ilvl in found.starts and ilvl not in found.begun:
            counters[ilvl] = found.starts[ilvl]
            found.begun.add(ilvl)
        else:
            counters[ilvl] = level.start if last is None else last + 1
        for deeper in range(ilvl + 1, _LEVELS):
            restart = found.levels[deeper].restart if deeper in found.levels else -1
            if restart < 0 or (restart and ilvl < restart):
                counters[deeper] = None
        if level.hidden or (level.number_format == "none" and not level.text):
            return None
        if level.number_format == "bullet":
            return Label("", ilvl + 1, level.suffix)
        return Label(self._text(found, level, counters), ilvl + 1, level.suffix)

    def _text(self, found: _List, level: _Level, counters: list[int | None]) -> str:
        def number(match: re.Match[str]) -> str:
            k = int(match[1]) - 1
            other = found.levels.get(k, _Level())
            counted = counters[k]
            shown = other.start if counted is None else counted
            as_digits = level.legal and other.number_format not in ("none", "bullet")
            return write_number(shown, "decimal" if as_digits else other.number_format, other.pattern)

        return _INVISIBLE.sub("", _PLACE.sub(number, level.text)).strip()


def _read_list(num: Any, abstract: str, definition: Any) -> _List:
    levels = _read_levels(definition)
    found = _List(abstract, levels)
    for override in num.iterchildren(f"{W}lvlOverride"):
        ilvl = _integer(override.get(f"{W}ilvl"), -1)
        levels.update(_read_levels(override))
        start = override.find(f"{W}startOverride")
        if start is not None:
            found.starts[ilvl] = _integer(value(start), 1)
    return found


def _read_levels(parent: Any) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for element in parent.iterchildren(f"{W}lvl") if parent is not None else ():
        restart, legal, suffix = (element.find(W + name) for name in ("lvlRestart", "isLgl", "suff"))
        number_format = next(element.iter(f"{W}numFmt"), None)  # within mc:AlternateContent where it is a custom one
        levels[_integer(element.get(f"{W}ilvl"), 0)] = _Level(
            start=_integer(value(element.find(f"{W}start")), 0),
            number_format=value(number_format) or "decimal",
            pattern=(number_format.get(f"{W}format") or "")[:_LONGEST] if number_format is not None else "",
            text=value(element.find(f"{W}lvlText"))[:_LONGEST],
            restart=-1 if restart is None else _integer(value(restart), -1),
            suffix=value(suffix) or "tab",
            legal=legal is not None and is_on_value(value(legal)),
            style=value(element.find(f"{W}pStyle")),
            hidden=is_on(element.find(f"{W}rPr"), "vanish"),
        )
    return levels


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else otherwise
