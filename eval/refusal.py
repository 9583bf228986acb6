"""Measure refusal as users meet it: questions asked of a library with their paragraph, and of one without it.

yinju eval refusal cmrc2018_dev.json …
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.sets import assistant_of, read_answered
from eval.statistics import auroc, risk_coverage
from rag.assistant import Assistant
from rag.text.folding import fold

__all__ = ["Refusals", "curve", "draw", "measure"]

_PARTS = 8  # libraries, each without the paragraphs of an eighth of the questions


@dataclass(frozen=True, slots=True)
class Refusals:
    """Log odds that the articles answer, and which answers of answerable questions hold the gold."""

    answerable: NDArray[np.float64]
    unanswerable: NDArray[np.float64]
    right: NDArray[np.bool_]

    def __str__(self) -> str:
        """One line of a table."""
        area = auroc(self.answerable.tolist(), self.unanswerable.tolist())
        return (
            f"answerable refused {(self.answerable < 0).mean():.1%}, unanswerable refused "
            f"{(self.unanswerable < 0).mean():.1%}, AUROC {area:.3f}"
        )


def measure(path: Path, *, every: int = 1) -> Refusals:
    """Ask the questions of a file in SQuAD's format both ways.

    Without their paragraph means of a library from which it is gone, with an eighth of all paragraphs: those of the
    questions that are asked of it.
    """
    rows, asked = read_answered(path)
    asked = asked[::every]
    answerable, unanswerable, right = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        whole = assistant_of(Path(folder), "whole", rows)
        for question in asked:
            answer = whole.ask(question.text)
            answerable.append(answer.odds)
            text = fold(answer.text)
            right.append(any(fold(gold) in text for gold in question.answers))
        for part in range(_PARTS):
            own = [q for q in asked if int(q.paragraph) % _PARTS == part]
            left = [row for n, row in enumerate(rows) if n % _PARTS != part]
            if own and left:
                unanswerable += _odds(assistant_of(Path(folder), f"without{part}", left), [q.text for q in own])
    return Refusals(np.array(answerable), np.array(unanswerable), np.array(right))


def curve(measured: Refusals) -> list[tuple[float, float]]:
    """Give risk by coverage. Half of the questions are answerable; answering one that is not is wrong."""
    odds = [*measured.answerable.tolist(), *measured.unanswerable.tolist()]
    right = [*measured.right.tolist(), *[False] * len(measured.unanswerable)]
    return risk_coverage(odds, right, len(odds))


def draw(curves: Mapping[str, Sequence[tuple[float, float]]], path: Path) -> None:
    """Draw curves of risk by coverage."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(6, 4), layout="constrained")
    for name, points in curves.items():
        axis.plot(*zip(*points, strict=True), label=name, linewidth=1.6)
    axis.set_xlabel("questions answered (half of all have an answer)")
    axis.set_ylabel("answers that are wrong")
    axis.set_ylim(bottom=0)
    axis.grid(alpha=0.25)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


def _odds(assistant: Assistant, questions: Sequence[str]) -> list[float]:
    return [assistant.plan(question).odds for question in questions]
