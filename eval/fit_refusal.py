"""Fit the weights that decide whether the articles answer a question (refusal.json beside the bundled model).

python -m eval.fit_refusal DEV_FOLDER

Each question is asked of all paragraphs of its set, and of all but the one that answers it. The intercept is set so
that, on average over the sets, a stated share of the answerable questions is refused.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.fit_ranking import OTHER_SCRIPT, SAME_SCRIPT
from eval.sets import library_of, read_answered
from eval.statistics import auroc
from rag.answer.ranking import SentenceRanker
from rag.answer.refusal import REFUSAL_FEATURES, REFUSAL_FILE, describe_answerability, refused_outright
from rag.embed.registry import bundled_folder
from rag.schema import Evidence

__all__ = ["Asked", "asked_both_ways", "without"]

_RIDGE = 1e-3
_PASSAGES = 8
_REFUSED = {"same script": 0.045, "other script": 0.10}  # of the answerable questions

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions described with what was found: features (n, f), and whether they are refused whatever these say."""

    features: Matrix
    outright: NDArray[np.bool_]

    def refused(self, weights: Matrix) -> NDArray[np.bool_]:
        """Say which are refused."""
        refused: NDArray[np.bool_] = self.outright | (self.features @ weights < 0)
        return refused


def without(evidence: Sequence[Evidence], paragraph: str, most: int) -> list[Evidence]:
    """Give the evidence as it would be without a paragraph."""
    left = [e for e in evidence if e.paragraph.id != paragraph][:most]
    return [replace(e, rank=n) for n, e in enumerate(left, start=1)]


def asked_both_ways(texts: Path, questions: Path) -> tuple[Asked, Asked]:
    """Describe the questions of one file asked of the paragraphs of a parallel one: with their own, and without it."""
    rows, asked = read_answered(texts, questions)
    found: tuple[list[Matrix], list[Matrix]] = ([], [])
    outright: tuple[list[bool], list[bool]] = ([], [])
    with tempfile.TemporaryDirectory() as folder:
        retriever = library_of(Path(folder), "library", rows)
        ranker = SentenceRanker(retriever.library, retriever.tokens)
        for question in asked:
            evidence = retriever.search(question.text, _PASSAGES + 1)
            for side, some in enumerate((evidence[:_PASSAGES], without(evidence, question.paragraph, _PASSAGES))):
                ranked = ranker.rank(question.text, some)
                found[side].append(describe_answerability(question.text, ranked, some))
                outright[side].append(refused_outright(question.text, some, ranker))
    yes, no = (Asked(np.array(f), np.array(o)) for f, o in zip(found, outright, strict=True))
    return yes, no


def _fitted(sets: Sequence[tuple[Asked, Asked]], refused: float) -> Matrix:
    x = np.concatenate([side.features for pair in sets for side in pair])
    y = np.concatenate([np.full(len(side.features), 1.0 - n) for pair in sets for n, side in enumerate(pair)])
    share = np.concatenate([np.full(len(side.features), 1 / len(side.features)) for pair in sets for side in pair])
    share /= share.sum()
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    deviation[deviation == 0] = 1
    mean[-1] = 0
    scaled = (x - mean) / deviation

    def loss(w: Matrix) -> tuple[float, Matrix]:
        z = scaled @ w
        gap = share * (1 / (1 + np.exp(-z)) - y)
        return float(share @ (np.logaddexp(0, z) - y * z) + _RIDGE * w @ w), gap @ scaled + 2 * _RIDGE * w

    weights = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x / deviation
    weights[-1] -= mean @ weights
    odds = np.concatenate([yes.features @ weights for yes, _ in sets])
    shares = np.concatenate([np.full(len(yes.features), 1 / len(yes.features)) for yes, _ in sets])
    order = np.argsort(odds)
    at = int(np.searchsorted(np.cumsum(shares[order]) / shares.sum(), refused))
    weights[-1] -= odds[order][at]
    fitted: Matrix = weights
    return fitted


def main() -> None:
    """Fit, write, and print both error rates of each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dev", type=Path, help="folder with xquad/, cmrc2018/, drcd/")
    parser.add_argument("--out", type=Path, default=bundled_folder() / REFUSAL_FILE)
    settings = parser.parse_args()
    stored = {}
    columns = f"{'answerable refused':>20} {'unanswerable refused':>22} {'AUROC':>7}"
    print(f"{'set':14} {columns}   fitted without it: the three")
    for script, files in (("same script", SAME_SCRIPT), ("other script", OTHER_SCRIPT)):
        pairs = [tuple(settings.dev / f for f in pair) for pair in files.values()]
        with ProcessPoolExecutor() as pool:
            found = dict(zip(files, pool.map(asked_both_ways, *zip(*pairs, strict=True)), strict=True))
        weights = _fitted(list(found.values()), _REFUSED[script])
        stored[script] = {n: round(float(w), 4) for n, w in zip(REFUSAL_FEATURES, weights, strict=True) if w}
        for name, pair in found.items():
            others = _fitted([p for other, p in found.items() if other != name], _REFUSED[script])
            print(f"{name:14} {_rates(pair, weights)}   {_rates(pair, others)}", flush=True)
    settings.out.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _rates(pair: tuple[Asked, Asked], weights: Matrix) -> str:
    yes, no = pair
    area = auroc((yes.features @ weights).tolist(), (no.features @ weights).tolist())
    return f"{yes.refused(weights).mean():20.1%} {no.refused(weights).mean():22.1%} {area:7.3f}"


if __name__ == "__main__":
    main()
