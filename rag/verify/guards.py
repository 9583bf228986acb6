"""What never bends: figures, dates, names, negation, duty, conditions. A claim that breaks a guard is not shown.

A guard compares a claim with its grounds: the sentences that it rests on, and what they stand in. It knows nothing of
likeness; it finds what the grounds contradict or do not hold.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rag.folding import fold
from rag.query.places import named_places
from rag.text.lexicon import word_lists
from rag.text.quantities import Limit, Quantity, quantities, same_quantity

__all__ = ["GUARDS", "Broken", "Compared", "broken_guard", "stances"]

_CLAUSE = re.compile(r"[^，,。；;：:！？!?\n|]+")
_TITLE = re.compile(r"《([^》]{2,60})》")
_LATIN = re.compile(r"\b[A-Z][A-Za-z]*[A-Z\d][A-Za-z\d-]*\b|\b[A-Z]{2,}\b")


@dataclass(frozen=True, slots=True)
class Broken:
    """A guard that a claim breaks, and the words with which it does."""

    guard: str
    words: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A claim beside its grounds, all folded.

    `pairs` are the clauses of the claim, each with the clauses of the grounds that it comes nearest to.
    """

    claim: str
    question: str
    grounds: str  # the sentences that it rests on
    around: str  # titles, dates, sections and lead-ins that these stand in
    pairs: Sequence[tuple[str, str]]

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
        if any(same_quantity(quantity, q) for q in asked) and not _another(quantity, own):
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
        if same and not any(_as_strict(quantity.limit, q.limit) for q in same):
            yield Broken("limit", compared.claim[max(0, quantity.start - 4) : quantity.end + 2])


def _as_strict(said: Limit, meant: Limit) -> bool:
    return said == meant


def _places(compared: Compared) -> Iterator[Broken]:
    """A place that is named stands in the grounds or around them."""
    for place in named_places(compared.claim):
        if not place.is_in(compared.held) and fold(place.text) not in compared.question:
            yield Broken("place", place.text)


def _names(compared: Compared) -> Iterator[Broken]:
    """A title in marks stands in the grounds or around them."""
    for match in _TITLE.finditer(compared.claim):
        if match[1] not in compared.held and match[1] not in compared.question:
            yield Broken("name", match[0])


def _stance(name: str, *, added: bool = True, dropped: bool = True) -> Guard:
    """A stance is taken where the grounds take it."""

    def guard(compared: Compared) -> Iterator[Broken]:
        for clause, ground in compared.pairs:
            own, theirs = stances(name, clause), stances(name, ground)
            asked = stances(name, compared.question)
            if added and own and not theirs:
                yield Broken(f"{name} added", own[0])
            if dropped and theirs and not own and not asked:
                yield Broken(f"{name} dropped", theirs[0])

    return guard


def stances(name: str, folded: str) -> list[str]:
    """Give the words by which a folded text takes a stance."""
    signs, others = _stance_patterns()[name]
    plain = others.sub("\x1f", folded) if others else folded
    return [m.group() for m in signs.finditer(_without_limits(plain) if name == "negation" else plain)]


@cache
def _stance_patterns() -> dict[str, tuple[re.Pattern[str], re.Pattern[str] | None]]:
    found = {}
    for name, words in word_lists("stance").items():
        signs = [w for w in words if not w.startswith("*")]
        others = [w[1:] for w in words if w.startswith("*")]
        found[name] = (_either(signs), _either(others) if others else None)
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
    _stance("negation"),
    _stance("possibility"),
    _stance("plan"),
    _stance("all", dropped=False),
    _stance("some", added=False),
    _stance("only"),
)
