"""Labels of answers, by annotator, in SQLite."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from eval.statistics import kappa
from rag.feedback import connected

__all__ = ["Agreement", "Label", "LabelStore", "Verdict"]

Verdict = Literal["right", "partly", "wrong"]
_TABLE = """create table if not exists labels (
    run text not null, question text not null, annotator text not null, verdict text not null, supports text not null,
    missing text not null, note text not null, at text not null, primary key (run, question, annotator))"""


@dataclass(frozen=True, slots=True)
class Label:
    """What an annotator says of an answer."""

    question: str
    annotator: str
    verdict: Verdict
    supports: tuple[bool, ...] = ()  # of each shown sentence: does its citation support it?
    missing: tuple[str, ...] = ()  # facts that the answer should hold
    note: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in get_args(Verdict):
            raise ValueError(f"verdict is {self.verdict!r}, expected one of {', '.join(get_args(Verdict))}")
        if not self.annotator.strip():
            raise ValueError("a label needs the name of its annotator")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two labellers agree, on what both have labelled."""

    one: str
    other: str
    questions: int
    verdicts: float  # Cohen's κ
    citations: float  # Cohen's κ


class LabelStore:
    """The labels of one run in a database that may hold those of many."""

    def __init__(self, path: Path, run: str) -> None:
        """Open or make the database. Raises YinjuError."""
        self.path, self._run = path, run
        with connected(path) as database:
            database.execute(_TABLE)

    def put(self, label: Label) -> None:
        """Keep a label; one by the same annotator on the same question is replaced."""
        row = (
            *(self._run, label.question, label.annotator.strip(), label.verdict, json.dumps(label.supports)),
            *(json.dumps(label.missing, ensure_ascii=False), label.note, time.strftime("%Y-%m-%dT%H:%M:%S%z")),
        )
        with connected(self.path) as database:
            database.execute("insert or replace into labels values (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def labels(self, annotator: str = "") -> list[Label]:
        """Give the labels of an annotator, or all."""
        with connected(self.path) as database:
            rows = database.execute(
                "select question, annotator, verdict, supports, missing, note from labels where run = ? "
                "order by question, annotator",
                (self._run,),
            ).fetchall()
        found = [Label(q, a, v, tuple(json.loads(s)), tuple(json.loads(m)), n) for q, a, v, s, m, n in rows]
        return [label for label in found if not annotator or label.annotator == annotator.strip()]

    def agreements(self, judged: Mapping[str, Sequence[bool]]) -> list[Agreement]:
        """Give how far each two annotators agree, and each annotator with the judge on citations."""
        by: dict[str, dict[str, Label]] = {}
        for label in self.labels():
            by.setdefault(label.annotator, {})[label.question] = label
        names = sorted(by)
        found = []
        for n, one in enumerate(names):
            for other in names[n + 1 :]:
                both = sorted(by[one].keys() & by[other].keys())
                found.append(
                    Agreement(
                        one,
                        other,
                        len(both),
                        kappa([by[one][q].verdict for q in both], [by[other][q].verdict for q in both]),
                        _on_citations({q: by[one][q].supports for q in both}, {q: by[other][q].supports for q in both}),
                    )
                )
        for name in names:
            own = {q: label.supports for q, label in by[name].items() if q in judged}
            found.append(Agreement(name, "judge", len(own), float("nan"), _on_citations(own, judged)))
        return found


def _on_citations(one: Mapping[str, Sequence[bool]], other: Mapping[str, Sequence[bool]]) -> float:
    pairs = [pair for q, mine in one.items() for pair in zip(mine, other[q], strict=False)]
    return kappa([a for a, _ in pairs], [b for _, b in pairs])
