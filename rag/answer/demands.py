"""What an answer can't do without: the years, ages, days and places that a question names, the form that it asks for.

Measured on questions with their own paragraph among the evidence: of CMRC's 3,219 none names a place or a day that it
lacks, 3 of 114 a Latin word, 1 of 10 asks for a form that the three likeliest sentences lack, none of 279 for a figure;
of DRCD's 3,524 eight name such a place, 1 of 163 asks for such a figure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from rag.answer.kinds import Asked, asked_for
from rag.folding import fold
from rag.index.terms import content_terms, stem, terms
from rag.numbers import numbers
from rag.script import is_han

__all__ = ["lacks_what_is_asked", "required_form"]

_PLACES = Path(__file__).with_name("places.txt")
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_EXACT = re.compile(
    r"岁|月(?!球|亮)|日(?!本|常)|号(?!码|召)|届|周年"
)  # what stands behind a figure that is meant exactly
_OWN_WORDS = frozenset({"ai", "vs", "app", "ok", "pk"})  # for which a Chinese text may have its own
_LONE_FIGURE = re.compile(
    r"(?:[二三四五六七八九十两](?!是)|一(?![个种批些系站定般方是]))[\u4e00-\u9fff]"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|hundred|half|double)\b"
)
_FRAME = re.compile(r"的?(?:哪|什么|何|谁)")  # 位于美国的哪一州: the place is known, and need not be told

# Questions that only a thing of one form can answer.
_FEASTS = "春节|元宵|清明|端午|七夕|中秋|重阳|除夕|圣诞|元旦|国庆|劳动节"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_FORMS = (
    (
        re.compile(r"几月几[号日]|哪一?[天日](?!本)|几[号日](?!线)|(?:what|which) (?:date|day)"),
        re.compile(rf"\d ?[月日号]|[一二三四五六七八九十][月日号]|初[一二三四五六七八九十]|{_FEASTS}|{_MONTHS}"),
    ),
    (re.compile(r"哪一?年(?!级|代|龄)|何年|几几年|什么年份|哪个年份|(?:what|which) year"), re.compile(r"\d{3,4}|年")),
    (re.compile(r"风险|\brisks?\b"), re.compile(r"风险|隐患|危险|危机|挑战|威胁|risk|danger|threat|challenge")),
    (
        re.compile(r"手续费|收费|费用|价钱|\bfees?\b|\bcosts?\b"),
        re.compile(r"[元费价钱]|成本|免|fee|cost|price|charge"),
    ),
    (
        re.compile(r"电话|手机号|联系方式|(?:phone|telephone|fax) ?number|传真"),
        re.compile(r"\d{7,}|\d{2,4}[- ]\d{6,8}|电话|@"),
    ),
    (re.compile(r"邮箱|电子邮件地址|电邮|e-?mail"), re.compile(r"@")),
    (re.compile(r"网址|官网地址|链接地址|\burl\b|web ?site address"), re.compile(r"http|www\.|\.(?:com|cn|org|net)\b")),
    (re.compile(r"邮编|邮政编码|身份证号|门牌号|postcode|zip code"), re.compile(r"\d{5,}|\d+号")),
    (
        re.compile(r"多少钱|多少(?:万|亿)?(?:美|日|欧|港)?元|how much money|how many (?:dollars|yuan)"),
        re.compile(r"元|美金|镑|马克|法郎|卢布|\$|£|€|¥|钱|dollar|yuan|币"),
    ),
    (
        re.compile(
            r"百分之[几多]|百分比|占比|(?:比重|比例)(?:是|为|有(?!关)|占|达|多|几|[? ]*$)|"
            r"百分点|几成|percent|per cent|proportion|"
            r"(?:普及|增长|贡献|出生|死亡|城镇化|失业|渗透|覆盖|占有|利润|合格|参与|入学|就业)率(?:是|为|有|达)?(?:多少|多高|几)"
        ),
        re.compile(r"[%‰]|百分|分之|[\d一二三四五六七八九几数][成倍]|半|percent|per cent|half|third|quarter"),
    ),
)


def lacks_what_is_asked(question: str, texts: Sequence[tuple[str, str]], sentences: Sequence[str]) -> bool:
    """Say whether a question asks for nothing, or for what none of the texts can tell.

    `texts` are those that come first, each with what stands around it: title, section, author, date. `sentences` are
    those of all texts that are likeliest to answer: a figure or a thing of one form stands in one of them.
    """
    if not content_terms(question):
        return True
    likeliest = [fold(sentence) for sentence in sentences]
    form = required_form(question)
    if form is not None and not any(form.search(sentence) for sentence in likeliest):
        return True
    if asked_for(question) is Asked.AMOUNT and not any(_tells_amount(fold(question), s) for s in likeliest):
        return True
    figures = set(_figures(question))
    wholes = [f"{around} {text}" for text, around in texts]
    if figures and not any(figures <= set(terms(whole)) for whole in wholes):
        return True
    folded = [fold(whole) for whole in wholes]
    names = [*_named(question), *_latin(question)]
    return any(not any(fold(form) in whole for whole in folded for form in forms) for forms in names)


def _tells_amount(question: str, sentence: str) -> bool:
    """Say whether a folded sentence holds a number that is no year and not the question's; 万亿级 is none."""
    named = {number.canonical for number in numbers(question)}
    for number in numbers(sentence):
        is_year = _YEAR.fullmatch(number.canonical) and sentence.startswith("年", number.end)
        if number.canonical not in named and not is_year:
            return True
    return bool(_LONE_FIGURE.search(sentence))


def required_form(question: str) -> re.Pattern[str] | None:
    """Give the form that an answer must have, where a question asks for something of one form."""
    folded = fold(question)
    return next((form for asked, form in _FORMS if asked.search(folded)), None)


def _figures(question: str) -> Iterator[str]:
    """Give the years that a question names, and the figures that say which day, age or time in a row is meant."""
    folded = fold(question)
    yield from (t for t in content_terms(question) if _YEAR.fullmatch(t))
    for number in numbers(folded):
        if _EXACT.match(folded, number.end) or folded[number.start - 1 : number.start] == "第":
            yield number.canonical


def _named(question: str) -> Iterator[tuple[str, ...]]:
    """Give the places that a question names, each with its names in both languages."""
    folded = fold(question)
    places = _places()
    for name, names in places.items():
        at = folded.find(name)
        inside = any(name != other and name in other and other in folded for other in places)
        if at >= 0 and not inside and not _FRAME.match(folded, at + len(name)):
            yield names
    english = {e: names for names in places.values() for e in names[1:]}
    for word in sorted(english):
        if re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", question):
            yield english[word]


def _latin(question: str) -> Iterator[tuple[str]]:
    """Give the words in Latin letters of a Chinese question: names, which no other words say again."""
    if is_han(question):
        said = set(content_terms(question)) - _OWN_WORDS
        yield from ((word,) for word in re.findall(r"[A-Za-z]{2,}", question) if stem(word.lower()) in said)


@cache
def _places() -> Mapping[str, tuple[str, ...]]:
    """Read the names of places: by the Chinese name, that and the English ones."""
    lines = _PLACES.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t", 1) for line in lines if line and not line.startswith("#"))
    return {fold(chinese): (chinese, *english.split(", ")) for chinese, english in rows}
