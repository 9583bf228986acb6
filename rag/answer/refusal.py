"""Decide whether the articles answer a question, before a word is drafted."""

import math
from collections.abc import Sequence

from rag.answer.coverage import QuestionTerms
from rag.index.lexical import TermStatistics
from rag.index.terms import terms as text_terms
from rag.schema import Article, Evidence
from rag.script import same_script

__all__ = ["answerability", "features"]

_LOOKED_AT = 3  # evidence

# Logistic weights of `features` and the intercept, for a question in the script of the evidence and for one in
# another, where hardly a word can match. Fitted with `python -m eval.fit_refusal`: 3 % of answerable questions lie
# below 0, in another script 10 %.
_SAME_SCRIPT = (8.684, 2.834, -1.842, -3.127)
_OTHER_SCRIPT = (1.791, 7.135, -2.075, 0.973)


def answerability(
    question: str, evidence: Sequence[Evidence], articles: Sequence[Article], statistics: TermStatistics
) -> float:
    """Give the log odds that the evidence answers the question; below 0 it is refused.

    `articles` are those of the evidence, one each. −inf where there is no evidence, and where the question names a
    year that none of it holds: 2031年 is not 2024年 (12 of the 532 questions of CMRC and DRCD dev that name one).
    """
    near = _near(evidence, articles)
    asked = QuestionTerms(question, statistics)
    if not near or all(asked.years_missing(terms) for _, terms in near):
        return -math.inf
    weights = _SAME_SCRIPT if same_script(question, evidence[0].paragraph.text) else _OTHER_SCRIPT
    found = features(question, evidence, articles, statistics)
    return sum(w * f for w, f in zip(weights, (*found, 1.0), strict=True))


def features(
    question: str, evidence: Sequence[Evidence], articles: Sequence[Article], statistics: TermStatistics
) -> tuple[float, float, float]:
    """Describe the paragraph that comes nearest to the question, among the first evidence.

    Gives the coverage of the question's terms, the cosine, and the share of its figures and Latin words that are
    missing.
    """
    asked = QuestionTerms(question, statistics)
    near = _near(evidence, articles)
    found = [(asked.covered(terms), item.dense, asked.exact_missing(terms)) for item, terms in near]
    return max(found, key=lambda f: f[0] - f[2])


def _near(evidence: Sequence[Evidence], articles: Sequence[Article]) -> list[tuple[Evidence, set[str]]]:
    """Give the first evidence with the terms of its text, authors and date."""
    pairs = list(zip(evidence, articles, strict=True))[:_LOOKED_AT]
    return [(e, set(text_terms(f"{e.paragraph.text} {' '.join(a.authors)} {a.date}"))) for e, a in pairs]
