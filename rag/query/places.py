"""Places that a text names: countries, provinces, cities and counties by lists, others by what they are: 白岭镇."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path

from rag.text.folding import fold

__all__ = ["Place", "named_places", "place_of_title"]

_PLACES = Path(__file__).with_name("places.txt")
_DIVISIONS = Path(__file__).with_name("divisions.txt")
_FRAME = re.compile(r"的谁|的?(?:哪|什么|何)")  # 位于美国的哪一州: the place is known, and need not be told
_KIND = "省|(?<![城都])市|(?<!市)县|(?<![乡小古城])镇|乡|(?<![农乡])村"
# Where a name may begin: at the start, and behind what is no part of one.
_BEGINS = re.compile(r"^(?:请问)?|(?:\d年?|[去今明前]年)(?:度|末|底)?|[^\w年]|[在和与]")
_NAMED = re.compile(rf"(?P<name>[^\W\d_a-z]{{1,4}}?)(?P<kind>{_KIND})(?![场容民委政府城区里])")
# What stands in front of such a word without naming one: 全省, 各县, 城市, 乡镇, 农村.
_NO_NAME = re.compile(
    r"^(?:[全本我各该每哪某外跨几多这那两首上城乡农都股楼超门大小中一二三四五六七八九十]|.*[的是有在和与各全级])"
)
_TITLE = re.compile(rf"^(?:(?:19|20)\d\d年?)?(?P<place>[\u4e00-\u9fff]{{1,8}}?(?:{_KIND}|自治区|自治州|区|州|盟|旗))")


@dataclass(frozen=True, slots=True)
class Place:
    """A place as a text names it, and all its names, folded."""

    text: str
    forms: tuple[str, ...]

    def is_in(self, folded: str) -> bool:
        """Say whether a folded text names it."""
        return any(form in folded for form in self.forms)


def named_places(text: str, known: Collection[str] = ()) -> list[Place]:
    """Give the places that a text names, each once; of two that overlap the one that begins first, then the longer.

    `known` are names of places that the library's articles are of: they are found without a list.
    """
    folded = fold(text)
    found: dict[tuple[int, int], Place] = {}
    for name in known:
        for form in _forms(fold(name)):
            for at in _starts(folded, form):
                found.setdefault((at, -len(form)), Place(name, _forms(fold(name))))
    for match in _listed_pattern().finditer(folded):
        if not _FRAME.match(folded, match.end()):
            found.setdefault((match.start(), -len(match.group())), Place(match.group(), _listed()[match.group()]))
    for match in _english_pattern().finditer(text):
        found.setdefault((match.start(), -len(match.group())), Place(match.group(), _english()[match.group()]))
    kept = _apart(found, [])
    found = {}
    for begin in _BEGINS.finditer(folded):
        named = _NAMED.match(folded, begin.end())
        if named and not _NO_NAME.match(named["name"]):
            found[named.start(), -len(named.group())] = Place(named.group(), _forms(named.group()))
    kept = _apart(found, kept)
    return list(dict.fromkeys(place for _, _, place in sorted(kept, key=itemgetter(0))))


def _apart(
    found: Mapping[tuple[int, int], Place], kept: Sequence[tuple[int, int, Place]]
) -> list[tuple[int, int, Place]]:
    """Add places under where they start and minus their length, which overlap none that is kept."""
    all_ = list(kept)
    for (start, length), place in sorted(found.items(), key=itemgetter(0)):
        if all(start >= end or start - length <= begin for begin, end, _ in all_):
            all_.append((start, start - length, place))
    return all_


def place_of_title(title: str) -> str:
    """Give the place that a title begins with: 甲镇规划 is of 甲镇; "" where it begins with none."""
    found = _TITLE.match(fold(title))
    if not found:
        return ""
    listed = _listed_pattern().match(found["place"])
    return found["place"] if listed or not _NO_NAME.match(found["place"]) else ""


def _forms(name: str) -> tuple[str, ...]:
    """Give a name and, where two characters are left, the name without what it is: 四川省, 四川."""
    bare = re.sub(rf"(?:自治区|自治州|{_KIND}|区|州)$", "", name)
    return (name, bare) if len(bare) >= 2 and bare != name else (name,)


def _starts(text: str, form: str) -> Iterator[int]:
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + 1)


@cache
def _listed_pattern() -> re.Pattern[str]:
    longest_first = sorted(_listed(), key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, longest_first)))


@cache
def _english_pattern() -> re.Pattern[str]:
    longest_first = sorted(_english(), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


@cache
def _english() -> Mapping[str, tuple[str, ...]]:
    """Give all names of the listed places by the English ones."""
    return {word: _listed()[fold(chinese)] for chinese, english in _translated() for word in english}


@cache
def _listed() -> Mapping[str, tuple[str, ...]]:
    """Give all names of the listed places, folded, by the Chinese ones.

    What stands for another country in pairs (中美) is a name of it.
    """
    divisions = (fold(name) for name in _lines(_DIVISIONS))
    listed = {name: _forms(name) for name in divisions}
    domestic = {form for forms in listed.values() for form in forms}
    for chinese, english in _translated():
        name = fold(chinese)
        pair = () if name in domestic else (f"中{name[0]}",)
        listed[name] = (name, *pair, *map(fold, english))
    return listed


@cache
def _translated() -> Sequence[tuple[str, Sequence[str]]]:
    """Read the Chinese names of places with the English ones."""
    rows = (line.split("\t", 1) for line in _lines(_PLACES))
    return [(chinese, english.split(", ")) for chinese, english in rows]


def _lines(path: Path) -> Iterator[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return (line for line in lines if line and not line.startswith("#"))
