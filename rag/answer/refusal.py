"""Decide whether the articles answer a question, before a word is drafted."""

import math
from collections.abc import Sequence

from rag.answer.coverage import QuestionTerms
from rag.index.lexical import TermStatistics
from rag.schema import Article, Evidence
from rag.script import same_script

__all__ = ["answerability", "features"]

_LOOKED_AT = 3  # evidence

# Logistic weights of `features` and the intercept, for a question in the script of the evidence and for one in
# another, where hardly a word can match. Fitted with `python -m eval.fit_refusal`: 3 % of answerable questions lie
# below 0, in another script 10 %.
_SAME_SCRIPT = (9.093, 1.923, -1.885, -3.230)
_OTHER_SCRIPT = (1.073, 6.147, -1.621, 0.158)


def answerability(
    question: str, evidence: Sequence[Evidence], articles: Sequence[Article], statistics: TermStatistics
) -> float:
    """Give the log odds that the evidence answers the question; below 0 it is refused.

    `articles` are those of the evidence, one each. −inf where there is no evidence.
    """
    if not evidence:
        return -math.inf
    found = features(question, evidence, articles, statistics)
    weights = _SAME_SCRIPT if same_script(question, evidence[0].paragraph.text) else _OTHER_SCRIPT
    return sum(w * f for w, f in zip(weights, (*found, 1.0), strict=True))


def features(
    question: str, evidence: Sequence[Evidence], articles: Sequence[Article], statistics: TermStatistics
) -> tuple[float, float, float]:
    """Describe how near the first evidence comes to the question.

    Gives the best coverage of its terms, the best cosine, and the least share of its figures and Latin words missing.
    """
    asked = QuestionTerms(question, statistics)
    near = list(zip(evidence, articles, strict=True))[:_LOOKED_AT]
    texts = [f"{e.paragraph.text} {' '.join(a.authors)} {a.date}" for e, a in near]
    return (
        max(map(asked.covered, texts)),
        max(e.dense for e, _ in near),
        min(map(asked.exact_missing, texts)),
    )
