"""Make a follow-up question stand alone."""

import re
from collections.abc import Sequence

from rag.index.terms import content_terms
from rag.schema import Turn

__all__ = ["stand_alone"]

_LEANS_ON_BEFORE = re.compile(
    r"^(?:那么?|还有|另外|其中|为什么呢?[？?]?$|怎么说|具体|再|继续|然后)|(?:^|[^其])[它他她]们?|^这|这(?:个|些|种|方面|一)|那(?:个|些|种)|上述|前面|刚才"
    r"|呢[？?]?$"
    r"|^(?:and|but|what about|how about|why)\b|\b(?:it|they|them|he|she|his|her|their|its|this|that|these|those)\b",
    re.IGNORECASE,
)
_FEW_TERMS = 6


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """Put the question before in front of one that leans on it: by a pronoun, an ellipsis, 那…呢？.

    A question with content of its own is left as it is.
    """
    if not history or not _LEANS_ON_BEFORE.search(question.strip()) or len(content_terms(question)) > _FEW_TERMS:
        return question
    return f"{history[-1].question.strip()} {question.strip()}"
