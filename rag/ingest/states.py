"""When a document was passed, published, amended and put in force, as its own text says it.

A statute says it below its title (2003年8月27日…会议通过 …根据2019年4月23日…《…的决定》修正) and in its last article
(本法自2004年7月1日起施行); what it repeals stands there too.
"""

import re
from collections.abc import Iterator, Sequence

from rag.ingest.blocks import Fact
from rag.text.dates import WrittenDate, dates

__all__ = ["is_history", "stated_in_history", "stated_in_text"]

_QUOTED = re.compile(r"《[^《》]*(?:[〈<][^〉>]*[〉>][^《》]*)*》")
_ACTS = (
    ("amended", re.compile(r"修订|修正|修改")),
    ("passed", re.compile(r"通过(?!的)")),
    ("approved", re.compile(r"批准(?!的)")),
    ("published", re.compile(r"公布|发布|颁布|印发")),
    ("in_force", re.compile(r"起?(?:施行|实施|执行|生效)")),
    ("repealed", re.compile(r"废止|失效")),
)
_ENGLISH_ACTS = (
    ("amended", re.compile(r"\b(?:amend|revis)", re.I)),
    ("passed", re.compile(r"\b(?:adopted|passed|approved|enacted)\b", re.I)),
    ("published", re.compile(r"\b(?:promulgated|published|issued)\b", re.I)),
    ("in_force", re.compile(r"\b(?:effective|in(?:to)? force)\b", re.I)),
)
_OPENS = re.compile(r"\s*[(（\[]?\s*(?:adopted|amended|promulgated|approved|enacted|effective|issued)\b", re.I)
_SENTENCE = re.compile(r"。(?=.)")
_ORDER = re.compile(r"([\u4e00-\u9fff]{2,24}?(?:令|公告))?\s*第\s*(\d+)\s*号")
_IN_FORCE = re.compile(
    r"(?:本|该|此)(?:法|条例|办法|规定|细则|规则|规范|标准|决定|通知|意见|方案|制度|章程|目录|规程|政策|令)?[^。；]{0,12}?自\s*$"
)
_BEGINS_TO_HOLD = re.compile(r"^\s*起\s*(?:正式)?(?:施行|实施|执行|生效)|^\s*(?:正式)?(?:施行|实施|生效)")
_FROM_PUBLICATION = re.compile(
    r"(?:本|该)(?:法|条例|办法|规定|细则|规则|规范|标准|决定|通知|意见|方案|制度|章程|目录|规程)?自(?:公布|发布|印发|颁布)之日起(?:施行|实施|执行|生效)"
)
_TELLS = re.compile(r"施行|实施|生效|执行|废止|批准")
_TITLE = re.compile(r"《([^《》]{4,60})》")
_BODY = re.compile(
    r"[\s，,、]*(?:中华人民共和国)?((?:[\u4e00-\u9fff]{2,12}?(?:省|市|县|区|州))?"
    r"(?:全国人民代表大会(?:常务委员会)?|人民代表大会(?:常务委员会)?|人民政府|国务院|[\u4e00-\u9fff]{1,14}?(?:部|总局|委员会|法院|检察院)))"
    r"(?=第|令|公告|公布|发布|常务会议|审判委员会|检察委员会|\d|通过|修)"
)
_SESSION = re.compile(r"第[一二三四五六七八九十百]+届")  # of a congress
_WIDEST = 240  # characters from a date to what was done on it
_FIRST_DATE = 12  # the date stands in front, but for a bracket, 根据 or 自


def is_history(text: str) -> bool:
    """Say whether a line is one of those below a title that tell when the document was passed or changed."""
    plain = _QUOTED.sub("", text)
    if not any(True for _ in stated_in_history(text)):
        return False
    first = next(dates(plain))
    return bool(_OPENS.match(plain)) or (first.start <= _FIRST_DATE and not _SENTENCE.search(plain))


def stated_in_history(text: str) -> Iterator[Fact]:
    """Yield what the lines below a title state: each date with what was done on it."""
    plain = _QUOTED.sub(lambda m: "\x00" * len(m.group()), text)  # what is quoted says what was done elsewhere
    plain = _SESSION.sub(lambda m: "\x00" * len(m.group()), plain)
    found = list(dates(plain))
    before = 0
    for n, written in enumerate(found):
        end = found[n + 1].start if n + 1 < len(found) else len(plain)
        after = plain[written.end : min(end, written.end + _WIDEST)]
        acts = list(_acts(after)) or list(_acts_before(plain[before : written.start]))
        yield from (Fact(act, written.iso, "below the title") for act in acts)
        body = _BODY.match(after.replace("\x00", ""))
        if body and set(acts) & {"passed", "published"}:
            yield Fact("issuer", body[1], "passed by")
        order = _ORDER.search(plain, written.end, end)
        if order and order[1] and set(acts) & {"published", "amended"}:
            yield Fact("number", "".join(order.group().split()), "below the title")
        before = written.end


def _acts(after: str) -> Iterator[str]:
    """Yield what was done on a date, as the words behind it say: …通过, …公布施行, but not 通过的….

    What an amendment was passed by stands in one breath with it: then the act is the amendment.
    """
    found = [name for name, pattern in _ACTS if pattern.search(after)]
    yield from ["amended"] if "amended" in found else found


def _acts_before(before: str) -> Iterator[str]:
    """Yield what was done on a date, as English says it: adopted at … and promulgated on ….."""
    found = [name for name, pattern in _ENGLISH_ACTS if pattern.search(before)]
    yield from ["amended"] if "amended" in found else found


def stated_in_text(paragraphs: Sequence[str]) -> Iterator[Fact]:
    """Yield what the text states of when it holds, and what it puts out of force."""
    for text in paragraphs:
        if not _TELLS.search(text):
            continue
        for written in dates(text):
            if len(written.iso) == 10 and _holds_from(text, written):
                yield Fact("in_force", written.iso, "stated in the text")
            elif len(written.iso) == 10 and _is_of_this(text, written) and text[written.end :].startswith("批准"):
                yield Fact("passed", written.iso, "stated in the text")
        if _FROM_PUBLICATION.search(text):
            yield Fact("in_force", "", "stated in the text: from its publication")
        yield from _repeals(text)


def _holds_from(text: str, written: WrittenDate) -> bool:
    return bool(_IN_FORCE.search(text[max(0, written.start - 30) : written.start])) and bool(
        _BEGINS_TO_HOLD.match(text[written.end : written.end + 12])
    )


def _is_of_this(text: str, written: WrittenDate) -> bool:
    return bool(re.search(r"本(?:标准|规范|规程|规划|方案|办法|规定)[^。；]{0,24}$", text[: written.start]))


def _repeals(text: str) -> Iterator[Fact]:
    for sentence in re.split(r"(?<=[。；])", text):
        if "同时废止" in sentence or "同时停止执行" in sentence:
            for match in _TITLE.finditer(sentence):
                yield Fact("repeals", match[1], "stated in the text")
