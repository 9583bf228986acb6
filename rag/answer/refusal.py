"""Decide whether the articles answer a question, before a word is drafted."""

import math
import re
from collections.abc import Sequence

from rag.answer.coverage import QuestionTerms
from rag.index.lexical import TermStatistics
from rag.schema import Article, Evidence

__all__ = ["answerability", "features"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_LOOKED_AT = 3  # evidence

# Logistic weights of `features` and the intercept, for a question in the script of the evidence and for one in
# another, where no word can match. Fitted with `python -m eval.fit_refusal`; 3 % of answerable questions lie below 0.
_SAME_SCRIPT = (9.227, 1.808, -3.282)
_OTHER_SCRIPT = (2.816, 5.776, -1.5)


def answerability(
    question: str, evidence: Sequence[Evidence], articles: Sequence[Article], statistics: TermStatistics
) -> float:
    """Give the log odds that the evidence answers the question; below 0 it is refused.

    `articles` are those of the evidence, one each. −inf where there is no evidence.
    """
    if not evidence:
        return -math.inf
    coverage, cosine = features(question, evidence, articles, statistics)
    weights = _SAME_SCRIPT if _same_script(question, evidence[0].paragraph.text) else _OTHER_SCRIPT
    return weights[0] * coverage + weights[1] * cosine + weights[2]


def features(
    question: str, evidence: Sequence[Evidence], articles: Sequence[Article], statistics: TermStatistics
) -> tuple[float, float]:
    """Give the best coverage of the question's terms and the best cosine among the first evidence."""
    asked = QuestionTerms(question, statistics)
    near = list(zip(evidence, articles, strict=True))[:_LOOKED_AT]
    coverage = max(asked.covered(f"{e.paragraph.text} {' '.join(a.authors)}") for e, a in near)
    return coverage, max(e.dense for e, _ in near)


def _same_script(a: str, b: str) -> bool:
    return _is_han(a) == _is_han(b)


def _is_han(text: str) -> bool:
    return len(_HAN.findall(text)) * 4 > len(re.sub(r"\s", "", text))
