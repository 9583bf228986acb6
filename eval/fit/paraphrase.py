"""Fit the weights by which a claim in other words is told from one that is not said (rag/verify/paraphrase.json).

python -m eval.fit.paraphrase CLAIMS.jsonl …

On the documents to tune on alone (eval/claims.py), and on what the guards and the strict check leave open. The bound
is set so that of the claims shown as paraphrased at most a stated share is not said; printed is what becomes of both
parts.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.claims import WrittenClaim, evidence_of, read_claims
from eval.statistics import auroc
from rag.embed.registry import load_encoder
from rag.text.folding import fold
from rag.verify.binding import Binder
from rag.verify.check import Checker
from rag.verify.claims import claim_of
from rag.verify.guards import broken_guard
from rag.verify.meaning import MEANING_FEATURES, compared, describe_paraphrase

__all__ = ["fitted", "open_claims"]

_RIDGE = 0.02
_WRONG = 0.08  # of the claims shown as paraphrased
_OUT = Path(__file__).parents[2] / "rag" / "verify" / "paraphrase.json"

Matrix = NDArray[np.float64]


def open_claims(claims: Sequence[WrittenClaim]) -> tuple[Matrix, NDArray[np.bool_], list[WrittenClaim]]:
    """Describe the claims that strict check and guards leave open, and say which are true."""
    encoder = load_encoder("bundled")
    assert encoder is not None
    rows, kept = [], []
    for claim, evidence, articles in evidence_of(claims):
        article_of = lambda p, known=articles: known[p.article]  # noqa: E731
        binder = Binder(article_of, encoder)
        said = claim_of(claim.sentence, claim.question, fold("\n".join(e.paragraph.text for e in evidence)))
        grounds = binder.bound(said, evidence)
        strict = Checker(article_of).check_strictly(said.text, evidence)
        if strict >= 0 or grounds is None:
            continue
        beside = compared(said, grounds, binder)
        if broken_guard(beside) is None:
            rows.append(describe_paraphrase(said, grounds, beside, binder, strict))
            kept.append(claim)
    return np.array(rows), np.array([c.label != "not said" for c in kept]), kept


def fitted(features: Matrix, true: NDArray[np.bool_]) -> Matrix:
    """Fit a logistic regression on scaled features, and return weights of the features as they are."""
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    deviation[deviation < 1e-9] = 1.0
    mean[-1], deviation[-1] = 0.0, 1.0  # the constant
    x = (features - mean) / deviation
    y = true.astype(np.float64)

    def loss(w: Matrix) -> tuple[float, Matrix]:
        z = x @ w
        value = np.logaddexp(0, z) - y * z
        slope = x.T @ (1 / (1 + np.exp(-z)) - y) / len(y)
        ridge = _RIDGE * w
        ridge[-1] = 0.0
        return float(value.mean() + 0.5 * w @ ridge), slope + ridge

    scaled = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x
    weights: Matrix = scaled / deviation
    weights[-1] = scaled[-1] - float((scaled[:-1] * mean[:-1] / deviation[:-1]).sum())
    return weights


def bounded(weights: Matrix, features: Matrix, true: NDArray[np.bool_]) -> Matrix:
    """Shift the weights so that of the claims at 0 or above at most the stated share is not said."""
    odds = features @ weights
    order = np.argsort(-odds)
    wrong = np.cumsum(~true[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(wrong <= _WRONG)
    shifted = weights.copy()
    shifted[-1] -= float(odds[order][good[-1]]) if len(good) else float(odds.max()) + 1.0
    return shifted


def main() -> None:
    """Fit, write and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=_OUT)
    settings = parser.parse_args()
    claims = [c for path in settings.files for c in read_claims(path)]
    features, true, kept = open_claims(claims)
    tune = np.array([c.part == "tune" for c in kept])
    weights = bounded(fitted(features[tune], true[tune]), features[tune], true[tune])
    for part, rows in (("tune", tune), ("test", ~tune)):
        odds = features[rows] @ weights
        yes, no = odds[true[rows]], odds[~true[rows]]
        shown = odds >= 0
        precision = float(true[rows][shown].mean()) if shown.any() else float("nan")
        print(
            f"{part}: {len(yes)} true, {len(no)} false left open; AUROC {auroc(yes.tolist(), no.tolist()):.3f}; "
            f"shown {np.mean(yes >= 0):.3f} of the true, {np.mean(no >= 0):.3f} of the false; precision {precision:.3f}"
        )
    stored = {name: round(float(w), 4) for name, w in zip(MEANING_FEATURES, weights, strict=True)}
    settings.out.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
