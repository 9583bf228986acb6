"""Take a question for several things apart: 宝马和奔驰的销量分别是多少？ asks for 宝马的销量 and for 奔驰的销量.

What is joined by 和, 与, 及 is told from its surroundings by likeness: of all that may end before the joining word and
begin behind it, the two that are most alike in length, last character and meaning.
"""

import re
from dataclasses import dataclass

import numpy as np

from rag.embed.static import StaticEmbedder
from rag.folding import fold
from rag.index.terms import JOINS
from rag.retrieve.likeness import LONGEST, likeness, may_cut

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
    if _ONE_THING.search(bare):
        return ()
    return _by_clauses(asked, bare) or _of_both_sexes(asked, bare) or _by_what_is_joined(asked, bare, tokens)


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
