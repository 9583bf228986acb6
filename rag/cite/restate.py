"""Say again in more words what a sentence says in few: 甲、乙分别达一、二 says 甲达一 and 乙达二; 作者系… says who.

A restated text has as many sentences as the text, one for one, so that what rests on a restated sentence is cited from
its own.
"""

import re
from collections.abc import Iterator, Sequence

from rag.cite.units import JOINS
from rag.sentences import sentence_spans

__all__ = ["restated"]

_RESPECTIVELY = re.compile(
    r"(?P<items>[^，。；：？！]{2,80}?)分别(?P<verb>[约增加长下降上升提高达到为是有占超过近]{1,4}?)"
    r"(?P<values>约?[\d一二三四五六七八九十百千万亿两][^，。；？！]*)"
)
_AUTHOR = re.compile(r"^[（(【\[]?作者(?:系|为|是|单位[:：]?)(?P<posts>[^）)】\]]+)[）)】\]]?$")


def restated(text: str, authors: Sequence[str] = ()) -> Iterator[str]:
    """Give a paragraph as it would read with one of its sentences said again; `authors` wrote its article."""
    for start, end in sentence_spans(text):
        for sentence in _again(text[start:end], authors):
            yield f"{text[:start]}{sentence}{text[end:]}"


def _again(sentence: str, authors: Sequence[str]) -> Iterator[str]:
    yield from _each_its_own(sentence)
    note = _AUTHOR.match(sentence.strip())
    if note and len(authors) == 1:
        posts = [post.strip() for post in re.split(r"、|，", note["posts"]) if post.strip()]
        for post in dict.fromkeys([note["posts"], *posts]):
            yield f"{authors[0]}系{post}"


def _each_its_own(sentence: str) -> Iterator[str]:
    """Give each of several things the value that 分别 gives it, as many values as things."""
    found = _RESPECTIVELY.search(sentence)
    if not found:
        return
    values = [v for v in re.split(rf"、|{JOINS.pattern}", found["values"]) if v]
    things = re.split(rf"、|{JOINS.pattern}", found["items"])
    if not 2 <= len(values) == len(things):
        return
    first, *others = things
    head = _head(first, others[0])
    said = [f"{thing}{found['verb']}{value}" for thing, value in zip(things, values, strict=True)]
    before, after = sentence[: found.start()], sentence[found.end() :]
    yield f"{before}{'，'.join(said)}{after}"
    for one in (said[0], *(f"{head}{other}" for other in said[1:])):
        yield f"{before}{one}{after}"


def _head(first: str, other: str) -> str:
    """Give what stands before the first thing and holds for all: 2024年我国 of 2024年我国60岁及以上人口."""
    short = len(first) - len(other)
    return first[:short] if short > 0 and first[-1] == other[-1] else ""
