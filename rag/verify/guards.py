"""What never bends: figures, dates, names, negation, duty, conditions. A claim that breaks a guard is not shown.

A guard compares a claim with its grounds: the sentences that it rests on, and what they stand in. It knows nothing of
likeness; it finds what the grounds contradict or do not hold.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rag.query.places import named_places
from rag.text.folding import fold
from rag.text.lexicon import word_lists
from rag.text.quantities import Limit, Quantity, quantities, same_quantity

__all__ = ["GUARDS", "Broken", "Compared", "broken_guard", "stances"]

_CONDITION = re.compile(  # a clause that the one behind it depends on
    r"^(?:如果|如(?!下|今|此|何|期|实)|若|凡|一旦|只要|只有|除非|当.*时|在.*(?:情况下|条件下|前提下)|除.*外|未经|经.*(?:批准|同意|许可|审核))"
    r"|的$|^(?:if|unless|when|where|once|provided|except|only|in case|subject to)\b"
)
_EXCEPTION = re.compile(  # a clause that takes something back of the one before it
    r"除外$|^但(?:是|书)?.*(?:不得|不适用|不受|除外|须|应当|必须)|^(?:unless|except|provided|only if|if|but not)\b"
)
_TIMES = {Limit.WITHIN, Limit.EXACT, Limit.AT_MOST}
_ONE = ("一", "one")  # which mostly counts nothing: 一个月 for 每月
_KEPT = 0.4  # share of a condition that tells that it is kept
_TITLE = re.compile(r"《([^》]{2,60})》")


@dataclass(frozen=True, slots=True)
class Broken:
    """A guard that a claim breaks, and the words with which it does."""

    guard: str
    words: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A claim beside its grounds, all folded.

    `pairs` are the clauses of the claim, each with the clauses of the grounds that it comes nearest to, and `at` is
    where the nearest stands: the how manieth clause of the how manieth sentence.
    """

    claim: str
    question: str
    grounds: str  # the sentences that it rests on
    around: str  # titles, dates, sections and lead-ins that these stand in
    sentences: Sequence[Sequence[str]]  # the grounds, clause by clause
    pairs: Sequence[tuple[str, Sequence[str]]]
    at: Sequence[tuple[int, int]]

    @property
    def held(self) -> str:
        """All that a claim may take its words from."""
        return f"{self.grounds}\n{self.around}"


Guard = Callable[[Compared], Iterator[Broken]]


def broken_guard(compared: Compared) -> Broken | None:
    """Give the first guard that a claim breaks."""
    return next((broken for guard in GUARDS for broken in guard(compared)), None)


def _figures(compared: Compared) -> Iterator[Broken]:
    """Every figure and date stands in the grounds, with its unit; one of the question may be repeated."""
    own = quantities(compared.grounds)
    beside = quantities(compared.around)
    asked = quantities(compared.question)
    for quantity in quantities(compared.claim):
        words = compared.claim[quantity.start : quantity.end]
        if any(same_quantity(quantity, q) for q in (*own, *beside)):
            continue
        repeated = any(same_quantity(quantity, q) for q in asked)
        if (repeated or words.startswith(_ONE)) and not _another(quantity, own):
            continue
        yield Broken("date" if quantity.kind == "date" else "figure", words)


def _another(quantity: Quantity, others: Sequence[Quantity]) -> bool:
    """Say whether others hold a quantity of the same kind with another value."""
    return any(q.kind == quantity.kind and not same_quantity(q, quantity) for q in others)


def _limits(compared: Compared) -> Iterator[Broken]:
    """A limit stays what it is: 不超过3天 is no 不少于3天, and 约300 no 300."""
    own = quantities(compared.grounds)
    for quantity in quantities(compared.claim):
        same = [q for q in own if q.kind != "date" and same_quantity(quantity, q)]
        once = compared.claim.startswith(_ONE, quantity.start)
        if same and not once and not any(_as_strict(quantity.limit, q.limit) for q in same):
            yield Broken("limit", compared.claim[max(0, quantity.start - 4) : quantity.end + 2])


def _as_strict(said: Limit, meant: Limit) -> bool:
    """Say whether one limit may stand for another: 3日内 is 3日 and 不超过3日, where a time is meant."""
    return said == meant or (Limit.WITHIN in (said, meant) and {said, meant} <= _TIMES)


def _places(compared: Compared) -> Iterator[Broken]:
    """A place that is named stands in the grounds or around them."""
    for place in named_places(compared.claim):
        name = fold(place.text)
        if not place.is_in(compared.held) and name[-2:] not in compared.held and name not in compared.question:
            yield Broken("place", place.text)


def _names(compared: Compared) -> Iterator[Broken]:
    """A title in marks stands in the grounds or around them."""
    for match in _TITLE.finditer(compared.claim):
        if match[1] not in compared.held and match[1] not in compared.question:
            yield Broken("name", match[0])


def _stance(name: str, *, added: bool = True, dropped: bool = True) -> Guard:
    """A stance is taken where the grounds take it: where no clause that a claim is near to takes it, or all of them."""

    def guard(compared: Compared) -> Iterator[Broken]:
        for clause, near in compared.pairs:
            own = stances(name, clause)
            theirs = [stances(name, ground) for ground in near]
            if added and own and not any(theirs):
                yield Broken(f"{name} added", own[0])
            said = clause if name == "negation" else compared.claim
            keeps = stances(name, said) or stances(name, compared.question) or _keeps(name, clause)
            if dropped and theirs and all(theirs) and not keeps:
                yield Broken(f"{name} dropped", theirs[0][0])

    return guard


def _conditions(compared: Compared) -> Iterator[Broken]:
    """What holds only on a condition is said with it, or asked with it."""
    said = f"{compared.claim}\n{compared.question}"
    for number, clauses in enumerate(compared.sentences):
        used = [clause for sentence, clause in compared.at if sentence == number]
        for place, clause in enumerate(clauses):
            if not used or place in used:
                continue
            bears = place < max(used) and _CONDITION.search(clause)
            limits = place == max(used) + 1 and _EXCEPTION.search(clause)
            if (bears or limits) and _told(clause, said) < _KEPT:
                yield Broken("condition", clause)


def _told(clause: str, said: str) -> float:
    """Give the share of a clause's pairs of characters, or words, that stand in what is said or asked."""
    pairs = [clause[n : n + 2] for n in range(len(clause) - 1)]
    parts = [pair for pair in pairs if pair.isalnum() and not pair.isascii()]
    parts += re.findall(r"[a-z]{4,}", clause)
    return sum(part in said for part in parts) / len(parts) if parts else 1.0


def stances(name: str, folded: str) -> list[str]:
    """Give the words by which a folded text takes a stance."""
    signs, _, others = _stance_patterns()[name]
    plain = others.sub("\x1f", folded) if others else folded
    return [m.group() for m in signs.finditer(_without_limits(plain) if name == "negation" else plain)]


def _keeps(name: str, folded: str) -> bool:
    """Say whether a text keeps a stance in words that do not take it by themselves."""
    _, keeping, _ = _stance_patterns()[name]
    return bool(keeping and keeping.search(folded))


@cache
def _stance_patterns() -> dict[str, tuple[re.Pattern[str], re.Pattern[str] | None, re.Pattern[str] | None]]:
    found = {}
    for name, words in word_lists("stance").items():
        keeping, others = ([w[1:] for w in words if w.startswith(mark)] for mark in "+*")
        signs = [w for w in words if w[0] not in "+*"]
        found[name] = (_either(signs), _either(keeping) if keeping else None, _either(others) if others else None)
    return found


def _either(words: Sequence[str]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    return re.compile(
        "|".join(rf"\b{re.escape(w)}\b" if w[0].isascii() and w[0].isalpha() else re.escape(w) for w in longest)
    )


@cache
def _limit_words() -> re.Pattern[str]:
    return _either([w for words in word_lists("limits").values() for w in words if len(w) > 1])


def _without_limits(folded: str) -> str:
    """Take out the words of limits, which hold negations: 不超过."""
    return _limit_words().sub("\x1f", folded)


GUARDS: Sequence[Guard] = (
    _figures,
    _limits,
    _places,
    _names,
    _conditions,
    _stance("negation"),
    _stance("possibility"),
    _stance("plan"),
    _stance("all", dropped=False),
    _stance("some", added=False),
    _stance("only"),
    _stance("duty", dropped=False),
    _stance("principle", added=False),
    _stance("attribution", added=False),
)
