"""What a document says of itself: title, issuing body, number, dates, source, authors; and which lines say it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.ingest.blocks import Block, BlockKind, Fact
from rag.ingest.enumeration import read_label
from rag.ingest.states import is_history, stated_in_history
from rag.schema import join_sentences
from rag.text.dates import date_in
from rag.text.lexicon import word_lists
from rag.text.width import width_in_print

__all__ = ["Head", "read_head"]

_TOP = 30  # blocks from the beginning within which a document says what it is
_LONG = 44.0  # Han widths: running text, no line of a head
_DATE = (
    r"(?:\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?"
    r"|[一二三四五六七八九〇○零]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
)
_DATE_LINE = re.compile(rf"^[(（]?\s*({_DATE})\s*[)）]?$")
_PUBLISHED = re.compile(
    rf"^(?:(?:发布|发表|更新|成文|印发|公开)?\s*(?:日期|时间)\s*[:：]?\s*)?({_DATE})(?:\s+\d{{1,2}}[:：时]\d{{1,2}}(?:[:：分]\d{{0,2}})?秒?分?)?"
    r"(?:\s*(?:来源|文章来源|信息来源|稿源)\s*[:：]\s*(\S.*?))?\s*$"
)
_SOURCE = re.compile(r"^(?:文章|信息)?(?:来源|稿源)\s*[:：]\s*(\S.*)?$")
_NUMBER = re.compile(
    r"^[(（]?\s*([\u4e00-\u9fff]{1,16}?[〔\[(（【]\s*\d{4}\s*[〕\])）】]\s*\d+\s*号)\s*[)）]?$|^((?:[\u4e00-\u9fff]{2,20})?令?\s*第\s*\d+\s*号)$"
)
_LETTERHEAD = re.compile(r"^[\u4e00-\u9fff（）()、]{3,30}(?:文件|公报|命令|令)$")
_ADDRESSEE = re.compile(r"^[^。！？]{2,80}[：:]$")
_TITLE_ENDS = re.compile(
    r"(?:通知|意见|办法|条例|规定|决定|决议|公告|通告|通报|批复|复函|函|方案|细则|规划|纲要|报告|公报|规则|标准|指南|章程|宪法|法"
    r"|令|计划|要点|措施|制度|名单|大纲|说明|预案|解释|目录|清单)(?:[(（][^()（）]{1,24}[)）])?$"
)
_OCCASION = re.compile(
    rf"^(?:[—―－-]+\s*)?(?:{_DATE})?\s*(?:在|于).{{4,60}}(?:会议|大会|全会|论坛|仪式|座谈会)(?:上)?$"
)
_POST = re.compile(
    r"^(\S*(?:省长|市长|县长|区长|州长|主席|主任|总理|部长|厅长|局长|书记|院长|检察长))\s+(\S{1,3}(?:\s\S)?)$"
)
_STANDARD = re.compile(r"^[A-Z]{2,5}(?:\s*/\s*[A-Z])?\s*\d+(?:\.\d+)*\s*[-—－–]\s*(?:19|20)?\d\d$")  # GB 12523-2011
_ISSUED_IN = re.compile(
    r"^[(（]?\s*(?:\d{4}|[一二三四五六七八九〇○零]{4})\s*年\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*月\s*[)）]?$"
)
_KIND_OF_STANDARD = re.compile(
    r"^\s*(?:中华人民共和国)?\s*[\u4e00-\u9fff\s]{0,12}(?:国家|行业|地方|团体|企业)\s*标\s*准$"
)
_GOES_ON = re.compile(r"(?:\b(?:of|and|the|for|on|to|in|by|with|from)|[关于的和与及、])$", re.I)
_BODY = re.compile(
    r"^[\u4e00-\u9fff（）()·\s]{2,30}(?:局|队|院|会|部|厅|府|办|室|署|行|党|处|所|中心|公司|集团|委|团|社|校|大学)$"
)
_SAME_TITLE = 0.9  # share of the pairs of characters
_ATTACHMENT = re.compile(r"附件\d{0,2}[:：]?")
_SHORTEST_NAME = 6  # characters of a title that is told from a phrase
_MOST_SIGNERS = 12
_ENGLISH_SENTENCE = re.compile(r"\b[a-z]+\.$")
_SENTENCE = re.compile(r"[。！？!?；;][”’」』）)】\"']*$")


@dataclass(slots=True)
class Head:
    """What was read, and which blocks say it: number → "title", "number", "letterhead", "date", "page words", …."""

    facts: list[Fact] = field(default_factory=list)
    lines: dict[int, str] = field(default_factory=dict)


def read_head(blocks: Sequence[Block], stem: str, title: str = "") -> Head:
    """Read the lines above and below the text.

    `stem` is the name of the file without its ending, `title` the one that the format itself marks, if it does.
    """
    head = Head()
    top = list(_top(blocks))
    _read_page_words(blocks, head)
    _read_lines(blocks, [n for n in top if n not in head.lines], head)
    _read_title(blocks, [n for n in top if n not in head.lines], stem, head, title)
    _read_signature(blocks, head)
    _read_attachments(blocks, head)
    return head


def _top(blocks: Sequence[Block]) -> Iterator[int]:
    """Yield the numbers of blocks before the text begins."""
    cover = _is_cover(blocks)
    for n, block in enumerate(blocks[:_TOP]):
        if cover and block.page > 1:
            return
        is_text = block.kind is BlockKind.TEXT and not cover and not is_history(block.text)
        if is_text and (width_in_print(block.text) > _LONG or _SENTENCE.search(block.text)):
            label = read_label(block.text)
            if label or _SENTENCE.search(block.text) or width_in_print(block.text) > 2 * _LONG:
                return
        if block.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.NOTE):
            return
        if block.kind in (BlockKind.TEXT, BlockKind.HEADING) and not block.prose:
            yield n
            if _ADDRESSEE.match(block.text) and n and "【" not in block.text and len(block.text) > 4:
                return


def _is_cover(blocks: Sequence[Block]) -> bool:
    """Say whether the first of several pages is a cover: short lines, with hardly a sentence."""
    first = [b for b in blocks[:_TOP] if b.page == 1 and b.kind is not BlockKind.FURNITURE]
    sentences = sum(bool(_SENTENCE.search(b.text)) or width_in_print(b.text) > 2 * _LONG for b in first)
    return 3 <= len(first) < _TOP and sentences <= 1 and any(b.page > 1 for b in blocks[: _TOP + 1])


def _read_page_words(blocks: Sequence[Block], head: Head) -> None:
    """Find buttons and notes of the site: lines of words that are known, and what they enclose."""
    words = word_lists("page_words")
    whole, begins = words["whole"], words["begins"]
    open_bracket = -1
    for n, block in enumerate(blocks):
        text = block.text.strip()
        if block.kind is not BlockKind.TEXT or block.prose or width_in_print(text) > _LONG:
            open_bracket = -1
            continue
        if (text in whole and (n < _TOP or n > len(blocks) - _TOP)) or text.startswith(begins):
            head.lines[n] = "page words"
            open_bracket = n if text.count("【") > text.count("】") else open_bracket
        elif open_bracket >= 0 and "】" in text and n - open_bracket <= 8:
            head.lines |= dict.fromkeys(range(open_bracket, n + 1), "page words")
            open_bracket = -1
        elif re.fullmatch(r"[0-9a-f]{24,}:?", text):
            head.lines[n] = "page words"
    _read_tail(blocks, head)


def _read_tail(blocks: Sequence[Block], head: Head) -> None:
    """Below the first note of the site at the end nothing but such notes and links follows, unless text does."""
    tail = [n for n in head.lines if n > 0.5 * len(blocks)]
    if not tail:
        return
    first = next(n for n in sorted(tail) if n == max(tail) or not any(map(_is_long, blocks[n:])))
    for n in range(first, len(blocks)):
        if blocks[n].kind is BlockKind.TEXT:
            head.lines.setdefault(n, "page words")


def _is_long(block: Block) -> bool:
    return len(block.text) > 2 * _LONG or width_in_print(block.text) > _LONG or bool(_SENTENCE.search(block.text))


def _read_lines(blocks: Sequence[Block], top: Sequence[int], head: Head) -> None:
    for n in top:
        text = " ".join(blocks[n].text.split())
        published, source, number = _PUBLISHED.match(text), _SOURCE.match(text), _NUMBER.match(text)
        post = _POST.match(text)
        if number:
            _state(head, n, "number", number[1] or number[2], "document number")
        elif published:
            _state(head, n, "published", date_in(published[1]), "date line")
            if published[2]:
                _state(head, n, "source", published[2], "date line")
        elif is_history(text):
            head.facts += stated_in_history(text)
            head.lines[n] = "history"
        elif _STANDARD.match(text):
            _state(head, n, "number", text, "document number")
        elif text.startswith("代替") and re.search(r"\d", text):
            _state(head, n, "replaces", text.removeprefix("代替"), "document number")
        elif _ISSUED_IN.match(text):
            _state(head, n, "published", date_in(text, whole=False), "month below the title")
        elif source:
            following = next((m for m in top if m > n), -1)
            name = source[1] or (blocks[following].text.strip() if following >= 0 else "")
            _state(head, n, "source", name, "source line")
            if not source[1] and following >= 0:
                head.lines[following] = "source"
        elif _KIND_OF_STANDARD.match(text):
            head.lines[n] = "letterhead"
        elif _LETTERHEAD.match(text) and n != top[-1] and not _TITLE_ENDS.search(text.removesuffix("文件")):
            _state(head, n, "issuer", text.removesuffix("文件"), "letterhead")
        elif _OCCASION.match(text):
            head.lines[n] = "occasion"
            if held := date_in(text):
                _state(head, n, "published", held, "occasion below the title")
        elif post:
            _state(head, n, "authors", post[2].replace(" ", ""), f"line below the title ({post[1]})")
        elif _ADDRESSEE.match(text) and not _announces_items(blocks, n):
            head.lines[n] = "addressee"


def _announces_items(blocks: Sequence[Block], n: int) -> bool:
    """Say whether a list or table follows: then the line is its lead-in, and greets nobody."""
    following = next((b for b in blocks[n + 1 :] if b.kind is not BlockKind.FURNITURE), None)
    return following is not None and (
        following.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW)
        or read_label(following.text) is not None
        or following.text.rstrip().endswith(("；", ";"))
        or bool(re.search("下列|以下|如下", blocks[n].text))
    )


def _state(head: Head, n: int, name: str, value: str, where: str) -> None:
    head.facts.append(Fact(name, value.strip(), where))
    head.lines[n] = name


def _read_title(blocks: Sequence[Block], lines: Sequence[int], stem: str, head: Head, known: str) -> None:
    """Choose the line that is the title: a heading of the format, or what looks most like one.

    Where the title is known, only a line that repeats it is one: any other is text.
    """
    candidates = [
        n for n in lines if width_in_print(blocks[n].text) <= 2 * _LONG and not _SENTENCE.search(blocks[n].text)
    ]
    candidates = [n for n in candidates if not read_label(blocks[n].text)]  # 第一章 is the title of a part
    candidates = [n for n in candidates if not _ENGLISH_SENTENCE.search(blocks[n].text.strip())]
    if known:
        candidates = [n for n in candidates if _shared(_bare(blocks[n].text), _bare(known)) >= _SAME_TITLE]
    if not candidates:
        return
    scores = {n: _likeness_to_title(blocks[n], stem) - 0.1 * place for place, n in enumerate(candidates)}
    best = max(candidates, key=lambda n: scores[n])
    lines = [best]
    while _GOES_ON.search(blocks[lines[-1]].text.strip()) and lines[-1] + 1 in candidates:
        lines.append(lines[-1] + 1)
    title = join_sentences(" ".join(blocks[n].text.split()) for n in lines)
    head.facts.append(Fact("title", title, "line above the text"))
    again = [n for n in candidates if "".join(blocks[n].text.split()) == "".join(title.split())]
    head.lines |= dict.fromkeys((*lines, *again), "title")


def _bare(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _likeness_to_title(block: Block, stem: str) -> float:
    text = "".join(block.text.split())
    score = 1.5 * (block.kind is BlockKind.HEADING and block.level == 1) + 1.0 * bool(_TITLE_ENDS.search(text))
    score += 0.5 * ("关于" in text) + 2.0 * _shared(text, stem)
    return score - 1.5 * bool(read_label(block.text)) - 1.0 * (len(text) < 4)


def _shared(text: str, stem: str) -> float:
    """Return the share of the pairs of characters of the shorter that the longer holds too."""
    pairs = [{s[i : i + 2] for i in range(len(s) - 1)} for s in (text, re.sub(r"[\s()（）_-]", "", stem))]
    fewest = min(len(p) for p in pairs)
    return len(pairs[0] & pairs[1]) / fewest if fewest >= 2 else 0.0


def _read_attachments(blocks: Sequence[Block], head: Head) -> None:
    """Find the titles of what is attached: below 附件1, behind a signature, or as title or text name it before."""
    begun = max((n for n, what in head.lines.items() if what == "title"), default=-1)
    named = [_bare(text) for text in _named_before(blocks)]
    signed = [n for n, what in head.lines.items() if what == "signed"]
    for n, block in enumerate(blocks):
        text = " ".join(block.text.split())
        if (
            n <= begun
            or n in head.lines
            or text.startswith("附件")
            or block.kind not in (BlockKind.TEXT, BlockKind.HEADING)
            or block.prose
        ):
            continue
        if (
            width_in_print(text) > 2 * _LONG
            or _SENTENCE.search(text)
            or text.endswith(("：", ":", "，"))
            or read_label(text)
        ):
            continue
        before = [b for b in blocks[max(0, n - 3) : n] if b.kind is not BlockKind.FURNITURE]
        marked = bool(before) and bool(_ATTACHMENT.fullmatch("".join(before[-1].text.split())))
        behind = any(n - 4 < m < n for m in signed) and bool(_TITLE_ENDS.search("".join(text.split())))
        again = len(_bare(text)) >= _SHORTEST_NAME and any(_bare(text) in name for name in named)
        if marked or behind or (again and _TITLE_ENDS.search("".join(text.split()))):
            head.lines[n] = "attachment"


def _named_before(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield the names of what is attached: 《…》 at the top, and the lines of 附件：1.… 2.…."""
    for n, block in enumerate(blocks):
        if n < _TOP:
            yield from re.findall(r"《([^《》]{4,60})》", block.text)
        if re.match(r"附\s*件\s*[：:]", block.text.strip()):
            yield block.text
            yield from (b.text for b in blocks[n + 1 : n + 10] if read_label(b.text))


def _read_signature(blocks: Sequence[Block], head: Head) -> None:
    """Read every pair of a body and a date that stand below each other as lines of their own."""
    rows = [n for n, b in enumerate(blocks) if b.kind is BlockKind.TEXT]
    for place, n in enumerate(rows[1:], start=1):
        date, before = _DATE_LINE.match(blocks[n].text.strip()), blocks[rows[place - 1]].text.strip()
        free = head.lines.get(n) in (None, "published") and rows[place - 1] not in head.lines
        ends = place + 1 == len(rows) or "日" in date[1] if date else False  # 2026/6/1 inside of a text is a cell
        if date and ends and free and width_in_print(before) <= 30 and not re.search(r"[。：:，；]$", before):
            if n not in head.lines:
                _state(head, n, "signed", date_in(date[1]), "below the text")
            _state(head, rows[place - 1], "issuer", before, "signature")
            for m in reversed(rows[max(0, place - _MOST_SIGNERS) : place - 1]):  # several bodies, one below the other
                if m in head.lines or not _BODY.search(blocks[m].text.strip()):
                    break
                _state(head, m, "issuer", blocks[m].text, "signature")
