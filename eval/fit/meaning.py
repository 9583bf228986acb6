"""Fit the weights by which a contextual encoder puts the first paragraphs in order (rag/retrieve/meaning.py).

python -m eval.fit.meaning DEV_FOLDER --encoder FOLDER

A softmax over the first paragraphs must put a right one first. Fitted where the encoder counts most, on XQuAD's
questions in another language than its paragraphs; printed is nDCG@10 of these and of all other sets without and with
it: CMRC and DRCD (the halves that the encoder was not trained on), XQuAD within a language, statutes.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.fit.encoder.texts import TRAINED_ON, reported_on
from eval.retrieval import ndcg_at_10
from eval.sets import QuestionSet, library_of, read_dev_sets, sample
from rag.embed.contextual import ContextualEncoder
from rag.embed.registry import NO_ENCODER
from rag.retrieve.fusion import fuse, log_odds
from rag.retrieve.meaning import LEAST, LOOKED_AT, MEETINGS, describe_meaning

__all__ = ["Paragraphs", "described", "fitted", "mean_ndcg"]

_RIDGE = 1e-4
_FITTED_ON = ("XQuAD en→zh", "XQuAD zh→en")

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """The first paragraphs found for a question: log odds and what the encoder finds, (n, 1 + m); which are right."""

    ids: Sequence[str]
    features: Matrix
    right: NDArray[np.bool_]
    gold: frozenset[str]


def described(asked: QuestionSet, encoder: ContextualEncoder, most: int) -> list[Paragraphs]:
    """Describe what is found for about `most` questions of a set."""
    texts = {row["id"]: row["text"] for row in asked.paragraphs}
    if asked.name in TRAINED_ON:
        kept = [(q, own) for q, own in asked.questions if all(reported_on(texts[name]) for name in own)]
        asked = QuestionSet(asked.name, asked.paragraphs, kept)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        retriever = library_of(Path(folder), "library", asked.paragraphs, encoder=NO_ENCODER)
        library = retriever.library
        for question, own in sample(asked, most).questions:
            first = fuse(*retriever.candidates(question))[:LOOKED_AT]
            paragraphs = [library.paragraph(c.row) for c in first]
            odds = np.array([log_odds(c.score, LEAST) for c in first])
            meant = describe_meaning(question, paragraphs, library, retriever.tokens, encoder)
            ids = [p.id for p in paragraphs]
            found.append(Paragraphs(ids, np.column_stack([odds, meant]), np.array([i in own for i in ids]), own))
    return found


def fitted(sets: Sequence[Sequence[Paragraphs]]) -> Matrix:
    """Fit the weights of MEETINGS beside the log odds, whose weight is 1: (len(MEETINGS),)."""
    kept = [(p, 1 / len(some) / len(sets)) for some in sets for p in some if p.right.any()]

    def loss(weights: Matrix) -> float:
        total = 0.0
        for p, share in kept:
            sums = p.features[:, 0] + p.features[:, 1:] @ weights
            exp = np.exp(sums - sums.max())
            total -= share * float(np.log(exp[p.right].sum() / exp.sum()))
        return total + _RIDGE * float(weights @ weights)

    weights: Matrix = minimize(loss, np.full(len(MEETINGS), 2.0), method="L-BFGS-B").x
    return weights


def mean_ndcg(found: Sequence[Paragraphs], weights: Matrix) -> float:
    """Give nDCG@10 with these weights."""
    values = []
    for p in found:
        order = np.argsort(-(p.features[:, 0] + p.features[:, 1:] @ weights), kind="stable")
        values.append(ndcg_at_10([p.ids[n] for n in order], p.gold))
    return float(np.mean(values))


def main() -> None:
    """Fit, and print the weights and what they reach."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dev", type=Path, help="folder with xquad/, cmrc2018/, drcd/, statutes/")
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--most", type=int, default=400, help="questions of a set")
    settings = parser.parse_args()
    encoder = ContextualEncoder(settings.encoder)
    sets = {s.name: described(s, encoder, settings.most) for s in read_dev_sets(settings.dev) if "+" not in s.name}
    weights = fitted([sets[name] for name in _FITTED_ON])
    print(f"weights of {', '.join(MEETINGS)}: {weights.round(2).tolist()}")
    for name, found in sets.items():
        without, with_it = (mean_ndcg(found, w) for w in (np.zeros(len(MEETINGS)), weights))
        print(f"{name:14} without {without:.3f}, with {with_it:.3f}{', fitted on' * (name in _FITTED_ON)}", flush=True)


if __name__ == "__main__":
    main()
