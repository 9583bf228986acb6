"""Say how surely a paragraph says everything that a sentence says.

A small network over `rag.verify.features` (one hidden layer), fitted on sentences that paragraphs say in other ways and
on falsified ones (`python -m eval.support --fit`). Its output is shifted so that 0.5 is the bound at which 3 % of the
true sentences of the fitting data are withheld.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rag.verify.features import SUPPORT_FEATURES, SupportFeatures, describe_support
from rag.verify.source import SourceText

__all__ = ["BOUND", "SupportModel", "support_model"]

BOUND = 0.5  # from here a sentence is supported
_WEIGHTS = Path(__file__).with_name("support.json")
_SURE = 30.0  # log odds
_UNMATCHED = SUPPORT_FEATURES.index("unmatched")
_TURNED = [
    SUPPORT_FEATURES.index(name)
    for name in (
        "negation added",
        "negation dropped",
        "replaced",
        "figures in another's place",
        "part of a clause dropped",
        "speaker before other words",
        "cause before its effect no more",
        "asked instead of said",
        "clauses nowhere",
        "condition in a clause left out",
    )
]
_MOST_UNMATCHED = 0.5  # of the units of a sentence
_FARTHEST = 6.0  # standard deviations: what lies beyond is no likelier

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SupportModel:
    """The fitted network."""

    mean: Matrix  # (features,)
    deviation: Matrix  # (features,)
    hidden: Matrix  # (units, features)
    hidden_bias: Matrix  # (units,)
    out: Matrix  # (units,)
    out_bias: float

    def log_odds(self, features: SupportFeatures) -> Matrix:
        """Judge features (n, len(SUPPORT_FEATURES)): (n,) log odds, 0 at the bound, higher is better.

        Never supported is a negation put in or left out, a word in place of another that is not its like, a figure in
        the place of another, a clause that lost a part which bears on the rest, words put into another's mouth, a
        clause that stands nowhere or whose condition is left out, and what lies beyond all that the network has seen
        said truly: most of it unmatched.
        """
        scaled = np.clip((features - self.mean) / self.deviation, -_FARTHEST, _FARTHEST)
        turned = features[:, _TURNED].any(axis=1)
        inside = np.maximum(scaled @ self.hidden.T + self.hidden_bias, 0)
        odds: Matrix = inside @ self.out + self.out_bias
        odds[turned | (features[:, _UNMATCHED] > _MOST_UNMATCHED)] = -_SURE
        return odds

    def support(self, sentence: str, source: SourceText) -> tuple[float, list[int]]:
        """Give the support of a sentence in [0, 1] and which sentences of the paragraph it lies along."""
        features, used = describe_support(sentence, source)
        odds = float(self.log_odds(features[None, :])[0])
        return float(1 / (1 + np.exp(-np.clip(odds, -_SURE, _SURE)))), used

    def save(self, path: Path) -> None:
        """Write to a JSON file."""
        rows = dict(zip(SUPPORT_FEATURES, np.stack([self.mean, self.deviation, *self.hidden]).T, strict=True))
        stored = {
            "features: mean, deviation, weight of each hidden unit": {
                name: [round(float(v), 4) for v in row] for name, row in rows.items()
            },
            "hidden bias": [round(float(v), 4) for v in self.hidden_bias],
            "out": [round(float(v), 4) for v in self.out],
            "out bias": round(self.out_bias, 4),
        }
        path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        rows = stored["features: mean, deviation, weight of each hidden unit"]
        table = np.array([rows[name] for name in SUPPORT_FEATURES])
        return cls(
            table[:, 0],
            table[:, 1],
            table[:, 2:].T,
            np.array(stored["hidden bias"]),
            np.array(stored["out"]),
            stored["out bias"],
        )


@cache
def support_model() -> SupportModel:
    """Give the model that comes with Yinju."""
    return SupportModel.load(_WEIGHTS)
