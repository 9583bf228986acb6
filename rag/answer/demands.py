"""What an answer can't do without: the years, ages, days and names that a question holds, the form that it asks for.

Measured on questions with their own paragraph among the evidence: of CMRC's 3,219 none names a place or a day that it
lacks, and none of 279 asks for a number that the three likeliest sentences lack; of DRCD's 3,524 eight name such a
place, and 1 of 163 asks for such a number.
"""

import re
from collections.abc import Iterator, Sequence

from rag.answer.kinds import Asked, asked_for
from rag.index.terms import content_terms, stem, terms
from rag.text.folding import fold
from rag.text.numbers import numbers
from rag.text.script import is_han

__all__ = ["lacks_what_is_asked", "required_form"]

_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_EXACT = re.compile(
    r"岁|月(?!球|亮)|日(?!本|常)|号(?!码|召)|届|周年"
)  # what stands behind a figure that is meant exactly
_NAME = re.compile(r"[A-Za-z]*[a-z][A-Z][A-Za-z]*|[A-Za-z]{6,}")  # DeepSeek, openai; GDP and CPI have other words too
_SMALL = "零一二三四五六七八九十"
_LONE_FIGURE = re.compile(
    r"(?:[二三四五六七八九十两](?!是)|一(?![个种批些系站定般方是]))[\u4e00-\u9fff]"
    r"|[数几上][十百千万亿]|成千上万|[百千万亿]余"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|hundred|half|double)\b"
)

# What only a thing of one form can answer: the question, the kind of thing that it must ask for, the form.
_ENDS = r"(?:号码?|地址)?(?:是|为|有)?(?:什么|多少|哪个|几号)?[? ]*$"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAYS = (
    r"春节|元宵|清明|端午|七夕|中秋|重阳|除夕|圣诞|元旦|国庆|劳动节|周[一二三四五六日末]|星期|礼拜|每[周月天日]|"
    r"day\b"
)
_FORMS: Sequence[tuple[str, Asked | None, str]] = (
    (
        r"几月几[号日]|哪一?[天日](?!本)|几[号日](?!线)|(?:what|which) (?:date|day)",
        None,
        rf"\d ?[月日号]|[一二三四五六七八九十][月日号]|初[一二三四五六七八九十]|{_DAYS}|{_MONTHS}",
    ),
    (r"哪一?年(?!级|代|龄)|何年|几几年|什么年份|哪个年份|(?:what|which) year", None, r"\d{3,4}|年"),
    (
        r"风险|\brisks?\b",
        Asked.LIST,
        r"风险|隐患|危|挑战|威胁|失业|泄露|滥用|损害|负面|弊|担忧|安全|risk|danger|threat|challenge|harm",
    ),
    (r"手续费|收费|费用|价钱|\bfees?\b|\bcosts?\b", Asked.AMOUNT, r"[元费价钱]|成本|免|fee|cost|price"),
    (
        rf"(?:电话|手机|联系方式|传真){_ENDS}|(?:phone|telephone|fax) ?number",
        None,
        r"\d{7,}|\d{2,4}[- ]\d{6,8}|电话[:：]|@",
    ),
    (rf"(?:邮箱|电子邮件|电邮){_ENDS}|e-?mail address", None, r"@"),
    (rf"(?:网址|官网|链接){_ENDS}|\burl\b|web ?site address", None, r"http|www\.|\.(?:com|cn|org|net)\b"),
    (rf"(?:邮编|邮政编码|身份证|门牌){_ENDS}|postcode|zip code", None, r"\d{5,}|\d+号"),
    (
        r"多少钱|多少(?:万|亿)?(?:美|日|欧|港)?元|how much money|how many (?:dollars|yuan)",
        None,
        r"元|美金|镑|马克|法郎|卢布|\$|£|€|¥|钱|dollar|yuan|币",
    ),
    (
        r"百分之[几多]|百分比|占比|(?:比重|比例)(?:是|为|有(?!关)|占|达|多|几|[? ]*$)|百分点|几成|percent|"
        r"per cent|proportion|(?:普及|增长|贡献|出生|死亡|城镇化|失业|渗透|覆盖|占有|利润|合格|参与|入学|就业)率"
        r"(?:是|为|有|达)?(?:多少|多高|几)",
        Asked.AMOUNT,
        r"[%‰]|百分|分之|\d[:：]\d|[\d一二三四五六七八九几数][成倍]|半|percent|per cent|half|third|quarter",
    ),
)


def lacks_what_is_asked(question: str, texts: Sequence[tuple[str, str]], sentences: Sequence[str]) -> bool:
    """Say whether a question asks for nothing, or for what none of the texts can tell.

    `texts` are those that come first, each with what stands around it: title, section, author, date. `sentences` are
    those of all texts that are likeliest to answer: a figure or a thing of one form stands in one of them.
    """
    if all(len(term) == 1 and term.isascii() for term in content_terms(question)):
        return True  # nothing, or a single letter or figure
    likeliest = [fold(sentence) for sentence in sentences]
    form = required_form(question)
    if form is not None and not any(form.search(sentence) for sentence in likeliest):
        return True
    if asked_for(question) is Asked.AMOUNT and not any(_tells_amount(fold(question), s) for s in likeliest):
        return True
    figures = set(_figures(question))
    wholes = [f"{around} {text}" for text, around in texts]
    if figures and not any(_holds_figures(whole, figures) for whole in wholes):
        return True
    folded = [fold(whole) for whole in wholes]
    return any(not any(fold(name) in whole for whole in folded) for name in _latin(question))


def required_form(question: str) -> re.Pattern[str] | None:
    """Give the form that an answer must have, where a question asks for something of one form."""
    folded = fold(question)
    kind = asked_for(question)
    found = (form for asked, of, form in _FORMS if of in (None, kind) and re.search(asked, folded))
    return next((re.compile(form) for form in found), None)


def _tells_amount(question: str, sentence: str) -> bool:
    """Say whether a folded sentence holds a number that is no year and not the question's; 万亿级 is none."""
    named = {number.canonical for number in numbers(question)}
    for number in numbers(sentence):
        is_year = _YEAR.fullmatch(number.canonical) and sentence.startswith("年", number.end)
        if number.canonical not in named and not is_year:
            return True
    return bool(_LONE_FIGURE.search(sentence))


def _figures(question: str) -> Iterator[str]:
    """Give the years that a question names, and the figures that say which day, age or time in a row is meant."""
    folded = fold(question)
    yield from (t for t in content_terms(question) if _YEAR.fullmatch(t))
    for number in numbers(folded):
        if _EXACT.match(folded, number.end) or folded[number.start - 1 : number.start] == "第":
            yield number.canonical


def _holds_figures(text: str, figures: set[str]) -> bool:
    """Say whether a text holds figures, small ones also in a Chinese character: 三岁."""
    held = set(terms(text))
    small = {str(n): character for n, character in enumerate(_SMALL)}
    return all(figure in held or small.get(figure, "\0") in text for figure in figures)


def _latin(question: str) -> Iterator[str]:
    """Give the names in Latin letters of a Chinese question, which no other words say again."""
    if is_han(question):
        said = set(content_terms(question))
        for found in re.finditer(r"[A-Za-z]+", question):
            if _NAME.fullmatch(found.group()) and stem(found.group().lower()) in said:
                yield found.group()
