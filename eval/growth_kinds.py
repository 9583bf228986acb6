"""Kinds of question and of source that a step may be slow on, each at any size: what `eval.growth` measures."""

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from rag.schema import Turn

__all__ = ["QUESTIONS", "SOURCES", "Asked", "Source"]

_PROSE = "数字经济是引领未来的新经济形态，2024年规模达到3.1亿元。它降低交易成本，提升市场效率，也为消费带来新的场景。"
_WORDS = "economy digital development intelligence consumption industry service community market growth".split()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the turns before it."""

    question: str
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A file as a user may give it, with its sidecar where there is one."""

    suffix: str
    content: bytes
    sidecar: str = ""


def _han(size: int) -> str:
    """Draw common Chinese characters by chance."""
    chance = random.Random(size)
    common = "".join(bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFA))
    return "".join(chance.choices(common, k=size))


def _latin(size: int) -> str:
    return "".join(random.Random(size).choices("abcdefghijklmnopqrstuvwxyz", k=size))


def _repeat(unit: str) -> Callable[[int], Asked]:
    return lambda size: Asked((unit * (size // len(unit) + 1))[:size])


def _numbered(unit: str) -> Callable[[int], Asked]:
    """Repeat a unit with another number, word or character in each place of its {}."""
    return lambda size: Asked(_counted(unit, size)[:size])


def _counted(unit: str, size: int) -> str:
    names = _han(997)
    written = (unit.format(n=n, c=names[n % 997] + names[n * 7 % 997], w=_WORDS[n % len(_WORDS)]) for n in count())
    return "".join(_up_to(size, written))


def _up_to(size: int, parts: Iterable[str]) -> Iterator[str]:
    """Give parts until they have so many bytes."""
    left = size
    for part in parts:
        yield part
        left -= len(part.encode())
        if left <= 0:
            return


def _after(question: str, before: Callable[[int], str], turns: int = 1) -> Callable[[int], Asked]:
    def asked(size: int) -> Asked:
        text = before(max(1, size // turns))
        return Asked(question, tuple(Turn(text, text) for _ in range(turns)))

    return asked


QUESTIONS: Mapping[str, Callable[[int], Asked]] = {
    "one Latin letter": _repeat("a"),
    "one Latin word": lambda size: Asked(_latin(size)),
    "Latin words unknown": lambda size: Asked(" ".join(_latin(size + n)[:11] for n in range(size // 12 + 1))[:size]),
    "Latin words": _numbered("{w} "),
    "English function words": _repeat("the of and what is it "),
    "Latin words misspelt": _repeat("inteligence developmnet consumtion "),
    "digits": _repeat("1"),
    "digits with separators": _repeat("1,234,567.89 "),
    "digits with commas": _repeat("1,"),
    "digits with dots": _repeat("1.1."),
    "letters and digits": _repeat("a1b2"),
    "digits, then letters": lambda size: Asked("1" * (size // 2) + "a" * (size - size // 2)),
    "one Chinese character": _repeat("人"),
    "Chinese by chance": lambda size: Asked(_han(size)),
    "Chinese prose": _repeat(_PROSE),
    "Chinese misspelt": _repeat("人工只能经挤发展数子经济"),
    "traditional characters": _repeat("數位經濟發展與產業轉型"),
    "Chinese and Latin": _repeat("人a工b智c能d"),
    "Japanese, Korean, Arabic": _repeat("これは何ですか무엇입니까ما هذا"),
    "joined by 和": _numbered("{c}和"),
    "joined by 、": _numbered("{c}、"),
    "joined once, long sides": lambda size: Asked(f"{_han(size // 2 - 2)}和{_han(size // 2 - 4)}分别是多少"),
    "joined once, long Latin sides": lambda size: Asked(f"{'ab ' * (size // 6)}和{'cd ' * (size // 6)}"),
    "men and women": _repeat("男女选手"),
    "distinct": _repeat("有什么区别"),
    "and": _numbered("{w} and "),
    "question words": _repeat("什么时候哪里谁多少"),
    "function words": _repeat("的是了在"),
    "one clause a word": _repeat("是，"),
    "respectively": _repeat("分别是多少"),
    "question marks": _repeat("？"),
    "full stops": _repeat("。"),
    "sentences": _numbered("{c}是什么？"),
    "open quotations": _repeat("“"),
    "quotations": _numbered("“{c}”"),
    "nested brackets": lambda size: Asked("（" * (size // 2) + "）" * (size - size // 2)),
    "titles": _numbered("《{c}》"),
    "open titles": _repeat("《"),
    "numbers": _numbered("3.{n}亿、"),
    "Chinese numbers": _repeat("三亿一千万、"),
    "Chinese figures": _repeat("一"),
    "Chinese units": _repeat("万"),
    "percentages": _repeat("百分之三点一"),
    "百分之": _repeat("百分之"),
    "dates": _numbered("20{n}年5月1日"),
    "negations": _repeat("不是没有非无"),
    "places": _repeat("北京上海美国"),
    "blanks inside": lambda size: Asked(f"人{' ' * (size - 2)}工"),
    "blanks between": _repeat("人 "),
    "line ends": _repeat("人\n"),
    "zero-width": _repeat("人\u200b"),
    "combining marks": lambda size: Asked("e" + "\u0301" * (size - 1)),
    "combining marks out of order": _repeat("\u0301\u0323\u0327"),
    "emoji": _repeat("👍🏽"),
    "half surrogate pairs": _repeat("人\ud83d"),
    "full-width": _repeat("ＡＢＣ１２３"),
    "grows when folded": _repeat("\ufdfa"),
    "circled numbers": _repeat("①②③"),
    "hyphens": _repeat("-"),
    "apostrophes": _repeat("a'"),
    "addresses": _repeat("http://a.b/c?d=e&f@"),
    "markup": _repeat("<b>人</b>"),
    "markers": _repeat("[1]"),
    "pronoun, long before": _after("它是什么？", lambda size: "数字经济发展" * (size // 6) + "是什么？"),
    "in its place, long before": _after("那美国呢？", lambda size: "我国的经济发展如何" * (size // 9)),
    "in its place, Latin before": _after("how about cities?", lambda size: "of cities is " * (size // 13)),
    "more, many turns": _after("还有呢？", lambda size: "数字经济如何影响消费？", turns=2000),
    "more, long before": _after("还有呢？", lambda size: _PROSE * (size // len(_PROSE) + 1)),
    "pronouns": _repeat("它他她这那"),
    "which": _repeat("哪些"),
    "how large": _repeat("多大的影"),
    "what does he say": _repeat("what do which "),
    "titles never closed": _repeat("「『（"),
    "how about": _repeat("what about how about "),
}


def _text(unit: str, suffix: str = ".txt", encoding: str = "utf-8", before: str = "") -> Callable[[int], Source]:
    def source(size: int) -> Source:
        once = len(unit.encode(encoding))
        return Source(suffix, (before + unit * (size // once + 1)).encode(encoding))

    return source


def _lines(unit: str, suffix: str = ".txt", before: str = "", after: str = "") -> Callable[[int], Source]:
    return lambda size: Source(suffix, (before + _counted(unit, size) + after).encode())


def _rows(**fields: str) -> Callable[[int], Source]:
    """Write JSONL; {n} is the number of the row."""

    def source(size: int) -> Source:
        rows = ({key: value.format(n=n) for key, value in fields.items()} for n in count())
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return Source(".jsonl", "".join(_up_to(size, lines)).encode())

    return source


def _one_row(size: int) -> Source:
    return Source(".jsonl", json.dumps({"id": "1", "text": _PROSE * (size // 165)}, ensure_ascii=False).encode())


def _escaped(size: int) -> Source:
    return Source(".jsonl", json.dumps({"id": "1", "text": '"text": "' * (size // 13)}).encode())


def _nested(size: int) -> Source:
    """Lists in lists, two hundred deep, again and again."""
    deep = "".join("  " * level + f"- 第{level}层。\n" for level in range(200))
    return Source(".md", (deep * (size // len(deep.encode()) + 1)).encode())


def _corrected(size: int) -> Source:
    """A sidecar that says something of every paragraph."""
    numbers = range(size // 120)
    text = "".join(f"第{n}段说的是经济发展，内容很长，讲到产业和消费，也讲到就业。\n\n" for n in numbers)
    return Source(
        ".txt", text.encode(), "".join(f'[[block]]\nfirst_words = "第{n}段"\nrole = "body"\n' for n in numbers)
    )


def _facts(size: int) -> Source:
    """A sidecar that says something of every article."""
    numbers = range(size // 160)
    text = "".join(f"# 第{n}篇\n\n第{n}篇说的是经济发展，内容很长，讲到产业和消费。\n\n" for n in numbers)
    rows = (f'[[article]]\nfirst_words = "第{n}篇说"\ndate = "2024-01-01"\n' for n in numbers)
    return Source(".md", text.encode(), "".join(rows))


SOURCES: Mapping[str, Callable[[int], Source]] = {
    "one line": _text(_PROSE),
    "one line without marks": lambda size: Source(".txt", _han(size // 3).encode()),
    "one line of full stops": _text("。", before="文。"),
    "one line of commas": _text("，", before="文。"),
    "one line of numbers": _text("3.1亿 "),
    "one line of digits": _text("1"),
    "one line of open quotations": _text("“", before="文。"),
    "one line of brackets": _text("（）", before="文。"),
    "one Latin word": _text("a"),
    "one line of English": _text("The economy grows by 3.1 percent. It is good. "),
    "one line of blanks": _text(" ", before="文。\n文"),
    "one line of combining marks": _text("\u0301\u0323", before="文。e"),
    "short lines": _lines("第{n}行\n"),
    "short lines, blank lines between": _lines("第{n}行\n\n"),
    "short lines with marks": _lines("第{n}行。\n"),
    "short lines of Latin": _lines("line {n}\n"),
    "same lines": _text(f"{_PROSE}\n"),
    "same short lines": _text("小标题\n"),
    "hard-wrapped lines": _lines("数字经济是引领未来的新经济形态{n}，规模\n", after="达到。\n"),
    "hard-wrapped lines of CR": _lines("数字经济是引领未来的新经济形态{n}，规模\r", after="达到。\r"),
    "paragraphs that run on": _lines("数字经济引领未来发展并推动{n}\n\n小标题\n\n的产业，规模达到新高。\n\n"),
    "paragraphs cut everywhere": _lines("数字经济引领未来发展，并推动{n}\n\n"),
    "paragraphs, quotations open": _lines("他说：“数字经济引领未来{n}，\n\n"),
    "blank lines": _text("\n", before="文。\n"),
    "blank lines with blanks": _text(" \n", before="文。\n"),
    "bylines": _text("本报记者 王明 李小红\n"),
    "author notes": _lines("经济发展{n}。\n（作者系北京大学教授）\n"),
    "imprint": _text("责任编辑：王明 邮箱：a@b.cn 电话：010\n", before="文。\n"),
    "imprint of many letters": _text("a.", before="文。\n本版"),
    "attributions": _text("——王明\n", before="文。\n"),
    "quotes with attributions": _lines("“消费是力量{n}。”\n——王明2024年讲话\n"),
    "date lines": _text("2024年5月1日\n", before="文。\n"),
    "articles": _lines("第{n}个标题\n王明\n经济发展，规模扩大{n}。\n（作者系北京大学教授）\n"),
    "articles without titles": _lines("经济发展，规模扩大{n}。\n（作者系北京大学教授）\n"),
    "torn headlines": _lines("经济发展，规模{n}。\n（作者系教授）\n——标题\n", after="王明\n" * 9),
    "headings (md)": _lines("# 第{n}章\n\n经济发展，规模扩大。\n\n", ".md"),
    "headings of level 2 (md)": _lines("## 第{n}章\n\n经济发展，规模扩大。\n\n", ".md"),
    "headings alone (md)": _lines("# 第{n}章\n", ".md", after="\n文。\n"),
    "underlined headings (md)": _lines("第{n}章\n===\n\n经济发展。\n\n", ".md"),
    "list (md)": _lines("- 第{n}条\n", ".md"),
    "lists in lists (md)": _nested,
    "quotes in quotes (md)": _text("> ", ".md", before="文。\n\n"),
    "quoted lines (md)": _lines("> 第{n}行。\n", ".md"),
    "table (md)": _lines("| {n} | 甲 | 乙 |\n", ".md", before="| a | b | c |\n|---|---|---|\n"),
    "pipes (md)": _text("|", ".md", before="| a |\n|---|\n"),
    "markup (md)": _lines("<div><p>第{n}段</p>\n\n", ".md"),
    "open markup (md)": _text("<a ", ".md", before="文。\n\n"),
    "open comments (md)": _text("<!-- \n", ".md", before="文。\n\n"),
    "stars (md)": _text("*", ".md", before="文。\n\na"),
    "emphasis (md)": _text("**a *b _c ", ".md"),
    "open code (md)": _text("`a ``b ", ".md"),
    "open brackets (md)": _text("[", ".md", before="文。\n\n"),
    "open links (md)": _text("[a](", ".md"),
    "link references (md)": _lines("[第{n}条]: http://a.cn/{n}\n", ".md", after="\n文。\n"),
    "fences (md)": _lines("```\n第{n}行\n\n", ".md"),
    "open fence (md)": _lines("第{n}行\n", ".md", before="```\n"),
    "backslashes (md)": _text("\\", ".md", before="文。\n\n"),
    "entities (md)": _text("&#x41;&amp", ".md"),
    "one line (md)": _text(_PROSE, ".md"),
    "front matter (md)": _lines("key{n}: 值\n", ".md", before="---\n", after="---\n\n文。\n"),
    "front matter never closed (md)": _lines("key{n}: 值\n", ".md", before="---\n"),
    "front matter of authors (md)": _lines("名{n}、", ".md", before="---\nauthors: ", after="\n---\n\n文。\n"),
    "one row (jsonl)": _one_row,
    "one row of escapes (jsonl)": _escaped,
    "rows (jsonl)": _rows(id="{n}", text="经济发展，规模扩大{n}。"),
    "rows of many articles (jsonl)": _rows(id="{n}", text="经济发展{n}。", title="第{n}篇"),
    "rows of many sections (jsonl)": _rows(id="{n}", text="经济发展{n}。", title="同一篇", section="第{n}节"),
    "byte order mark, CRLF": _text("经济发展，规模扩大。\r\n", before="\ufeff"),
    "CR": _text("经济发展，规模扩大。\r"),
    "zero bytes": _text("经济\0发展"),
    "GB 18030": _text("经济发展，规模扩大。\n", encoding="gb18030"),
    "UTF-16": _text("经济发展，规模扩大。\n", encoding="utf-16"),
    "sidecar of paragraphs": _corrected,
    "sidecar of articles": _facts,
}
