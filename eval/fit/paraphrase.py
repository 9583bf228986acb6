"""Fit the weights by which a claim in other words is told from one that is not said (rag/verify/paraphrase.json).

python -m eval.fit.paraphrase DEV_FOLDER [CLAIMS.jsonl …]

On short answers to questions of CMRC and XQuAD, made whole by their questions (eval/claims.py: their gold answer is
said, the gold answer of another question of the paragraph is not), and on written claims (a few in
eval/fit/claims.jsonl), those of the documents to tune on; of both on what the guards and the strict check leave open.
The bound is set so that of the claims shown as paraphrased at most a stated share is not said; printed is what becomes
of both parts.
"""

import argparse
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.claims import WrittenClaim, answers_as_claims, article_of, evidence_of, read_claims
from eval.statistics import auroc
from rag.embed.registry import load_encoder
from rag.text.folding import fold
from rag.verify.binding import Binder
from rag.verify.check import Checker
from rag.verify.claims import claim_of
from rag.verify.guards import broken_guard
from rag.verify.meaning import MEANING_FEATURES, compared, describe_paraphrase

__all__ = ["bounded", "fitted", "open_claims"]

_RIDGE = 0.02
_WRONG = 0.08  # of the claims shown as paraphrased
_EACH = 200  # questions of each set
_SETS = {
    "CMRC": ("cmrc2018/cmrc2018_dev.json", "cmrc2018/cmrc2018_dev.json"),
    "XQuAD zh→zh": ("xquad/xquad.zh.json", "xquad/xquad.zh.json"),
    "XQuAD en→en": ("xquad/xquad.en.json", "xquad/xquad.en.json"),
}
# Whether more of a feature can only make it likelier that a claim is said; fitted freely to near misses alone, words
# that stand in the source would speak against a claim.
_LIKELIER = {
    "cosine with its grounds": True,
    "cosine with the nearest ground": True,
    "nearness of pieces": True,
    "least nearness of a piece": True,
    "least nearness of a clause": True,
    "words held": True,
    "longest run not held": False,
    "figure nearer to another": False,
    "grounds": False,
    "of another kind than asked for": False,
    "order among the likely": False,
    "strict odds": True,
}
_OUT = Path(__file__).parents[2] / "rag" / "verify" / "paraphrase.json"

Matrix = NDArray[np.float64]


def open_claims(claims: Sequence[WrittenClaim]) -> tuple[Matrix, NDArray[np.bool_], list[WrittenClaim]]:
    """Describe the claims that strict check and guards leave open, and say which are true."""
    encoder = load_encoder("bundled")
    assert encoder is not None
    rows, kept = [], []
    for claim, evidence, articles in evidence_of(claims):
        known = partial(article_of, articles)
        binder = Binder(known, encoder)
        said = claim_of(claim.sentence, claim.question, fold("\n".join(e.paragraph.text for e in evidence)))
        grounds = binder.bound(said, evidence)
        strict = Checker(known).check_strictly(said.text, evidence)
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

    sides = {True: (0.0, None), False: (None, 0.0), None: (None, None)}
    bounds = [sides[_LIKELIER.get(name)] for name in MEANING_FEATURES]
    scaled = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x
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
    parser.add_argument("dev", type=Path, help="folder with cmrc2018/, xquad/")
    parser.add_argument("files", nargs="*", type=Path, help="written claims")
    parser.add_argument("--out", type=Path, default=_OUT)
    settings = parser.parse_args()
    sets = {
        name: answers_as_claims(settings.dev / texts, settings.dev / questions, _EACH)
        for name, (texts, questions) in _SETS.items()
    }
    sets |= {path.stem: read_claims(path) for path in settings.files}
    described = {name: open_claims(claims) for name, claims in sets.items()}
    tune = {name: np.array([c.part == "tune" for c in kept]) for name, (_, _, kept) in described.items()}
    features = np.concatenate([f[tune[name]] for name, (f, _, _) in described.items()])
    true = np.concatenate([t[tune[name]] for name, (_, t, _) in described.items()])
    weights = bounded(fitted(features, true), features, true)
    for name, (rows, labels, _) in described.items():
        for part, own in (("tune", tune[name]), ("test", ~tune[name])):
            odds = rows[own] @ weights
            yes, no = odds[labels[own]], odds[~labels[own]]
            shown = odds >= 0
            precision = float(labels[own][shown].mean()) if shown.any() else float("nan")
            print(
                f"{name:12} {part}: {len(yes)} true, {len(no)} false left open; "
                f"AUROC {auroc(list(yes), list(no)):.3f}; "
                f"shown {np.mean(yes >= 0):.3f} of the true, {np.mean(no >= 0):.3f} of the false; "
                f"precision {precision:.3f}"
            )
    stored = {name: round(float(w), 4) for name, w in zip(MEANING_FEATURES, weights, strict=True)}
    settings.out.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
