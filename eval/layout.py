"""Measure the layout rules on newspaper pages made from real prose, with the truth known.

    python -m eval.layout --prose news.txt.xz --titles title-abstract.jsonl.xz --headings prose.jsonl.xz --pages 1000

A page holds two to four articles. Paragraphs are cut where a column would end (a multiple of the line width, never
before a mark or inside a number or a Latin word, never at the end of a sentence); pull quotes with their
attribution, imprints and headings are wedged between the halves; some headlines are torn off and stand at the end;
some articles close with lines that end without a mark.
"""

import argparse
import json
import lzma
import random
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from eval.reading import Account, account_of
from rag.ingest.blocks import Block, Role
from rag.ingest.layout import LaidOut, lay_out

__all__ = ["Material", "Page", "Score", "account_for", "column_end", "make_page", "measure", "read_material"]

_CLOSING = "，。！？；：、”’）】》」』…,.!?;:)]%"
_FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧"
    "田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
)
_GIVEN = "明华伟芳娜敏静丽强磊军洋勇艳杰娟涛超秀霞平刚桂英文辉建国宇浩然欣怡子涵雨晨思远昊天佳慧志鹏海燕晓东立新奕庆"
_POSTS = ("研究员", "教授", "副教授", "主任", "院长", "博士后", "特约研究员")
_PLACES = (
    "北京大学经济学院",
    "中国社会科学院工业经济研究所",
    "国务院发展研究中心",
    "复旦大学马克思主义学院",
    "省委党校",
)
_SPEAKERS = ("习近平总书记", "习近平", "李克强", "周恩来", "国务院总理")
_OCCASIONS = (
    "在中央经济工作会议上的讲话",
    "在全国两会期间的讲话",
    "在考察调研时的讲话",
    "致论坛的贺信",
    "在座谈会上的讲话",
)
_IMPRINTS = (
    "本版编辑 {a} {b} 美编 {c} 来稿邮箱 {mail}@example.com",
    "责任编辑：{a} 版式：{b} 电话：010-12345678",
    "本版责编：{a} {b} 视觉设计：{c}",
    "编辑 {a} 美编 {b} 校对 {c}",
)


@dataclass(frozen=True, slots=True)
class Material:
    """Real text to build pages from."""

    paragraphs: Sequence[str]  # each ends with a sentence mark
    titles: Sequence[str]
    headings: Sequence[str]


@dataclass(slots=True)
class Page:
    """Blocks with the truth about them."""

    texts: list[str] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    joins: set[tuple[int, int]] = field(default_factory=set)

    def add(self, text: str, role: Role) -> int:
        """Append a block and give its index."""
        self.texts.append(text)
        self.roles.append(role)
        return len(self.texts) - 1

    def blocks(self) -> list[Block]:
        """Give the blocks as a reader would: one a line, a blank line between."""
        blocks, at = [], 0
        for text in self.texts:
            blocks.append(Block(text, ((at, at + len(text)),)))
            at += len(text) + 2
        return blocks


@dataclass(slots=True)
class Score:
    """Counts of one kind of decision over all pages."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, found: set[object], true: set[object]) -> None:
        """Count what was found against the truth."""
        self.right += len(found & true)
        self.wrong += len(found - true)
        self.missed += len(true - found)

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 where nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the truth that was found; 1 where there is none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def make_page(material: Material, chance: random.Random) -> Page:
    """Build one page."""
    page = Page()
    line = chance.randint(15, 26)
    torn: list[tuple[str, str]] = []
    for number in range(chance.randint(2, 4)):
        if number == 0 and chance.random() < 0.5:
            page.add(chance.choice(("理论周刊", "学习与思考", "经济观察", "大家谈", "新论")), Role.HEADER)
        title, byline = chance.choice(material.titles), _byline(chance)
        if number and not torn and chance.random() < 0.25:
            torn.append((title[: chance.randint(3, max(4, len(title) // 2))], byline))
        else:
            page.add(title, Role.TITLE)
            page.add(byline, Role.BYLINE)
        _add_body(page, material, chance, line)
        if chance.random() < 0.1:
            _add_list(page, material, chance)
        page.add(_note(chance), Role.NOTE)
        if chance.random() < 0.3:
            page.add(_imprint(chance), Role.IMPRINT)
    for title, byline in torn:
        page.add(title, Role.FRAGMENT)
        page.add(byline, Role.BYLINE)
    return page


def measure(pages: Iterable[Page]) -> dict[str, Score]:
    """Lay out each page and count joins and every role that the page holds."""
    scores: dict[str, Score] = {"breaks": Score()}
    for page in pages:
        found = lay_out(page.blocks())
        scores["breaks"].add(
            {(p.continues, i) for i, p in enumerate(found.placed) if p.continues >= 0}, set(page.joins)
        )
        for role in Role:
            scores.setdefault(role.value, Score()).add(_having(role, found), _having(role, page))
    return {name: s for name, s in scores.items() if s.right + s.wrong + s.missed}


def account_for(pages: Iterable[Page]) -> Account:
    """Read each page from a file and account for every word of it."""
    total = Account()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.txt"
        for page in pages:
            path.write_text("\n\n".join(page.texts), encoding="utf-8")
            total += account_of(path)
    return total


def _having(role: Role, page: Page | LaidOut) -> set[object]:
    roles = page.roles if isinstance(page, Page) else [p.role for p in page.placed]
    return {i for i, r in enumerate(roles) if r is role}


def _add_body(page: Page, material: Material, chance: random.Random, line: int) -> None:
    count = chance.randint(5, 14)
    for n, text in enumerate(chance.sample(material.paragraphs, count)):
        if n and n % 4 == 0:
            page.add(chance.choice(material.headings), Role.HEADING)
        cut = column_end(text, line, chance) if chance.random() < 0.35 else None
        if cut is None:
            page.add(text, Role.BODY)
            continue
        first = page.add(text[:cut], Role.BODY)
        _wedge(page, material, chance)
        page.joins.add((first, page.add(text[cut:], Role.BODY)))


def _add_list(page: Page, material: Material, chance: random.Random) -> None:
    """Add lines of text that end without a mark, as lists do."""
    clauses = (re.sub(r"[，、：；“”]", "", re.split("[。！？]", p)[0]) for p in chance.sample(material.paragraphs, 30))
    for clause in [c for c in clauses if 20 <= len(c) <= 60][: chance.randint(3, 5)]:
        page.add(clause, Role.BODY)


def _wedge(page: Page, material: Material, chance: random.Random) -> None:
    kind = chance.random()
    if kind < 0.15:
        page.add(chance.choice([p for p in material.paragraphs if len(p) < 160]), Role.QUOTE)
        date = f"{chance.randint(1950, 2026)}年{chance.randint(1, 12)}月{chance.randint(1, 28)}日"
        page.add(f"——{chance.choice(_SPEAKERS)}{date}{chance.choice(_OCCASIONS)}", Role.ATTRIBUTION)
    elif kind < 0.25:
        page.add(_imprint(chance), Role.IMPRINT)
    elif kind < 0.35:
        page.add(chance.choice(material.headings), Role.HEADING)


def column_end(text: str, line: int, chance: random.Random) -> int | None:
    """Choose a place in a paragraph where a column of `line` characters may end; None where there is none."""
    places = [
        at
        for k in range(1, len(text) // line + 1)
        for at in [k * line - 2 + chance.randint(-1, 1)]
        if 2 < at < len(text) - 3
        and text[at] not in _CLOSING
        and text[at - 1] not in "。！？；：…”（“《"
        and not (text[at - 1].isascii() and text[at].isascii())
    ]
    return chance.choice(places) if places else None


def _name(chance: random.Random) -> str:
    return chance.choice(_FAMILY) + "".join(chance.choices(_GIVEN, k=chance.choice((1, 2, 2))))


def _byline(chance: random.Random) -> str:
    def spaced(name: str) -> str:
        return " ".join(name) if len(name) == 2 else name

    kind = chance.random()
    if kind < 0.7:
        return spaced(_name(chance))
    if kind < 0.85:
        return f"{spaced(_name(chance))} {spaced(_name(chance))}"
    return f"本报记者 {_name(chance)}"


def _note(chance: random.Random) -> str:
    opening, closing = chance.choice(("（）", "【】"))
    return f"{opening}作者系{chance.choice(_PLACES)}{chance.choice(_POSTS)}{closing}"


def _imprint(chance: random.Random) -> str:
    return chance.choice(_IMPRINTS).format(
        a=_name(chance), b=_name(chance), c=_name(chance), mail=chance.randint(100, 99999)
    )


def read_material(prose: Sequence[Path], titles: Path, headings: Path, items: int = 20_000) -> Material:
    """Read material from files of one text a line, plain or JSON, packed with xz or not.

    Paragraphs are runs of sentences of 60 to 300 characters; headings are the short first sentences of paragraphs,
    which is what section headings in this register look like.
    """
    sentence = re.compile(r"[^。！？]+[。！？]”?")
    paragraphs = []
    for text in (t for path in prose for t in _lines(path, items)):
        sentences = sentence.findall(re.sub(r"\s+", "", text.split("正文：", 1)[-1]))
        while sentences:
            paragraph = sentences.pop(0)
            while sentences and len(paragraph) < 80:
                paragraph += sentences.pop(0)
            if 60 <= len(paragraph) <= 300 and paragraph.count("“") == paragraph.count("”"):
                paragraphs.append(paragraph)
    first = (
        re.match(r"^(?:——)?([^，。！：“”（）—\d]{4,16}(?:，[^，。！：“”（）—\d]{4,10})?)。", t)
        for t in _lines(headings, items)
    )
    return Material(
        paragraphs,
        [t for t in _lines(titles, items) if 6 <= len(t) <= 26],
        sorted({m.group(1) for m in first if m}),
    )


def _lines(path: Path, most: int) -> Iterator[str]:
    with _opened(path) as lines:
        for _, line in zip(range(most), lines, strict=False):
            text = line.strip()
            if text.startswith("{"):
                row = json.loads(text)
                text = row.get("question") or row.get("text") or row["zh"]
            yield text


def _opened(path: Path) -> IO[str]:
    return lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8")


def main() -> None:
    """Print precision, recall and F1 as a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prose", type=Path, nargs="+", required=True)
    parser.add_argument("--titles", type=Path, required=True)
    parser.add_argument("--headings", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    settings = parser.parse_args()
    material = read_material(settings.prose, settings.titles, settings.headings)
    chance = random.Random(settings.seed)
    pages = [make_page(material, chance) for _ in range(settings.pages)]
    scores = measure(pages)
    print(f"{'':<12}{'precision':>10}{'recall':>10}{'F1':>10}{'true':>8}")
    for name, s in scores.items():
        print(f"{name:<12}{s.precision:>10.4f}{s.recall:>10.4f}{s.f1:>10.4f}{s.right + s.missed:>8}")
    total = account_for(pages)
    print(f"{total.paragraphs} paragraphs leave out {total.left_out} words; {total.lost} words of the pages are lost")


if __name__ == "__main__":
    main()
