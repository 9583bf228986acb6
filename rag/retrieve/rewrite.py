"""Make a follow-up question stand alone, by rule."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np

from rag.embed.static import StaticEmbedder
from rag.index.terms import content_terms
from rag.query.places import named_places
from rag.retrieve.likeness import LONGEST, likeness, may_cut
from rag.schema import Turn

__all__ = ["MORE", "stand_alone"]

_LEANS_ON_BEFORE = re.compile(
    r"^(?:那么?|对(?!于)|还有|另外|其中|其他的?呢|怎么说|具体|再|继续|然后)"
    r"|(?:^|[^其吉])[它他她]们?(?![山人国乡日者])|^这|这(?:个|些|种|样|方面|一)|那(?:个|些|种)|上述|前面|刚才|呢[？?]?$"
    r"|^(?:and|but|what about|how about)\b|(?<!is )(?<!was )\bit\b"
    r"|\b(?:they|them|he|she|his|her|their|its|this|these|those|else)\b|\bthat\b(?=\?|$| (?:is|was|one|case)\b)",
    re.IGNORECASE,
)
_ASKS_ONLY = re.compile(
    r"^[由被在从到向给是有]?(?:为什么|為什麼|为何|为啥|怎么|怎麼|如何|怎样|怎樣|在哪|什么时候|什麼時候|谁|誰|多少|有哪些|哪些|"
    r"(?:why|how|when|where|who)(?!\s*(?:is|are|was)\b))",
    re.IGNORECASE,
)
MORE = re.compile(
    r"(?:^|[\s？?])(?:还有|還有|另外|其他的?|除此之外)(?:呢|哪些|别的|其他的|什么|吗)*[？?]?$"
    r"|\b(?:what|anything) else\b",
    re.IGNORECASE,
)
# …呢 without anything that asks: something to be put in the place of its like.
_INSTEAD = re.compile(
    r"^(?:那么?|而|and|but|what about|how about|what of)?[，,\s]*"
    r"(?P<new>[^？?，。,\s][^？?，。]{0,23}?)[，,]?\s*(?:呢|又如何|又怎样)?[？?]?$",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(r"呢[？?]?$|^(?:what|how) about\b|^what of\b|^(?:那么?|and)\b", re.IGNORECASE)
_ASKING = (
    r"什么样的?|(?:是)?什么时候|什么|甚麼|什麼|怎么样|怎样|怎么|如何|为什么|為什麼|为何|为啥|(?:有|达|是)?多少|"
    r"哪些|哪个|哪里|哪儿|哪|谁|誰|几|吗|嗎"
)
_ASKS = re.compile(rf"{_ASKING}|\b(?:what|who|why|when|where|which|how (?:many|much|long|old))\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"(?<![其吉])[它他她](?:们)?(?![山人国乡日者])|(?<!is )(?<!was )\bit\b"
    r"|\b(?:he|she|they|them)\b|^(?:这|那)(?=有|会|能|对)",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"\b(?:his|her|its|their)\b", re.IGNORECASE)
_SUBJECT = re.compile(
    rf"^(?:请问)?(?:什么是|什么叫|何谓)(?P<defined>[^，。？?“《]{{2,20}})"
    rf"|^(?:请问)?(?P<subject>[^，。？?“《\s]{{2,20}}?)(?:是(?!否)|的|有(?!关)|面临|属于|写|做|说|提出|认为|担任|指的|如何|怎样|怎么|为什么|{_ASKING})"
    r"|^(?:who|what) (?:is|are|was|were) (?P<english>[^?]{2,60})\??$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年)")
_YEAR_ALONE = re.compile(r"^((?:19|20)\d\d)年?的?(?:版本?|时候?|文本)?$")
_TURNS = 5  # that are looked back at
_FEW_TERMS, _HARDLY_ANY = 6, 2  # content terms
_ALIKE = 0.2  # likeness from which a phrase takes another's place
_SUBJECT_ALIKE, _NAME_ALIKE = 0.05, -0.15  # from which the whole subject does, of a question that asks who: a name
_THING_ALIKE = -0.3  # from which what belongs to a place does: 青石镇 · 敬老院
_NO_PHRASE = re.compile(
    rf"[，。？?“”《》「」]|{_ASKING}|(?<![a-z0-9]) (?![a-z0-9])|\b(?:is|are|was|were)\b|"
    r"^(?:年|将|生活在|发展|面临|影响|到|在)",
    re.IGNORECASE,
)
# Where a word surely ends or begins: marks, figures, words that bind or ask, the verbs that policy texts are made of.
_BORDERS = re.compile(
    r"[，。？?\s“”《》]+|(?<=\d)年|(?<![\d.])(?=\d)|的|是|在|有|到|对|和|与|将|现代化|"
    r"发展|加强|推进|推动|提升|提高|促进|建设|面临|影响|完善|优化|构建|打造|培育|实现|解决|应对|保障|支持|鼓励|引导|扩大|"
    r"落实|深化|改变|带动|生活|写了?|做了?|说了?|提出了?|认为|担任|"
    rf"{_ASKING}"
)


def stand_alone(question: str, history: Sequence[Turn], tokens: StaticEmbedder) -> str:
    """Put what a follow-up leaves out back in: 那65岁呢？, 他是谁？, 为什么？.

    What takes the place of its like in the question before does so; a pronoun gives way to that question's subject;
    else the question before stands in front, without what it asked for. A question with content of its own is left as
    it is.
    """
    asked = question.strip()
    if not history or not _leans(asked):
        return question
    before = _whole(history, tokens)
    replaced = "" if MORE.search(asked) else _in_its_place(asked, before, tokens)
    if replaced:
        return replaced
    found = _SUBJECT.match(before)
    subject = next((s.strip() for s in found.groups() if s), "") if found else ""
    if subject and _POSSESSIVE.search(asked):
        return _POSSESSIVE.sub(f"{subject}'s", asked)
    if subject and found and before[found.end(found.lastgroup or 0) :].startswith("的"):
        subject = ""  # what is asked of may be the owner or what it owns: both stand in front
        asked = _PRONOUN.sub("", asked, count=1)
    if subject and re.match(r"对", asked):
        return f"{subject}{asked}"
    if subject and _PRONOUN.search(asked):
        return _PRONOUN.sub(subject, asked, count=1)
    return f"{_topic(before)} {asked}" if _ASKS.search(asked) and not MORE.search(asked) else f"{before} {asked}"


def _whole(history: Sequence[Turn], tokens: StaticEmbedder) -> str:
    """Give the last question asked, itself made to stand alone where it is a follow-up."""
    whole = ""
    for n, turn in enumerate(history[-_TURNS:]):
        whole = stand_alone(turn.question, [Turn(whole, "")], tokens) if n else turn.question
    return whole.strip()


def _leans(asked: str) -> bool:
    count = len(content_terms(asked))
    if _ASKS_ONLY.match(asked) and count <= _HARDLY_ANY:
        return True
    return bool(_LEANS_ON_BEFORE.search(asked)) and count <= _FEW_TERMS


def _in_its_place(asked: str, before: str, tokens: StaticEmbedder) -> str:
    """Put what a follow-up names in the place of its like in the question before; "" where nothing is like it."""
    found = _INSTEAD.match(asked)
    if not found or not _ELLIPSIS.search(asked) or _ASKS.search(found["new"]) or _PRONOUN.search(found["new"]):
        return ""
    new = found["new"].strip().removesuffix("的")
    if not content_terms(new):
        return ""
    borders = {0, len(before), *(at for m in _BORDERS.finditer(before) for at in m.span())}
    named = [place.text for place in named_places(before) if place.text in before]
    year = _YEAR_ALONE.match(new)
    if year and len(set(_YEAR.findall(before))) == 1:
        return _YEAR.sub(year[1], before)
    if named and [place.text for place in named_places(new)] == [new]:
        return before.replace(named[0], new, 1)
    borders |= {before.find(place) + len(place) for place in named}
    ends = sorted({*borders, *_ends_like(before, new)})
    longest = max(LONGEST, 2 * len(new))
    places = [
        (a, b)
        for a in borders
        for b in ends[bisect_left(ends, a + 2) : bisect_right(ends, a + longest)]
        if may_cut(before, a)
        and may_cut(before, b)
        and before[a:b].strip()
        and not _NO_PHRASE.search(before[a:b].strip())
    ]
    if not places:
        return ""
    subject = _SUBJECT.match(before)
    whole = subject.span(subject.lastgroup) if subject and subject.lastgroup else (0, 0)
    scores = likeness([before[a:b].strip() for a, b in places], [new], tokens)[:, 0]
    best = int(np.argmax(scores))
    if scores[best] < _ALIKE:
        least = _NAME_ALIKE if re.search(r"谁|誰|写|说|认为|担任|\bwho\b", before, re.IGNORECASE) else _SUBJECT_ALIKE
        if any(before.startswith(place, whole[0]) and len(place) < whole[1] - whole[0] for place in named):
            whole, least = (whole[0] + len(named[0]), whole[1]), _THING_ALIKE
        best = places.index(whole) if whole in places else best
        if places[best] != whole or scores[best] < least:
            return ""
    a, b = places[best]
    space = " " if new[0].isascii() and a and before[a].isspace() else ""
    return f"{before[:a]}{space}{new}{before[b:]}"


def _ends_like(before: str, new: str) -> set[int]:
    """Give where phrases end that end as the new one does."""
    return {m.end() for m in re.finditer(re.escape(new[-1]), before)}


def _topic(question: str) -> str:
    """Give what a question is about, without what it asks for."""
    return re.sub(r"(?<![？?\s])[？?\s]++$", "", _ASKS.sub("", question)).strip()
