"""What kind of thing a question asks for, and whether a sentence holds one."""

import re
from enum import StrEnum

__all__ = ["Asked", "asked_for", "defines", "holds"]


class Asked(StrEnum):
    """The kind of thing that is asked for."""

    AMOUNT = "amount"
    TIME = "time"
    PERSON = "person"
    LIST = "list"
    DEFINITION = "definition"
    OTHER = "other"


_DEFINITION = (
    r"^(?:请问)?(?:什么(?:是|叫做?)|何[谓为])|(?:是|指的?是?)什么(?:意思|含义)?[？?]?$|的?(?:定义|含义|概念)(?:是什么)?"
    r"|^what is(?: an?| the)?\b|^define\b"
)
_QUESTIONS = (
    (
        Asked.TIME,
        re.compile(
            r"何时|什么时候|什么时间|哪一?[年月日天]|几[年月日号点]|多久|when\b|what year|which year|how long",
            re.IGNORECASE,
        ),
    ),
    (
        Asked.AMOUNT,
        re.compile(
            r"多少|几[个成倍种次]|占比|比例|百分之几|多[大高长重远]"
            r"|how (?:many|much)|what (?:percent|share|proportion|number)",
            re.IGNORECASE,
        ),
    ),
    (Asked.PERSON, re.compile(r"谁|哪位|何人|作者是|什么人|\bwho\b|whose", re.IGNORECASE)),
    (
        Asked.LIST,
        re.compile(r"哪些|哪几|有什么(?:措施|办法|做法|内容|方面)|分别|which .*s\b|list\b|what are", re.IGNORECASE),
    ),
    (Asked.DEFINITION, re.compile(_DEFINITION, re.IGNORECASE)),
)
_HOLDS = {
    Asked.TIME: re.compile(r"\d{4}年|\d+月|\d+日|世纪|年代|\b(?:1[5-9]|20)\d\d\b|[〇零一二三四五六七八九十]{2,}年"),
    Asked.AMOUNT: re.compile(r"\d|[一二三四五六七八九十百千万亿两半]+(?:[个成倍种次项条万亿]|分之)|百分之"),
    Asked.PERSON: re.compile(r"作者|总书记|主席|总理|教授|研究员|院长|主任|先生|女士|[A-Z][a-z]+ [A-Z][a-z]+"),
    Asked.DEFINITION: re.compile(r"是指|指的是|是.*的|即|\bis\b"),
    Asked.LIST: re.compile(r"、.*、|一是|一方面|第一|包括|以及|首先"),
}


def asked_for(question: str) -> Asked:
    """Say what kind of thing a question asks for."""
    return next((kind for kind, pattern in _QUESTIONS if pattern.search(question)), Asked.OTHER)


def holds(kind: Asked, sentence: str) -> bool:
    """Say whether a sentence may hold that kind of thing; for OTHER any does."""
    pattern = _HOLDS.get(kind)
    return pattern is None or bool(pattern.search(sentence))


def defines(question: str, sentence: str) -> bool:
    """Say whether a sentence begins by saying what the subject of a question after a definition is."""
    subject = re.sub(_DEFINITION, "", question.strip(), flags=re.IGNORECASE).strip(" ？?“”\"'")
    begin = rf"^.{{0,4}}{re.escape(subject)}[”\"]?，?(?:就|通常|一般)?(?:是指|指的是|是|指|即| is | means )"
    return bool(subject) and bool(re.search(begin, sentence, re.IGNORECASE))
