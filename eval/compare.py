"""Two runs of one set over the same articles: what differs, whether by chance, and on which questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.metrics import METRICS, measured
from eval.runs import Run
from eval.statistics import Difference, compared
from rag.errors import EvaluationError

__all__ = ["Change", "Comparison", "compare_runs"]

_SHOWN = 10  # questions that changed, each way


@dataclass(frozen=True, slots=True)
class Change:
    """A question that one run has right and the other has not."""

    id: str
    question: str
    better: bool  # in B


@dataclass(frozen=True, slots=True)
class Comparison:
    """B beside A."""

    a: str
    b: str
    questions: int
    differences: Sequence[Difference]
    changes: Sequence[Change]
    settings: Mapping[str, tuple[str, str]]  # those that differ

    def difference(self, metric: str) -> float:
        """Give B less A on a metric. Raises KeyError."""
        return {d.metric: d.difference for d in self.differences}[metric]

    def as_text(self) -> str:
        """Write a table and the questions that changed."""
        lines = [f"A = {self.a}, B = {self.b}, {self.questions} questions"]
        lines += [f"  {name}: {one} → {other}" for name, (one, other) in self.settings.items()]
        head = f"{'metric':20} {'n':>4} {'A':>7} {'B':>7} {'B − A':>8} {'95 % interval':>18} {'p':>7} {'Holm':>7}"
        lines += ["", f"{head} {'least':>7} {'power':>6}"]
        for d in self.differences:
            mark = " *" if d.significant else ""
            span = f"[{d.low:+.3f}, {d.high:+.3f}]"
            lines.append(
                f"{d.metric:20} {d.questions:4} {d.a:7.3f} {d.b:7.3f} {d.difference:+8.3f} {span:>18} {d.p:7.4f} "
                f"{d.adjusted_p:7.4f} {_or_dash(d.least):>7} {d.power:6.2f}{mark}"
            )
        lines.append("* more than chance at 5 %, Holm's correction over the metrics; the interval, least (the smallest")
        lines.append("  difference found with power 0.8) and power (of this difference) are of each metric by itself")
        for better, title in ((True, "right in B alone"), (False, "right in A alone")):
            some = [c for c in self.changes if c.better is better]
            lines += ["", f"{title}: {len(some)}", *(f"  {c.id} {c.question}" for c in some[:_SHOWN])]
            lines += [f"  … and {len(some) - _SHOWN} more"] if len(some) > _SHOWN else []
        return "\n".join(lines)


def _or_dash(least: float) -> str:
    return f"{least:.3f}" if least > 0 else "—"


def compare_runs(a: Run, b: Run, seed: int = 1) -> Comparison:
    """Compare two runs. Raises EvaluationError when they are of different sets or articles."""
    for what, one, other in (
        ("sets", a.about["set"]["sha256"], b.about["set"]["sha256"]),
        ("articles", a.about["fingerprints"]["texts"], b.about["fingerprints"]["texts"]),
    ):
        if one != other:
            raise EvaluationError(
                f"{a.folder} and {b.folder} cannot be compared: they are of different {what}; run one of them again "
                f"with the other's"
            )
    old, new = ({g.question.id: measured(g, run.result_of(g)) for g in run.gold} for run in (a, b))
    pairs = {}
    one_judge = a.about.get("judge") == b.about.get("judge")
    for metric in METRICS:
        if metric == "support" and not one_judge:
            continue  # a difference of judges is none of answers
        both = [q for q in old if metric in old[q] and metric in new[q]]
        if both:
            pairs[metric] = ([old[q][metric] for q in both], [new[q][metric] for q in both])
    yes_no = frozenset(name for name, metric in METRICS.items() if metric.yes_no)
    changes = [
        Change(g.question.id, g.question.question, after > before)
        for g in a.gold
        if (before := old[g.question.id].get("right", 0.0)) != (after := new[g.question.id].get("right", 0.0))
    ]
    settings = {} if one_judge else {"judge": (str(a.about.get("judge")), str(b.about.get("judge")))}
    settings |= {
        name: (str(old), str(b.about["settings"].get(name, "")))
        for name, old in a.about["settings"].items()
        if old != b.about["settings"].get(name, "")
    }
    return Comparison(a.name, b.name, len(a.gold), compared(pairs, yes_no, seed), changes, settings)
