"""What a drafted sentence claims: without words that say nothing, a bare figure or name made whole by the question."""

import re
from dataclasses import dataclass

from rag.text.folding import fold
from rag.text.script import is_han

__all__ = ["Claim", "claim_of", "without_opening"]

# How a draft begins that says only where it has it from.
_OPENING = re.compile(
    r"^(?:(?:根据|据|按照|依据|从|在)?(?:本|这篇|该|上述|所给|以上|提供的|给出的)*(?:文章|文中|文件|文本|作者|材料|资料|段落|原文|通知|规定)(?:\d+)?(?:中|里|内容)?(?:的)?"
    r"(?:(?:可以看出|明确指出|指出|提到|介绍|说|认为|表示|显示|写道|所述|内容|提及|可知|规定|描述|信息)[,，:：]?|[,，:：])"
    r"|(?:具体|简单|总的|一般)(?:来说|而言)|总之|综上(?:所述)?|简言之|换言之|也就是说|是的|答案?(?:是)?[:：]|回答[:：]"
    r"|(?:according to|as stated in|based on) (?:the|this) (?:provided |given )?"
    r"(?:article|text|passage|paragraph|document|information)s?"
    r"|the (?:article|author|text|passage)s? (?:say|state|note|mention|point)s? (?:out )?that"
    r"|in summary|overall|specifically|answer:|yes,|no,)[,，:：]?\s*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.、)）](?!\d)|[(（](?:\d{1,2}|[一二三四五六七八九十]+)[)）])\s*")
_EMPHASIS = re.compile(r"\*\*|__|`")
_ASKED = re.compile(
    r"(?:有|是|为|达到?|需要?|要)?(?:多少|几)(?:个|名|位|家|所|项|条|元|人|天|年|次|种|户|亩|吨|公里|万元|亿元|工作日|小时|分钟|%)*"
    r"|(?:是|为|有|在)?(?:什么(?:时候|时间|地方|样)?|哪(?:些|一?个|里|儿|一?[年天月日位家级种])[^，。？?的]{0,2}|谁|何时|何地|多(?:久|长时间|长|大|高)|怎么样|如何|怎样)"
)
_YES = re.compile(r"是的?|对|可以|能够?|需要|要|会|应当|有|算|属于|允许")
_NO = re.compile(r"否|不是?|不(?:可以|能|需要|用|要|会|应当|算|属于|允许)|没有?|无需|不行")
_CHOICE = re.compile(r"是否|有没有|(?P<verb>[\u4e00-\u9fff])[不没](?P=verb)")
_ASKS_WHETHER = re.compile(r"[吗么嘛]$")
_MODAL = re.compile(r"可以|能够?|需要|必须|应当|应|要|会|是|算|属于|有|允许|收|包括|适用")
_END = re.compile(r"[?？。.!！\s]+$")
_LONGEST_FRAGMENT = 40  # characters
_PREDICATE_MARKS = "，,。；;：:？?！!"


@dataclass(frozen=True, slots=True)
class Claim:
    """A drafted sentence as it is judged and shown."""

    text: str  # as it may be shown: made whole where it was a fragment
    fragment: str  # what the draft said, where that is no sentence by itself; else ""
    question: str
    asks: bool = False  # whether the question stands in it as it was asked

    @property
    def body(self) -> str:
        """What of it is said rather than asked."""
        return self.fragment if self.asks else self.text

    @property
    def said(self) -> str:
        """The draft's own words."""
        return self.fragment or self.text


def claim_of(drafted: str, question: str, evidence: str) -> Claim:
    """Take a drafted sentence as a claim; `evidence` is all that it may rest on, folded.

    A few words that stand in the evidence as they are, with no mark inside, are a fragment: what they are said of
    stands in the question.
    """
    text = _LABEL.sub("", _EMPHASIS.sub("", drafted)).strip()
    text = without_opening(text)
    bare = _END.sub("", text)
    stated = _stated(bare, question)
    if stated:
        return Claim(stated, bare, question)
    within = not any(mark in bare for mark in _PREDICATE_MARKS) and len(bare) <= _LONGEST_FRAGMENT
    if not question or not bare or not within or fold(bare) not in evidence or _tells(bare, question):
        return Claim(text, "", question)
    whole, asks = _whole(bare, question)
    return Claim(whole, bare, question, asks)


def without_opening(text: str) -> str:
    """Leave out how a draft begins where that only says where it has it from: 根据资料，"""
    return _OPENING.sub("", text, count=1) or text


def _tells(text: str, question: str) -> bool:
    """Say whether words repeat enough of the question to stand by themselves."""
    asked, own = set(fold(_ASKED.sub("", question))), set(fold(text))
    content = {c for c in asked if c.isalnum()}
    return is_han(text) and len(own & content) * 2 > len(content)


def _stated(answer: str, question: str) -> str:
    """Say in words what a bare yes or no to a question says; "" where it is no such answer, or no such question."""
    yes, no = _YES.fullmatch(answer), _NO.fullmatch(answer)
    bare = _END.sub("", question)
    if not (yes or no) or not is_han(question):
        return ""
    choice = _CHOICE.search(bare)
    if choice:
        word = choice["verb"] or ("有" if choice.group() == "有没有" else "")
        denied = "没有" if choice.group() == "有没有" else f"不{word}"
        return f"{bare[: choice.start()]}{word if yes else denied}{bare[choice.end() :]}。"
    if not _ASKS_WHETHER.search(bare):
        return ""
    said = _ASKS_WHETHER.sub("", bare)
    modal = _MODAL.search(said)
    if yes:
        return f"{said}。"
    return f"{said[: modal.start()]}{'没' if modal.group() == '有' else '不'}{said[modal.start() :]}。" if modal else ""


def _whole(fragment: str, question: str) -> tuple[str, bool]:
    """Put a fragment where the question asks; behind it, as True tells, where that place isn't known."""
    bare = _END.sub("", question)
    places = list(_ASKED.finditer(bare)) if is_han(question) else []
    found = places[0] if len(places) == 1 else None
    at_an_edge = found is not None and (found.start() == 0 or found.end() == len(bare))
    if found and (at_an_edge or found.group().startswith(("有", "是", "为", "达"))):
        verb = re.match(r"有|是|为|达到?|需要?|要|在", found.group())
        return f"{bare[: found.start()]}{verb.group() if verb else ''}{fragment}{bare[found.end() :]}。", False
    return (f"{bare}：{fragment}。" if is_han(question) else f"{bare}: {fragment}."), True
