"""How surely a claim says what its grounds say, in other words: what guards can't see.

A few features of claim and grounds go into one fitted sum (`paraphrase.json`, `python -m eval.fit.paraphrase`).
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answer.kinds import asked_for, bears
from rag.text.folding import fold
from rag.text.quantities import quantities, same_quantity
from rag.text.script import same_script
from rag.verify.binding import Binder, Grounds
from rag.verify.claims import Claim
from rag.verify.guards import Compared

__all__ = ["MEANING_FEATURES", "compared", "describe_paraphrase", "paraphrase_odds"]

MEANING_FEATURES = (
    "cosine with its grounds",
    "cosine with the nearest ground",
    "nearness of pieces",
    "least nearness of a piece",
    "least nearness of a clause",
    "words held",
    "longest run not held",
    "figure nearer to another",
    "grounds",
    "log length",
    "is a fragment",
    "of another kind than asked for",
    "order among the likely",
    "other script",
    "strict odds",
    "constant",
)
_WEIGHTS = Path(__file__).with_name("paraphrase.json")
_CLAUSE_END = re.compile(r"[，,。；;：:！？!?\n|]+|\s(?=(?:unless|except|provided that|only if|if)\b)")
_FIGURE = re.compile(r"\d[\d.,]*|[一二三四五六七八九十百千万亿两]{2,}")
_AS_NEAR = 0.1  # cosine: a clause this little further away may be what is meant too
_SURE = 6.0  # log odds of the strict check: further is no surer

Features = NDArray[np.float64]


def compared(claim: Claim, grounds: Grounds, binder: Binder) -> Compared:
    """Lay a claim beside its grounds, clause by clause."""
    sentences = [fold(place.text) for place in grounds.places]
    by_sentence = [_clauses(s) for s in sentences]
    theirs = [(s, c) for s, clauses in enumerate(by_sentence) for c in range(len(clauses))]
    texts = [by_sentence[s][c] for s, c in theirs]
    own = _clauses(fold(claim.body))
    pairs: list[tuple[str, Sequence[str]]] = []
    at: list[tuple[int, int]] = []
    if own and theirs:
        for clause, near in zip(own, binder.nearness(own, texts), strict=True):
            best = int(near.argmax())
            at.append(theirs[best])
            pairs.append((clause, [text for text, n in zip(texts, near, strict=True) if n >= near[best] - _AS_NEAR]))
    around = fold(grounds.around)
    return Compared(fold(claim.text), fold(claim.question), "\n".join(sentences), around, by_sentence, pairs, at)


def describe_paraphrase(claim: Claim, grounds: Grounds, beside: Compared, binder: Binder, strict: float) -> Features:
    """Describe a claim and its grounds: (len(MEANING_FEATURES),)."""
    sentences = beside.grounds.split("\n")
    near = binder.nearness([beside.claim], [beside.grounds, *sentences])[0]
    clauses, theirs = _clauses(beside.claim), [c for s in sentences for c in (s, *_clauses(s))]
    worst = float(binder.nearness(clauses, theirs).max(axis=1).min()) if clauses and theirs else 0.0
    held, run = _held(beside)
    values = [
        float(near[0]),
        float(near[1:].max()),
        grounds.nearness,
        grounds.least,
        worst,
        held,
        np.log1p(run),
        _nearer_to_another(beside, binder),
        len(grounds.places),
        np.log1p(len(beside.claim)),
        float(bool(claim.fragment)),
        float(bool(claim.question) and not bears(asked_for(claim.question), fold(claim.said))),
        float(np.log1p(min(place.order for place in grounds.places))),
        float(not same_script(claim.text, grounds.places[0].text)),
        float(np.clip(strict, -_SURE, _SURE)),
        1.0,
    ]
    return np.array(values, dtype=np.float64)


def paraphrase_odds(features: Features) -> float:
    """Give the log odds that the grounds say what the claim says; 0 is the bound."""
    return float(features @ _weights())


@cache
def _weights() -> Features:
    stored = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    return np.array([stored.get(name, 0.0) for name in MEANING_FEATURES])


def _clauses(folded: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSE_END.split(folded) if any(map(str.isalnum, clause))]


def _held(beside: Compared) -> tuple[float, int]:
    """Give the share of a claim's pairs of characters that grounds or question hold, and the longest run without."""
    text = beside.claim
    known = f"{beside.held}\n{beside.question}"
    pairs = [text[n : n + 2] for n in range(len(text) - 1)]
    there = [pair in known for pair in pairs if pair.isalnum()]
    longest = run = 0
    for held in there:
        run = 0 if held else run + 1
        longest = max(longest, run)
    return (sum(there) / len(there) if there else 0.0), longest


def _nearer_to_another(beside: Compared, binder: Binder) -> float:
    """Say by how much a clause, its figures masked, comes nearer to a clause with another figure of the kind."""
    theirs = [c for s in beside.grounds.split("\n") for c in _clauses(s)]
    figures = [quantities(clause) for clause in theirs]
    worst = -1.0
    for clause in _clauses(beside.claim):
        for quantity in quantities(clause):
            same = [any(same_quantity(quantity, q) for q in some) for some in figures]
            other = [any(q.kind == quantity.kind and not same_quantity(quantity, q) for q in some) for some in figures]
            if not any(same) or not any(other):
                continue
            near = binder.nearness([_FIGURE.sub("#", clause)], [_FIGURE.sub("#", t) for t in theirs])[0]
            own = max(float(n) for n, is_same in zip(near, same, strict=True) if is_same)
            away = max(float(n) for n, is_other in zip(near, other, strict=True) if is_other)
            worst = max(worst, away - own)
    return worst if worst > -1.0 else -0.3
