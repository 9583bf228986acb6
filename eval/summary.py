"""The figures of a run: every metric over all questions and over groups of them, refusal, latency, errors."""

import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.gold import GoldQuestion
from eval.metrics import METRICS, measured
from eval.runs import Run
from eval.statistics import auroc, interval, risk_coverage
from rag.errors import EvaluationError

__all__ = ["Bound", "Figure", "Group", "Summary", "broken_bounds", "read_gate", "summarised"]

_PERCENTILES = (50, 90, 95, 99)
Values = Mapping[str, Mapping[str, float]]  # by question, by metric


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric over some questions."""

    metric: str
    mean: float
    questions: int
    low: float = math.nan  # 95 % interval
    high: float = math.nan


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the questions, with their figures."""

    name: str
    questions: int
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Summary:
    """All figures of a run."""

    all: Group
    groups: Mapping[str, Sequence[Group]]  # by kind, language, tag
    values: Values
    errors: int
    auroc: float
    risk: Sequence[tuple[float, float]]  # coverage, risk; up to the share of questions that is answered
    seconds: Mapping[int, float]  # percentiles, of questions that did not end in an error

    def figure(self, name: str) -> float:
        """Give a figure by name: a metric, errors, auroc, or p95 for a percentile of the latency. Raises KeyError."""
        if name in self.all.figures:
            return self.all.figures[name].mean
        extra = {"errors": float(self.errors), "auroc": self.auroc}
        return {**extra, **{f"p{p}": s for p, s in self.seconds.items()}}[name]


_BY: Mapping[str, Callable[[GoldQuestion], Sequence[str]]] = {
    "kind": lambda q: (q.kind,),
    "language": lambda q: (q.lang,),
    "tag": lambda q: q.tags,
}


def summarised(run: Run) -> Summary:
    """Work out all figures of a run."""
    values = {g.question.id: measured(g, run.result_of(g)) for g in run.gold}
    results = [(g, run.result_of(g)) for g in run.gold]
    odds = [(g, r.odds) for g, r in results if r.odds is not None]
    answered = [
        (r.odds or 0.0, values[g.question.id]["right"] == 1)
        for g, r in results
        if r.answered and "right" in values[g.question.id]
    ]
    seconds = [r.seconds for _, r in results if not r.failed]
    return Summary(
        all=_group("all", [g.question.id for g in run.gold], values, with_intervals=True),
        groups={by: _groups(run, values, names) for by, names in _BY.items()},
        values=values,
        errors=sum(r.failed for _, r in results),
        auroc=auroc([o for g, o in odds if g.question.answerable], [o for g, o in odds if not g.question.answerable]),
        risk=risk_coverage([o for o, _ in answered], [right for _, right in answered], len(results)),
        seconds={p: float(np.percentile(seconds, p)) if seconds else math.nan for p in _PERCENTILES},
    )


@dataclass(frozen=True, slots=True)
class Bound:
    """What a figure must keep to."""

    min: float = -math.inf
    max: float = math.inf


def read_gate(path: Path) -> Mapping[str, Bound]:
    """Read bounds of figures from TOML: tables `[right]` with `min = 0.5`, `max`. Raises EvaluationError."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
        bounds = {name: Bound(**row) for name, row in rows.items()}
        numbers = [value for bound in bounds.values() for value in (bound.min, bound.max)]
        if not bounds or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
            raise ValueError("it holds no bound" if not bounds else "a bound is no number")
    except (OSError, ValueError, TypeError) as error:
        raise EvaluationError(
            f"{path} is no gate ({error}): expected tables named after figures, each with min or max"
        ) from error
    return bounds


def broken_bounds(bounds: Mapping[str, Bound], figure: Callable[[str], float]) -> list[str]:
    """Give a line for each figure that breaks its bound. Raises EvaluationError for a figure that there is not."""
    broken = []
    for name, bound in bounds.items():
        try:
            value = figure(name)
        except KeyError as error:
            raise EvaluationError(
                f"the gate names the figure {name!r}, which this run does not have: see `yinju eval report`"
            ) from error
        if not bound.min <= value <= bound.max:
            broken.append(f"{name} is {value:.3f}, expected {bound.min:g} to {bound.max:g}")
    return broken


def _groups(run: Run, values: Values, names: Callable[[GoldQuestion], Sequence[str]]) -> list[Group]:
    members: dict[str, list[str]] = {}
    for gold in run.gold:
        for name in names(gold.question):
            members.setdefault(name, []).append(gold.question.id)
    return [_group(name, ids, values, with_intervals=False) for name, ids in sorted(members.items())]


def _group(name: str, ids: Sequence[str], values: Values, *, with_intervals: bool) -> Group:
    figures = {}
    for metric in METRICS:
        found = [values[i][metric] for i in ids if metric in values[i]]
        if found:
            low, high = interval(found) if with_intervals else (math.nan, math.nan)
            figures[metric] = Figure(metric, float(np.mean(found)), len(found), low, high)
    return Group(name, len(ids), figures)
