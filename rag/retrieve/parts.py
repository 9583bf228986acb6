"""Take a question for several things apart: 宝马和奔驰的销量分别是多少？ asks for 宝马的销量 and for 奔驰的销量.

What is joined by 和, 与, 及 is told from its surroundings by likeness: of all that may end before the joining word and
begin behind it, the two that are most alike in length, last character and meaning.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rag.embed.static import StaticEmbedder
from rag.index.terms import JOINS
from rag.query.places import named_places
from rag.retrieve.likeness import LONGEST, likeness, may_cut
from rag.text.folding import fold

__all__ = ["Part", "parts"]

_ASKS = (
    r"谁|什么|甚么|哪|多少|几[个年月日位名种次届人家]|[如为]何|何[时年月日地处人种]|怎|多[大高长久远重]|"
    r"(?:[是为有]|指的?是)[? ]*$"
)
_JOINS = re.compile(rf"{JOINS.pattern}|\band\b")
_TITLES = re.compile(r"《[^》]{0,200}》|[“「『][^”」』]{0,200}[”」』]|\([^)]{0,200}\)")
_STOPS = re.compile(
    rf"[,。?;!:\s]|的|分别|各自?(?=[是有为]|多少)|是|为(?!期)|在|有|由|被|于|{_ASKS}|获得|举行|召开|推出|增长|上涨|\b(?:of|is|are|was|were|in|did|do|does|the|what|who|when|where)\b"
)
_ONE_THING = re.compile(
    r"关系|区别|不同|差异|差别|异同|相比|比较|之间|为什么|为何|如何|怎么|怎样|融合|结合|一起|共同|意义|影响|作用|都[是有在]|\b(?:why|how|between|differen|relation|both)"
)
_SAID = re.compile(r"分别|各[是有为]|各自|respectively")
_ASKED_SLOT = re.compile(rf"^(?:分别|各自?)?(?:是|为|有|在)?(?:{_ASKS})|^[?\s]*$")
_SUBJECT = re.compile(r"^(?:《[^》]+》|.{2,24}?(?=的|是|在|被|有|获|于|,|共|逃))")
_LEANS = re.compile(r"^(?:而|并且|而且|又|还|并|且|以及|其中)?(?:[它他她]们?|其)?的?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d年")
_COMPARES = re.compile(
    r"谁的?|哪个(?:省|市|县|地方)?的?|哪[一]?年的?|各(?=自?[是有为])|相比|对比|更[\u4e00-\u9fff](?=[,，。?？]|$)|分别"
)
_BETWEEN = re.compile(r"[^至到—–-]{0,8}[和与跟同及、,，比][^至到—–-]{0,2}")
_MOST_SIDES = 4
_WHOLE = 0.05  # of likeness: for each side that is used up, and each character of the shorter one up to four


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions that a question asks, to stand alone."""

    question: str
    thing: str = ""  # what the others do not ask for: 宝马


def parts(question: str, tokens: StaticEmbedder) -> tuple[Part, ...]:
    """Give the questions that one question asks; () where it asks for one thing."""
    folded = fold(question).strip()
    if len(folded) != len(question.strip()):  # folding that changes lengths leaves no places to cut at
        return ()
    asked = question.strip()
    bare = _TITLES.sub(lambda m: "〇" * len(m[0]), folded)
    sides = _by_sides(asked)
    if sides or _ONE_THING.search(bare):
        return sides
    return _by_clauses(asked, bare) or _of_both_sexes(asked, bare) or _by_what_is_joined(asked, bare, tokens)


def _by_sides(asked: str) -> tuple[Part, ...]:
    """2025年四川和江西谁的增速更快？: of each of several places, or else years, the same is asked."""
    places = [place.text for place in named_places(asked) if place.text in asked]
    years = list(dict.fromkeys(m[0] for m in _YEAR.finditer(asked)))
    possible = [some for some in (places, years) if 1 < len(some) <= _MOST_SIDES]
    sides = next((some for some in possible if _stand_side_by_side(asked, some)), [])
    found = []
    for side in sides:
        others = "|".join(re.escape(other) for other in sides if other != side)
        own = re.sub(rf"[和与跟同及、,，]?(?:{others})(?=[和与跟同及、]?)", "", asked)
        own = _COMPARES.sub(
            "", re.sub(rf"[和与跟同及、](?={re.escape(side)})|(?<={re.escape(side)})[和与跟同及、比]", "", own)
        )
        found.append(Part(own, side))
    return tuple(found)


def _stand_side_by_side(asked: str, sides: Sequence[str]) -> bool:
    """Say whether names are joined: A和B, A、B; not 四川省成都市, nor 2021年至2023年."""
    spans = [(asked.index(side), asked.index(side) + len(side)) for side in sides]
    return all(_BETWEEN.fullmatch(asked[end:start]) for (_, end), (start, _) in pairwise(sorted(spans)))


def _by_clauses(asked: str, bare: str) -> tuple[Part, ...]:
    """《…》是什么类型的电影？它的导演是谁？: two clauses that ask, the second of the first one's subject."""
    clauses = list(re.finditer(r"[^,。?;!]+", bare))
    asking = [c for c in clauses if re.search(_ASKS, c[0])]
    if len(clauses) != 2 or len(asking) != 2:
        return ()
    first, second = (asked[c.start() : c.end()].strip() for c in clauses)
    subject = _SUBJECT.match(first)
    if subject is None:
        return ()
    return Part(first), Part(f"{subject[0]}的{_LEANS.sub('', second)}")


def _of_both_sexes(asked: str, bare: str) -> tuple[Part, ...]:
    found = re.search(r"男女(?=[单双子]|选手|运动员|冠军)", bare)
    if found is None:
        return ()
    return tuple(Part(asked[: found.start()] + sex + asked[found.end() :], sex) for sex in "男女")


def _by_what_is_joined(asked: str, bare: str, tokens: StaticEmbedder) -> tuple[Part, ...]:
    joins = list(_JOINS.finditer(bare))
    if len(joins) != 1:
        return ()
    join = joins[0]
    before, after = asked[: join.start()].rstrip(), asked[join.end() :].lstrip()
    bare_before, bare_after = bare[: len(before)], bare[len(asked) - len(after) :]
    stop = _STOPS.search(bare_after)
    right = after[: stop.start() if stop else len(bare_after.rstrip("? "))]
    left = before[max((m.end() for m in _STOPS.finditer(bare_before)), default=0) :]
    if not left or not right:
        return ()
    one, other = _joined(left, right, tokens)
    keywords = not re.search(_ASKS, bare)
    slot = _ASKED_SLOT.match(bare_after[len(other) :]) and re.search(r"[的〇]$", bare_before[: len(before) - len(one)])
    if not (_SAID.search(bare) or keywords or slot):
        return ()
    return (
        Part(_once(before + after[len(other) :]), one),
        Part(_once(before[: len(before) - len(one)] + after), other),
    )


def _joined(left: str, right: str, tokens: StaticEmbedder) -> tuple[str, str]:
    """Give the end of `left` and the beginning of `right` that are most alike."""
    ends = [left[n:] for n in range(len(left)) if may_cut(left, n) and (len(left) - n <= LONGEST or not n)]
    begins = [right[:n] for n in range(1, len(right) + 1) if may_cut(right, n) and (n <= LONGEST or n == len(right))]
    bonus = [[_WHOLE * ((a == left) + (b == right) + min(len(a), len(b), 4)) for b in begins] for a in ends]
    found = likeness(ends, begins, tokens) + np.array(bonus)
    i, j = np.unravel_index(int(found.argmax()), found.shape)
    return ends[i], begins[j]


def _once(question: str) -> str:
    """Leave out what only says that several things are asked for."""
    return re.sub(r"分别|分別|各自|respectively", "", question)
