"""Every character of a source is a paragraph's, named as something else, markup, or blank."""

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.ingest.accounts import crossed, lost
from rag.ingest.encodings import decode
from rag.ingest.paragraphs import ingest

LINES = [
    "青石县人民政府文件",
    "青政发〔2025〕12号",
    "各乡镇人民政府：",
    "第一章 总则",
    "第一条 为了加强管理，制定本办法。",
    "（一）年满60周岁；",
    "— 12 —",
    "救援机构处500元以上1000元以",
    "下罚款。",
    "附件1",
    "2025年3月18日",
    "| 机具 | 补贴额 |",
    "| --- | ---: |",
    "| 插秧机 | 9600 |",
    "- 身份证**原件**；",
    "> 引用的话。[^1]",
    "[^1]: 数据来源：县人社局。",
    "<!-- 草稿：罚款8000元 -->",
    "处~~1000元~~2000元&nbsp;罚款&mdash;每日。",
    "```",
    "[两次](https://example.org/a)，<b>粗</b>体。",
    "打印本页",
    "本报记者 王明",
    "",
    "    ",
    "::: tip 提示",
    ":::",
    "2.5",
    "（作者系某院研究员）",
    "# 题",
    "题\n===",
    "  - 深",
    "> - 引项",
    "1986. 年",
    "<div>x</div>",
    '[a]: http://x.com "参考"',
    "    码 # 注",
    "* * *",
]


def unaccounted(path: Path) -> list[str]:
    """Read a file and return what is lost or left out of it."""
    found = ingest(path, path.name)
    text = decode(path).text if found.extracted is None else found.extracted
    known = sorted([*((a, b) for a, b, _ in found.named), *(span for p in found.paragraphs for span in p.spans)])
    markup = path.suffix == ".md"
    spans = [*lost(text, known, markup=markup)]
    for p in found.paragraphs:
        spans += crossed(text, p.spans, known, markup=markup)
    return [text[a:b] for a, b in spans]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=25), st.sampled_from([".txt", ".md"]))
def test_no_word_is_lost_whatever_the_lines(lines: list[str], ending: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_text("\n".join(lines), encoding="utf-8")
        try:
            assert unaccounted(path) == []
        except SourceError as error:
            assert "holds no paragraph" in str(error) or "is empty" in str(error)  # noqa: PT017


@pytest.mark.parametrize("ending", [".txt", ".md", ".csv"])
def test_five_hundred_damaged_files_are_read_or_told(tmp_path: Path, ending: str) -> None:
    chance = random.Random(11)
    sound = "\n".join(LINES).encode()
    for number in range(500):
        raw = bytearray(sound)
        for _ in range(chance.randint(1, 30)):
            at = chance.randrange(len(raw))
            match chance.randrange(4):
                case 0:
                    raw[at] = chance.randrange(256)
                case 1:
                    del raw[at : at + chance.randint(1, 40)]
                case 2:
                    raw[at:at] = raw[at : at + chance.randint(1, 60)]
                case _:
                    raw[at:at] = bytes(chance.choices(b"\n\t|*`<>[]()#-: \xe3\x80\x80", k=chance.randint(1, 6)))
        path = tmp_path / f"{number}{ending}"
        path.write_bytes(bytes(raw))
        try:
            left = unaccounted(path)
        except SourceError as error:
            assert "\n" not in str(error)  # noqa: PT017
        else:
            assert left == []


def test_what_is_left_out_is_seen() -> None:
    text = "由消防救援机构处500元以下罚款。"
    spans = [(0, 3), (7, len(text))]
    assert [text[a:b] for a, b in crossed(text, spans, sorted(spans), markup=False)] == ["救援机构"]
    assert not list(crossed(text, spans, sorted([*spans, (3, 7)]), markup=False))
    assert [text[a:b] for a, b in lost(text, spans, markup=False)] == ["救援机构"]
