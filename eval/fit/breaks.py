"""Fit the weights that tell the first line of a broken paragraph from a heading (rag/ingest/breaks.py).

    python -m eval.fit.breaks --prose prose.jsonl.xz … --titles title-abstract.jsonl.xz --headings prose.jsonl.xz

Fit on other prose than `python -m eval.layout` measures on. Prints the weights, and on a held-out half how many first
lines are found at several rates of headings taken for one.
"""

import argparse
import random
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.layout import Material, column_end, read_material
from rag.ingest.breaks import line_features
from rag.ingest.shapes import is_short_line

_LINES = 12_000
_RIDGE = 1.0


def _examples(material: Material, chance: random.Random) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows: list[tuple[float, ...]] = []
    labels: list[float] = []
    while len(rows) < _LINES:
        text = chance.choice(material.paragraphs)
        cut = column_end(text, chance.randint(15, 26), chance)
        if cut and is_short_line(text[:cut]):
            rows.append(line_features(text[:cut], text[cut:]))
            labels.append(1.0)
    # A line above text is a section heading far more often than a title without a byline.
    for _ in range(_LINES):
        lines = material.headings if chance.random() < 0.8 else material.titles
        rows.append(line_features(chance.choice(lines), chance.choice(material.paragraphs)))
        labels.append(0.0)
    return np.array(rows), np.array(labels)


def _fit(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    scale = np.maximum(x.std(axis=0), 1e-9)
    scale[-1] = 1.0
    z = x / scale

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = z @ w
        gap = 1 / (1 + np.exp(-logits)) - y
        return float((np.logaddexp(0, logits) - y * logits).sum() + _RIDGE * w @ w / 2), z.T @ gap + _RIDGE * w

    result: Any = minimize(loss, np.zeros(x.shape[1]), jac=True)
    return np.asarray(result.x / scale)


def main() -> None:
    """Fit on half of the examples, print the weights and what they do on the other half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prose", type=Path, nargs="+", required=True)
    parser.add_argument("--titles", type=Path, required=True)
    parser.add_argument("--headings", type=Path, required=True)
    settings = parser.parse_args()
    material = read_material(settings.prose, settings.titles, settings.headings)
    x, y = _examples(material, random.Random(0))
    fitted = np.arange(len(y)) % 2 == 0
    weights = _fit(x[fitted], y[fitted])
    print("weights:", ", ".join(f"{w:.3f}" for w in weights))
    odds, truth = x[~fitted] @ weights, y[~fitted]
    for rate in (0.002, 0.005, 0.01, 0.02, 0.05):
        bound = float(np.quantile(odds[truth == 0], 1 - rate))
        print(
            f"headings taken {rate:.1%}: bound {bound:+.2f}, first lines found {(odds[truth == 1] > bound).mean():.1%}"
        )


if __name__ == "__main__":
    main()
