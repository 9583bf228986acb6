"""Say again in more words what a sentence says in few: 甲、乙分别达一、二 says 甲达一 and 乙达二; 作者系… says who.

Only what is surely meant is said again: items of one form, values that end the clause, and no word in the sentence that
denies, doubts, conditions or plans. A restated text has as many sentences as the text, one for one, so that what rests
on a restated sentence is cited from its own.
"""

import re
from collections.abc import Iterator, Sequence

from rag.index.terms import JOINS
from rag.text.sentences import sentence_spans
from rag.verify.cues import CUES

__all__ = ["restated"]

_UNIT = r"(?:[万亿千百]*(?:人|元|美元|吨|千瓦|辆|家|个|座|件|公里|平方米|公顷|岁|年|%|‰)?)"
_RESPECTIVELY = re.compile(
    r"(?:^|[，；：])(?P<items>[^，。；：？！]{2,80}?)分别(?P<verb>达到?|为|是|有|约?占|增长|下降|上升|超过)"
    rf"(?P<values>约?\d[\d.,]*{_UNIT}(?:(?:、|{JOINS.pattern})约?\d[\d.,]*{_UNIT})+)(?=[，。；！]|$)"
)
_NOT_SURE = tuple(CUES[cue] for cue in ("negation", "doubt", "condition", "claim", "negated contrast"))
_PLANNED = re.compile(r"将|要|应|目标|计划|规划|力争|拟|预期|如[果若]?(?!下|今|此)|假|误|谣|说法")
_AUTHOR = re.compile(r"^[（(【\[]?作者(?:系|为|是|单位[:：]?)(?P<posts>[^）)】\]]+)[）)】\]]?$")
_POST = re.compile(
    r"(?:研究员|院长|主任|教授|所长|会长|主席|书记|处长|司长|部长|院士|秘书长|编辑|记者|讲师|学者|委员)$"
)
_SAME = 2  # last characters that things of one form share
_ALIKE = 0.6  # share of the characters that they have in common, place by place


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
        each = posts if all(_POST.search(post) for post in posts) else []
        for post in dict.fromkeys([note["posts"], *each]):
            yield f"{authors[0]}系{post}"


def _each_its_own(sentence: str) -> Iterator[str]:
    """Give each of several things the value that 分别 gives it, as many values as things."""
    found = _RESPECTIVELY.search(sentence)
    if not found or _PLANNED.search(sentence) or any(cue.search(sentence) for cue in _NOT_SURE):
        return
    values = re.split(rf"、|{JOINS.pattern}", found["values"])
    things = re.split(rf"、|{JOINS.pattern}", found["items"])
    if len(values) != len(things) or len({thing[-_SAME:] for thing in things}) > 1:
        return
    first, *others = things
    head = _head(first, others[0])
    said = [f"{thing}{found['verb']}{value}" for thing, value in zip(things, values, strict=True)]
    before, after = sentence[: found.start("items")], sentence[found.end() :]
    yield f"{before}{'，'.join(said)}{after}"
    for one in (said[0], *(f"{head}{other}" for other in said[1:])):
        yield f"{before}{one}{after}"


def _head(first: str, other: str) -> str:
    """Give what stands before the first thing and holds for all: 2024年我国 of 2024年我国60岁及以上人口."""
    short = len(first) - len(other)
    alike = sum(a == b for a, b in zip(first[short:], other, strict=False)) if short > 0 else 0
    return first[:short] if alike > _ALIKE * len(other) else ""
