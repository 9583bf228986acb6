"""Labels become gold: what annotators found goes back into the test set."""

from collections.abc import Sequence
from dataclasses import replace

from eval.gold import GoldQuestion, Reference
from eval.review.store import Label
from eval.runs import Run

__all__ = ["harvested"]


def harvested(run: Run, labels: Sequence[Label]) -> list[GoldQuestion]:
    """Give the questions of a run's set with what the labels add.

    A missing fact that any annotator named becomes a fact, of a question that is answerable; a cited paragraph of an
    answer that all call right, whose citation all call supporting, becomes relevant. An unanswerable question that
    all call rightly answered becomes answerable. What the set says already stays.
    """
    by: dict[str, list[Label]] = {}
    for label in labels:
        by.setdefault(label.question, []).append(label)
    return [_with_labels(run, n, by.get(gold.question.id, [])) for n, gold in enumerate(run.gold)]


def _with_labels(run: Run, n: int, labels: Sequence[Label]) -> GoldQuestion:
    gold = run.gold[n]
    question = gold.question
    result = run.result_of(gold)
    if not labels:
        return question
    known = {alternative for fact in question.facts for alternative in fact}
    named = [fact for label in labels for fact in label.missing if fact not in known]
    facts = (*question.facts, *((fact,) for fact in dict.fromkeys(named)))
    right = result.answered and all(label.verdict == "right" for label in labels)
    cited = [
        citation["paragraph"]
        for place, sentence in enumerate(result.shown)
        if right and all(label.supports[place : place + 1] == (True,) for label in labels)
        for citation in sentence["citations"]
    ]
    new = [Reference(p) for p in dict.fromkeys(cited) if p not in gold.paragraphs]
    if not question.answerable and not right:
        return question
    return replace(question, answerable=True, facts=facts, relevant=(*question.relevant, *new))
