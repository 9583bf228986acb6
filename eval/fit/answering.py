"""Fit the weights that rank sentences and those that refuse, with an encoder and without it; print both.

python -m eval.fit.answering DEV_FOLDER

A softmax over the sentences of the evidence must put a right one first: one in which a gold answer begins. A question
is then asked of texts that answer it and of texts that do not; the bounds are set so that, on average over the sets,
8 % of the answerable questions are not answered, and 3 % refused. Every set counts the same. Fitted on CMRC and DRCD
(the halves that the encoder was not trained on), XQuAD in four directions, the dev splits of real documents and of the
page in `seeds/`; printed for these and for the test splits.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.fit.encoder.texts import TRAINED_ON
from eval.fit.evidence import Described, Side, described_pages, described_real, described_squad
from eval.statistics import auroc
from rag.answer.ranking import MOST_MEANT, PLAIN, RANKING_FEATURES, Known, what_is_lost
from rag.answer.refusal import REFUSAL_FEATURES, REFUSAL_FILE, UNSURE, describe_answerability
from rag.embed.contextual import ContextualEncoder
from rag.embed.registry import NO_ENCODER, bundled_folder, load_encoder
from rag.text.script import same_script

__all__ = ["as_seen", "described_sets", "fitted_ranking", "fitted_refusal", "hit_rate", "reranked"]

_SQUAD = {
    "CMRC": ("cmrc2018/cmrc2018_dev.json", "cmrc2018/cmrc2018_dev.json"),
    "DRCD": ("drcd/DRCD_dev.json", "drcd/DRCD_dev.json"),
    "XQuAD zh→zh": ("xquad/xquad.zh.json", "xquad/xquad.zh.json"),
    "XQuAD en→en": ("xquad/xquad.en.json", "xquad/xquad.en.json"),
    "XQuAD en→zh": ("xquad/xquad.zh.json", "xquad/xquad.en.json"),
    "XQuAD zh→en": ("xquad/xquad.en.json", "xquad/xquad.zh.json"),
}
_HELD = frozenset({"real test", "seed-test"})
_SCRIPTS = ("same script", "other script")
_DOUBTED, _REFUSED = 0.08, 0.03  # of the answerable questions, on average over the sets: not answered, refused
_RIDGE, _RIDGE_SIGNS = 3e-4, 3e-3  # the signs of a kind are seen on fewer questions
_RIDGE_REFUSAL = 1e-3
# What refuses where there is an encoder, and whether more of it can only make an answer likelier. Of all features that
# there are many say nearly the same: fitted freely they take each other's part, and fail where texts are few or short.
_LIKELIER: Mapping[str, bool] = {
    "score": True,
    "score, above other paragraphs": True,
    "best sentence: content": True,
    "best sentence: content with its topic": True,
    "best sentence: figures and names": True,
    "best sentence: meant": True,
    "best sentence: meant with its topic": True,
    "best sentence: meant late": True,
    "best sentence: meant late with its topic": True,
    "best sentence: meant late with its neighbours": True,
    "best sentence: meant by its least piece": True,
    "log odds": True,
    "log odds, above the second": True,
    "focus missing in the paragraph": False,
    "focus missing in all": False,
    "strangest word": False,
    "log content terms": False,
    "log sentences": False,
    "best sentence: log length": False,
    "constant": False,
}
_OUT = Path(__file__).parents[2] / "rag" / "answer" / "ranking.json"

Matrix = NDArray[np.float64]
Weights = Mapping[str, Matrix]  # by script


def fitted_ranking(sets: Sequence[Sequence[Described]]) -> Matrix:
    """Fit the weights of RANKING_FEATURES."""
    kept = [(d, 1 / len(some) / len(sets)) for some in sets for d in some if d.right.any()]
    lengths = np.array([len(d.right) for d, _ in kept])
    starts = np.cumsum(lengths) - lengths
    owner = np.repeat(np.arange(len(kept)), lengths)
    features = np.concatenate([_features(d.asked) for d, _ in kept]).astype(np.float64)
    right = np.concatenate([d.right for d, _ in kept])
    shares = np.array([share for _, share in kept])
    ridge = np.where(np.arange(len(RANKING_FEATURES)) < len(PLAIN), _RIDGE, _RIDGE_SIGNS)

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        sums = features @ weights
        exp = np.exp(sums - np.maximum.reduceat(sums, starts)[owner])
        p = exp / np.add.reduceat(exp, starts)[owner]
        found = np.add.reduceat(p * right, starts).clip(min=1e-12)
        gap = shares[owner] * (p - p * right / found[owner])
        return float((ridge * weights * weights).sum() - shares @ np.log(found)), 2 * ridge * weights + gap @ features

    weights: Matrix = minimize(loss, np.zeros(len(RANKING_FEATURES)), jac=True, method="L-BFGS-B").x
    return weights


def reranked(d: Described, weights: Weights) -> Described:
    """Give a question with the sentences of both sides in the order of other weights."""

    def order(side: Side | None) -> tuple[Side | None, list[int]]:
        if side is None:
            return None, []
        own = [weights[_SCRIPTS[not same_script(d.question, s.evidence.paragraph.text)]] for s in side.ranked]
        scored = [
            replace(s, score=float(s.features @ w) - what_is_lost(s.text))
            for s, w in zip(side.ranked, own, strict=True)
        ]
        places = sorted(
            range(len(scored)), key=lambda n: (-scored[n].score, scored[n].evidence.rank, scored[n].position)
        )
        return replace(side, ranked=[scored[n] for n in places]), places

    asked, places = order(d.asked)
    return Described(d.question, asked, order(d.unanswered)[0], d.right[places], d.holds[places])


def hit_rate(questions: Sequence[Described], most: int) -> list[bool]:
    """Say for each answerable question whether one of its first `most` sentences holds a gold answer."""
    return [bool(d.holds[:most].any()) for d in questions if d.asked is not None]


def fitted_refusal(sets: Sequence[tuple[Matrix, Matrix]], known: Known) -> tuple[Matrix, float]:
    """Fit the weights of REFUSAL_FEATURES on descriptions of answerable and unanswerable questions, each (n, f).

    But by words alone, those of features that _LIKELIER lacks are 0, and those that it says make an answer likelier
    are not below 0.
    """
    bounds = [(None, None) if known is Known.WORDS else _bounds(name) for name in REFUSAL_FEATURES]
    x = np.concatenate([side for pair in sets for side in pair])
    y = np.concatenate([np.full(len(side), 1.0 - n) for pair in sets for n, side in enumerate(pair)])
    share = np.concatenate([np.full(len(side), 1 / len(side)) for pair in sets for side in pair])
    share /= share.sum()
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    deviation[deviation == 0] = 1
    mean[-1] = 0
    scaled = (x - mean) / deviation

    def loss(w: Matrix) -> tuple[float, Matrix]:
        z = scaled @ w
        gap = share * (1 / (1 + np.exp(-z)) - y)
        value = float(share @ (np.logaddexp(0, z) - y * z) + _RIDGE_REFUSAL * w @ w)
        return value, gap @ scaled + 2 * _RIDGE_REFUSAL * w

    weights = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x / deviation
    weights[-1] -= mean @ weights
    odds = x @ weights
    order = np.argsort(odds[y == 1])
    lost = np.cumsum(share[y == 1][order]) / share[y == 1].sum()
    answered, unsure = (float(odds[y == 1][order][int(np.searchsorted(lost, rate))]) for rate in (_DOUBTED, _REFUSED))
    weights[-1] -= answered
    fitted: Matrix = weights
    return fitted, unsure - answered


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name not in _LIKELIER:
        return 0, 0
    return 0 if _LIKELIER[name] else None, None


def as_seen(questions: Sequence[Described], known: Known) -> list[Described]:
    """Give questions with the sentences that the encoder saw, where there is one."""
    most = MOST_MEANT if known is Known.MEANING else None

    def seen(side: Side | None) -> Side | None:
        return side and replace(side, ranked=side.ranked[:most])

    return [Described(d.question, seen(d.asked), seen(d.unanswered), d.right[:most], d.holds[:most]) for d in questions]


def _features(side: Side | None) -> NDArray[np.float32]:
    return np.stack([s.features for s in side.ranked]) if side else np.zeros((0, len(RANKING_FEATURES)), np.float32)


def _script(question: str, side: Side) -> str:
    """Say in which script the best sentence is."""
    return _SCRIPTS[not same_script(question, side.ranked[0].evidence.paragraph.text)]


def _answerability(questions: Sequence[Described], script: str, known: Known) -> tuple[Matrix, Matrix]:
    """Describe both sides of the questions whose best sentence is in that script: (n, f) each."""
    sides: tuple[list[Matrix], list[Matrix]] = ([], [])
    for d in questions:
        for n, side in enumerate((d.asked, d.unanswered)):
            if side and not side.outright and _script(d.question, side) == script:
                sides[n].append(describe_answerability(d.question, side.ranked, side.evidence, known, side.strange))
    yes, no = (np.array(side).reshape(-1, len(REFUSAL_FEATURES)) for side in sides)
    return yes, no


def _odds(questions: Sequence[Described], refusal: Weights, known: Known) -> list[list[float]]:
    odds: list[list[float]] = [[], []]
    for d in questions:
        for n, side in enumerate((d.asked, d.unanswered)):
            if side is None:
                continue
            if side.outright:
                odds[n].append(-np.inf)
                continue
            described = describe_answerability(d.question, side.ranked, side.evidence, known, side.strange)
            odds[n].append(float(described @ refusal[_script(d.question, side)]))
    return odds


def described_sets(dev: Path, encoder: ContextualEncoder | None, every: int) -> dict[str, list[Described]]:
    """Describe the questions of every set; of the large ones every `every`-th."""
    found = {
        name: described_squad(dev / a, dev / b, encoder, reported=name in TRAINED_ON, every=every)
        for name, (a, b) in _SQUAD.items()
    }
    for split in ("dev", "test"):
        found[f"real {split}"] = described_real(dev / "real", split, encoder)
        found[f"seed-{split}"] = described_pages(f"seed-{split}", encoder)
    return found


def main() -> None:
    """Fit, write, and print what is reached with the encoder and without it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dev", type=Path, help="folder with xquad/, cmrc2018/, drcd/, real/")
    parser.add_argument("--encoder", default=NO_ENCODER, help="bundled, or the folder of a contextual encoder")
    parser.add_argument("--every", type=int, default=1, help="of the large sets every so many questions")
    parser.add_argument("--out", type=Path, default=_OUT, help="weights of the ranking")
    parser.add_argument("--refusal-out", type=Path, default=bundled_folder() / REFUSAL_FILE)
    settings = parser.parse_args()
    encoder = load_encoder(settings.encoder)
    stored: list[dict[str, dict[str, dict[str, float]]]] = [{}, {}]
    columns = f"{'best 1':>7} {'best 2':>7} {'best 3':>7} {'AUROC':>7} {'refused: yes':>13} {'no':>6}"
    print(f"{'set':14} {'known':15} {columns}")
    described = {Known.WORDS: described_sets(settings.dev, None, settings.every)}
    if encoder:
        described[Known.MEANING] = described_sets(settings.dev, encoder, settings.every)
    for known, by_set in described.items():
        sets = {name: as_seen(questions, known) for name, questions in by_set.items()}
        fit = {name: some for name, some in sets.items() if name not in _HELD}
        other = {name for name in fit if name in ("XQuAD en→zh", "XQuAD zh→en")}
        groups = {"same script": [fit[n] for n in fit if n not in other], "other script": [fit[n] for n in other]}
        ranking = {script: fitted_ranking(some) for script, some in groups.items()}
        sets = {name: [reranked(d, ranking) for d in some] for name, some in sets.items()}
        fit = {name: sets[name] for name in fit}
        refusal, unsure = {}, {}
        for script in _SCRIPTS:
            pairs = [_answerability(some, script, known) for some in fit.values()]
            enough = [pair for pair in pairs if min(map(len, pair)) >= 10]
            refusal[script], unsure[script] = fitted_refusal(enough, known)
        for place, names, weights in ((0, RANKING_FEATURES, ranking), (1, REFUSAL_FEATURES, refusal)):
            stored[place][known] = {
                script: {n: round(float(w), 4) for n, w in zip(names, weights[script], strict=True) if w}
                for script in _SCRIPTS
            }
        for script in _SCRIPTS:
            stored[1][known][script][UNSURE] = round(unsure[script], 4)
        for name, some in sets.items():
            rates = " ".join(f"{np.mean(hit_rate(some, most)):7.3f}" for most in (1, 2, 3))
            yes, no = _odds(some, refusal, known)
            shares = f"{np.mean(np.array(yes) < 0):13.3f} {np.mean(np.array(no) < 0):6.3f}"
            print(f"{name:14} {known:15} {rates} {auroc(yes, no):7.3f} {shares}", flush=True)
    for path, content in zip((settings.out, settings.refusal_out), stored, strict=True):
        known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        path.write_text(json.dumps(known | content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
