"""Where in a sentence its reader should look first: the figure or date asked for, or the nearest clause."""

import re
from collections.abc import Sequence

from rag.answer.kinds import Asked, asked_for
from rag.index.terms import content_terms, terms
from rag.schema import Span
from rag.text.numbers import numbers

__all__ = ["focus_of"]

_CLAUSE = re.compile(r"[^，,；;：:。！？!?\n|]+")
_SHORT = 40  # characters of a sentence in which nothing but a figure needs a mark
_NAMED_LAST = re.compile(
    r"([\u4e00-\u9fff]{2})的?(?:是|有|为|达到?|约)?(?:多少|几)"
)  # …投资多少: of what a figure is asked
_AGE = re.compile(r"\d+周?岁")  # which tells whose figure follows
_ASKS_AGE = re.compile(r"[多几]少?周?岁|年龄|多大|多老")
_BEHIND = 12  # characters between that and the figure
_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?|\d{4}年(?:度|底|末)?|\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?")
_UNIT = re.compile(
    r"(?:左右|以上|以下)?(?:个?(?:工作日|百分点|小时|分钟|季度)|平方[千公]?[米里]|立方米|公里|公斤|公顷|千瓦时|美元|人次|周?岁|[元人吨亩户天日年月个项所座台辆件次倍家米升张名条])"
)


def focus_of(question: str, sentence: str) -> tuple[Span, ...]:
    """Give the parts of a sentence that a reader should see first, as ranges of it; () where all of it is as likely."""
    asked = set(content_terms(question))
    clauses = [(m.start(), m.end()) for m in _CLAUSE.finditer(sentence)]
    kind = asked_for(question)
    if kind is Asked.TIME and (dates := [m.span() for m in _DATE.finditer(sentence)]):
        return _nearest(dates, clauses, sentence, asked)
    if kind in (Asked.AMOUNT, Asked.TIME):
        named = {number.canonical for number in numbers(question)}
        ages = [] if _ASKS_AGE.search(question) else [m.span() for m in _AGE.finditer(sentence)]
        years = [m.span() for m in _DATE.finditer(sentence)]
        found = [
            (number.start, _with_unit(sentence, number.end))
            for number in numbers(sentence)
            if number.canonical not in named and not any(a <= number.start < b for a, b in (*years, *ages))
        ]
        named_last = _NAMED_LAST.search(question)
        at = sentence.find(named_last[1]) if named_last else -1
        behind = [span for span in found if 0 <= at < span[0] <= at + _BEHIND]
        return tuple(behind[:1]) or (_nearest(found, clauses, sentence, asked) if found else ())
    if len(sentence) <= _SHORT or len(clauses) < 2:
        return ()
    return (max(clauses, key=lambda clause: _shared(sentence, clause, asked)),)


def _nearest(found: Sequence[Span], clauses: Sequence[Span], sentence: str, asked: set[str]) -> tuple[Span, ...]:
    """Give those that stand in the clause that shares most with the question; of a clause without any the next."""
    holding = [clause for clause in clauses if any(clause[0] <= a < clause[1] for a, _ in found)]
    if not holding:
        return ()
    first, last = max(holding, key=lambda clause: _shared(sentence, clause, asked))
    return tuple(span for span in found if first <= span[0] < last)


def _shared(sentence: str, clause: Span, asked: set[str]) -> int:
    return len(asked & set(terms(sentence[slice(*clause)])))


def _with_unit(sentence: str, end: int) -> int:
    unit = _UNIT.match(sentence, end)
    return unit.end() if unit else end
