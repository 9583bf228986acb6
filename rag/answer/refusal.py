"""Decide whether the articles answer a question, before a word is drafted.

What is known of the best sentence, of the evidence and of the question gives the odds that they answer; below 0 they
do not. The weights are fitted on questions asked of paragraphs with and without their own
(`python -m eval.fit.answering`), the intercept for a stated share of answerable questions that is refused, and stored
with the static model whose vectors they rest on. What could only be answered by a thing that none of the first
paragraphs holds (`rag/answer/demands.py`) is refused outright.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answer.demands import lacks_what_is_asked
from rag.answer.kinds import Asked, asked_for, asks, focus
from rag.answer.ranking import PLAIN, Known, RankedSentence, SentenceRanker, ranking_weights
from rag.embed.registry import bundled_folder
from rag.index.terms import FUNCTION_WORDS, content_terms
from rag.retrieve.fusion import log_odds
from rag.retrieve.meaning import topic_of
from rag.schema import Evidence
from rag.text.folding import fold
from rag.text.script import same_script

__all__ = [
    "REFUSAL_FEATURES",
    "REFUSAL_FILE",
    "UNSURE",
    "answer_odds",
    "describe_answerability",
    "refused_outright",
    "strangeness",
    "unsure_bound",
]

UNSURE = "unsure from"  # stored beside the weights: log odds
REFUSAL_FILE = "refusal.json"  # beside a static model
_LOOKED_AT = 3  # paragraphs, and sentences
_UNSURE = -2.0  # log odds
_SAYS = 20.0  # what a word says on average: the squared length of its vector
_FAR = 5.0  # log odds: further apart is no surer
_COMPARED = ("late", "least", "content", "cosine", "meant")
_MOST_OF = tuple(name for name in PLAIN if name.startswith(_COMPARED) and "," not in name)
REFUSAL_FEATURES = (
    "score",
    "score, above its paragraph's next",
    "score, above other paragraphs",
    "score of the signs",
    *(f"best sentence: {name}" for name in PLAIN),
    *(f"most: {name}" for name in _MOST_OF),
    "log odds",
    "log odds, above the second",
    "log odds, above the next three",
    "focus missing in the paragraph",
    "focus missing in all",
    "strangest word",
    "log content terms",
    "log sentences",
    *(f"asked for: {kind}" for kind in Asked),
    "constant",
)

Features = NDArray[np.float64]


def answer_odds(
    question: str, evidence: Sequence[Evidence], ranked: Sequence[RankedSentence], ranker: SentenceRanker
) -> float:
    """Give the log odds that ranked sentences of the evidence answer the question; below 0 they are no answer.

    −inf where there is none, or where the evidence can't hold what is asked for.
    """
    if not ranked or refused_outright(question, evidence, ranked, ranker):
        return -math.inf
    weights = _own_weights(question, ranked, ranker)
    strange = strangeness(question, evidence, ranker)
    found = describe_answerability(question, ranked, evidence, ranker.known, strange)
    return float(sum(weights.get(name, 0.0) * value for name, value in zip(REFUSAL_FEATURES, found, strict=True)))


def unsure_bound(question: str, ranked: Sequence[RankedSentence], ranker: SentenceRanker) -> float:
    """Give the log odds from which the nearest sentences are shown as a doubtful answer."""
    return _own_weights(question, ranked, ranker).get(UNSURE, _UNSURE)


def refused_outright(
    question: str, evidence: Sequence[Evidence], ranked: Sequence[RankedSentence], ranker: SentenceRanker
) -> bool:
    """Say whether the first paragraphs lack what an answer can't do without."""
    texts = [(e.paragraph.text, ranker.context(e)) for e in evidence[:_LOOKED_AT]]
    likeliest = [_with_header(sentence) for sentence in ranked[:_LOOKED_AT]]
    return lacks_what_is_asked(question, texts, likeliest)


def _with_header(sentence: RankedSentence) -> str:
    """Give a sentence; a row of a table with the header, which holds the units."""
    paragraph = sentence.evidence.paragraph
    return f"{paragraph.context} {sentence.text}" if paragraph.kind == "table_row" else sentence.text


def describe_answerability(
    question: str, ranked: Sequence[RankedSentence], evidence: Sequence[Evidence], known: Known, strange: float
) -> Features:
    """Describe what was found for a question, and how strange a word of it is: (len(REFUSAL_FEATURES),)."""
    best = ranked[0]
    rank = best.evidence.rank
    own = [r.score for r in ranked[1:] if r.evidence.rank == rank]
    others = [r.score for r in ranked if r.evidence.rank != rank]
    features = np.stack([r.features for r in ranked])
    plain = dict(zip(PLAIN, features.max(axis=0), strict=False))
    same = same_script(question, best.evidence.paragraph.text)
    signs = ranking_weights(known)[0 if same else 1][len(PLAIN) :]
    odds = [log_odds(e.score) for e in evidence] + [-_FAR] * 3
    kind = asked_for(question)
    values = [
        best.score,
        min(best.score - max(own, default=-math.inf), _FAR),
        min(best.score - max(others, default=-math.inf), _FAR),
        float(best.features[len(PLAIN) :] @ signs),
        *best.features[: len(PLAIN)],
        *(plain[name] for name in _MOST_OF),
        odds[0],
        min(odds[0] - odds[1], 2 * _FAR),
        min(odds[0] - sum(odds[1:4]) / 3, 2 * _FAR),
        *_focus_missing(question, best, evidence),
        strange,
        math.log1p(len(set(content_terms(question)))),
        math.log(len(ranked)),
        *(float(kind is k) for k in Asked),
        1.0,
    ]
    return np.array(values, dtype=np.float64)


def _focus_missing(question: str, best: RankedSentence, evidence: Sequence[Evidence]) -> tuple[float, float]:
    """Give the share of what is asked for of a thing that the best paragraph lacks, and all of the first ones."""
    wanted = focus(question)
    pairs = {wanted[n : n + 2] for n in range(len(wanted) - 1)}
    if not pairs:
        return 0.0, 0.0

    def missing(some: Sequence[Evidence]) -> float:
        text = fold(" ".join(f"{e.paragraph.section} {e.paragraph.text}" for e in some))
        return sum(pair not in text for pair in pairs) / len(pairs)

    return missing([best.evidence]), missing(evidence[:_LOOKED_AT])


def strangeness(question: str, evidence: Sequence[Evidence], ranker: SentenceRanker) -> float:
    """Give how strange the strangest word of a question is to the first paragraphs, from 0.

    A word that they hold is not; of another counts how much it says, the less the nearer a word of theirs comes.
    """
    words = list(dict.fromkeys(_named(question, ranker)))
    texts = [fold(f"{topic_of(ranker.library, e.paragraph)} {e.paragraph.text}") for e in evidence[:_LOOKED_AT]]
    strange = [word for word in words if not any(word in text for text in texts) and not asks(word)]
    if not strange:
        return 0.0
    held = ranker.tokens.encode(list(dict.fromkeys(ranker.tokens.words(" ".join(texts)))) or [""])
    nearest = (ranker.tokens.encode(strange) @ held.T).max(axis=1)
    said = np.array([ranker.tokens.weights(pieces).sum() for pieces in ranker.tokens.pieces(strange)])
    return float((said * (1 - nearest.clip(0, 1))).max() / _SAYS)


def _named(question: str, ranker: SentenceRanker) -> Iterator[str]:
    """Give the words of a question that name something; characters that are pieces by themselves make a rare word."""
    for single, run in groupby(ranker.tokens.words(fold(question)), lambda w: len(w) == 1 and not w.isascii()):
        pieces = list(run)
        words = FUNCTION_WORDS.split("".join(pieces)) if single else pieces
        yield from (w for w in words if w and len(w) >= (3 if w.isascii() else 2) and w.isalpha())


def _own_weights(question: str, ranked: Sequence[RankedSentence], ranker: SentenceRanker) -> Mapping[str, float]:
    """Give the weights for what is known, and for the script in which the best sentence is."""
    script = "same script" if same_script(question, ranked[0].evidence.paragraph.text) else "other script"
    return _weights(ranker.tokens.folder)[ranker.known][script]


@cache
def _weights(folder: Path) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Read the weights beside a static model, or those of the bundled one where it has none."""
    own = folder / REFUSAL_FILE
    path = own if own.is_file() else bundled_folder() / REFUSAL_FILE
    weights: Mapping[str, Mapping[str, Mapping[str, float]]] = json.loads(path.read_text(encoding="utf-8"))
    return weights
