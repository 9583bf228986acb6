"""What a block looks like by itself: byline, author note, attribution, imprint, a short line, running text."""

import re

from rag.text.lexicon import word_lists
from rag.text.width import width

__all__ = [
    "authors_in_note",
    "byline_names",
    "ends_sentence",
    "ends_with_mark",
    "has_dash",
    "has_mark",
    "is_attribution",
    "is_date_line",
    "is_imprint",
    "is_note",
    "is_short_line",
    "opens_more_than_it_closes",
    "parse_attribution",
]

_SURNAMES = frozenset(word_lists("surnames")["single"][0])
_COMPOUND_SURNAMES = word_lists("surnames")["compound"]

_HAN = r"[\u3400-\u9fff\U00020000-\U0002fa1f·]"
_TERMINAL = re.compile(r"[。！？!?…；;：:][”’」』）)】》〉\]\"']*\s*$|[A-Za-z0-9)\]%]\.[”\"')]*\s*$")
_CLOSERS = {
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "（": "）",
    "【": "】",
    "《": "》",
    "〈": "〉",
    "(": ")",
}
_OPENER = re.compile(f"[{re.escape(''.join(_CLOSERS))}]")
_MARK = re.compile(r"[，。！？；：,.!?;:]")
_NOTE = re.compile(
    r"^[（(【\[]\s*(?:本文)?(?:作者|笔者|执笔|课题组|整理)[^。]{0,12}?(?:系|为|是|单位|分别|：|:|均|简介|现任)"
    r"|^(?:作者简介|作者单位|About the authors?)\s*[:：]",
    re.IGNORECASE,
)
_ATTRIBUTION = re.compile(r"^\s*(?:——|—|――|──|--)\s*(?=\S)")
_SAID = re.compile(
    r"^(?P<speaker>.*?)(?P<on>(?:\d{4}年)(?:\d{1,2}月)?(?:\d{1,2}日)?)?(?:[，,]?(?P<at>[在于同给致].*?))?"
    r"(?:时|期间)?(?:的)?(?:重要)?(?:讲话|发言|致辞|演讲|贺信|指示|批示|报告|谈话|回信|说明|论述)?$"
)
_SAYS_WHO = re.compile(
    r"讲话|发言|致辞|演讲|贺信|指示|批示|报告|谈话|回信|说明|论述|书记|主席|总理|《|\d{4}年|\b(?:1[5-9]|20)\d\d\b"
)
_IMPRINT_WORDS = re.compile(
    r"本版|责任?编辑?|责编|编辑|美编|版式|校对|邮箱|电话|热线|来稿|投稿|制图|统筹|主编|值班|设计|传真|邮编|地址|出版|印刷"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)
_EDITORIAL_WORDS = re.compile(r"本版|责任?编辑?|责编|编辑|美编|版式|校对|来稿|投稿|主编|值班|\S+@\S+")
_BYLINE_MARK = re.compile(
    r"^(?:[■□●◆▲★]\s*|(?:本报|本刊|新华社|人民网|经济日报)?(?:特约|实习)?(?:记者|评论员|通讯员|特派员|作者|执笔|撰文|口述|整理)"
    r"\s*[:：]?\s*|文\s*[/／|｜:：]\s*|作者\s*[:：/]\s*|[Bb]y\s+(?=[A-Z]))"
)
_DATE_LINE = re.compile(
    r"^(?:\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-./]\d{1,2}[-./]\d{1,2})(?:\s*(?:星期|周)[一二三四五六日天])?(?:\s*第?\d+版)?$"
)
_SPACED = re.compile(rf"{_HAN}[ \u3000]{{1,3}}{_HAN}")  # 宏 远
_SPACED_WORDS = frozenset(word_lists("page_words")["headings_set_apart"])  # 目 录 is no name
_LONGEST_ATTRIBUTION = 200  # characters: what a sidecar calls one may be longer, and is all speaker
_SHORT_COLUMNS = 32  # the longest section heading or title line, in Han widths


def _is_wider(text: str, columns: float) -> bool:
    """Say whether a text is wider than so many Han widths; a long one is not measured."""
    return len(text) > 2 * columns or width(text) > columns


def ends_with_mark(text: str) -> bool:
    """Say whether a text ends with a sentence mark, closing brackets allowed behind it."""
    return bool(_TERMINAL.search(text))


def ends_sentence(text: str) -> bool:
    """Say whether a text ends as a paragraph may: with a sentence mark, and no quotation or bracket left open."""
    return ends_with_mark(text) and not opens_more_than_it_closes(text)


def opens_more_than_it_closes(text: str) -> bool:
    """Say whether a quotation mark or bracket is left open."""
    opened = set(_OPENER.findall(text))
    return any(text.count(o) > text.count(_CLOSERS[o]) for o in opened)


def has_dash(text: str) -> bool:
    """Say whether a line begins with a dash, as a subtitle or an attribution does."""
    return bool(_ATTRIBUTION.match(text))


def has_mark(text: str) -> bool:
    """Say whether a text holds a mark that ends a clause, as running text does and lines of a list may not."""
    return bool(_MARK.search(text))


def is_note(text: str) -> bool:
    """Say whether this is a note on the author: （作者系…）."""
    return bool(_NOTE.match(text.strip())) and not _is_wider(text, 300)


def authors_in_note(text: str) -> tuple[str, ...]:
    """Give the names that an author note itself holds: （作者张三系…）; most notes hold none."""
    match = re.match(rf"^[（(【\[]\s*(?:本文)?作者[:：\s]*({_HAN}{{2,4}}?)(?:系|为|是|，|,)", text.strip())
    return byline_names(match.group(1)) if match else ()


def is_attribution(text: str) -> bool:
    """Say whether this line says who said the quote before it: ——… ."""
    mark = _ATTRIBUTION.match(text)
    if mark is None or _is_wider(text, 80) or text.rstrip().endswith("。"):
        return False
    return bool(_SAYS_WHO.search(text) or byline_names(text[mark.end() :]))


def parse_attribution(text: str) -> tuple[str, str, str]:
    """Split an attribution into speaker, date and place or occasion, each "" where it is not said."""
    line = _ATTRIBUTION.sub("", text.strip())
    match = None if len(line) > _LONGEST_ATTRIBUTION else _SAID.match(line)
    if match is None:
        return line, "", ""
    speaker = re.sub(r"[，,、：:《\s]+$", "", match["speaker"])
    place = re.sub(r"^[在于]", "", match["at"] or "")
    return speaker or line, match["on"] or "", place


def is_imprint(text: str) -> bool:
    """Say whether this line names editors, layout or addresses of the newspaper."""
    line = text.strip()
    if "。" in line or line.endswith(("；", ";")) or _is_wider(line, 90):
        return False
    if not _EDITORIAL_WORDS.search(line):
        return False
    found = {m.group() for m in _IMPRINT_WORDS.finditer(line)}
    return len(found) >= 2 or bool(re.match(r"(?:责任编辑|责编|本版编辑|本版责编|编辑|校对)\s*[:：/\s]", line))


def is_date_line(text: str) -> bool:
    """Say whether this line is a date and nothing else but a weekday or a page number."""
    return bool(_DATE_LINE.match(text.strip()))


def byline_names(text: str) -> tuple[str, ...]:
    """Give the names of a byline, or () when this is none: 张 辉 → 张辉; 本报记者 王明 李小红 → both."""
    line = text.strip()
    mark = _BYLINE_MARK.match(line)
    rest = line[mark.end() :].strip() if mark else line
    if mark and not rest:
        return (line,)  # 本报评论员
    if mark and mark.group().lower().startswith("by "):
        return tuple(n.strip() for n in re.split(r",| and ", rest) if n.strip())
    names = _split_names(rest)
    if names and _SPACED.fullmatch(rest) and names[0] not in _SPACED_WORDS:
        return names  # set as names are, whatever the family name
    return names if names and all(map(_is_name, names)) else ()


def _split_names(text: str) -> tuple[str, ...]:
    names: list[str] = []
    single = ""
    for part in re.split(r"[\s、，,]+", text):
        if len(part) == 1 and re.fullmatch(_HAN, part):
            single += part
            if len(single) == 2:
                names.append(single)
                single = ""
        elif single:  # 欧阳 before a lone character, or a name spaced unevenly
            names.append(single + part)
            single = ""
        else:
            names.append(part)
    return () if single else tuple(names)


def _is_name(text: str) -> bool:
    if not re.fullmatch(rf"{_HAN}+", text):
        return False
    if "·" in text:
        return len(text) <= 16 and not text.startswith("·") and not text.endswith("·")
    if text.startswith(_COMPOUND_SURNAMES):
        return 3 <= len(text) <= 4
    return 2 <= len(text) <= 3 and text[0] in _SURNAMES


def is_short_line(text: str) -> bool:
    """Say whether this may be a title or heading: short, one line, no sentence in it and none ended."""
    line = text.strip()
    if not line or _is_wider(line, _SHORT_COLUMNS) or "\n" in line:
        return False
    return (
        not re.search(r"[。；;！!]", line)
        and not re.search(r"[：:，,、…]$", line)
        and (not ends_with_mark(line) or line[-1] in "？?")
    )
