"""Markdown as a reader sees it, every character with its place in the source."""

from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.blocks import Block, BlockKind
from rag.ingest.readers.markdown.reader import markdown_blocks


def blocks(text: str) -> list[Block]:
    found, _ = markdown_blocks(text)
    for b in found:
        if sum(z - a for a, z in b.spans) == len(b.text):
            assert "".join(text[a:z] for a, z in b.spans) == b.text
    return found


def shown(text: str) -> list[str]:
    return [b.text for b in blocks(text) if b.kind not in (BlockKind.FURNITURE, BlockKind.METADATA)]


def test_markup_is_gone() -> None:
    text = (
        "县长每**月**巡河*一次*，见[公告](http://example.org/a(b))和`代码`，\\*不是重点\\*。<br>另起一行<sup>2</sup>\n"
    )
    assert shown(text) == ["县长每月巡河一次，见公告和代码，*不是重点*。", "另起一行2"]


def test_comments_are_out_and_what_is_struck_out_is_no_evidence() -> None:
    text = "<!-- 草稿：罚款8000元 -->\n\n罚款~~1000元~~2000元，<del>每日</del>一次。\n"
    assert shown(text) == ["罚款2000元，一次。"]
    struck = [b.text for b in blocks(text) if b.furniture == "struck out"]
    assert struck == ["1000元", "每日"]


def test_front_matter_is_facts() -> None:
    front = "---\ntitle: '河长制方案'\ndate: 2025-04-02\nauthor: [张三, 李四]\ntags:\n  - 水利\n---\n"
    text = f"{front}\n# 一、职责\n\n每月一次。\n"
    found, facts = markdown_blocks(text)
    assert [(f.name, f.value) for f in facts] == [
        ("title", "河长制方案"),
        ("published", "2025-04-02"),
        ("authors", "张三"),
        ("authors", "李四"),
        ("keywords", "水利"),
    ]
    assert [(b.kind, b.level) for b in found[-2:]] == [(BlockKind.HEADING, 1), (BlockKind.TEXT, 0)]
    cited = [(b.label, b.text) for b in found if b.label]
    assert cited == [("published", "date: 2025-04-02"), ("authors", "author: [张三, 李四]")]


def test_a_long_sentence_above_a_rule_is_no_heading() -> None:
    text = "This is the beginning of the draft that is to be discussed.\n---\n\nShort heading\n---\n\nText.\n"
    assert [b.kind for b in blocks(text)] == [BlockKind.TEXT, BlockKind.HEADING, BlockKind.TEXT]


def test_notes_are_bound_to_their_marks() -> None:
    text = "新增就业1200人[^1]，失业率5.1%。\n\nWeb services [[2]](#fn-2) only.\n\n[^1]: 县人社局。\n\n"
    text += "<a name='fn-2' href='#x'>↑ 2.</a> Over HTTP.\n"
    first, second, *notes = blocks(text)
    assert first.text == "新增就业1200人，失业率5.1%。"
    assert [(r.offset, r.label) for r in first.refs] == [(9, "1")]
    assert second.text == "Web services only." or second.text == "Web services  only."
    assert [r.label for r in second.refs] == ["2"]
    assert [(n.kind, n.label, n.text) for n in notes] == [
        (BlockKind.NOTE, "1", "县人社局。"), (BlockKind.NOTE, "2", "Over HTTP."),
    ]  # fmt: skip


def test_lists_tables_and_html() -> None:
    text = (
        "材料：\n- 身份证；\n- 户口本。\n\n1. 甲\n2. 乙\n\n| 机具 | **补贴** |\n|---|--:|\n| 插秧机 | 9600 |\n\n"
        "<table><tr><th>河流</th><th>河长</th></tr><tr><td>青石河</td><td>刘某</td></tr></table>\n"
    )
    found = blocks(text)
    items = [(b.text, b.label) for b in found if b.kind is BlockKind.LIST_ITEM]
    assert items == [("身份证；", ""), ("户口本。", ""), ("1. 甲", "1."), ("2. 乙", "2.")]
    rows = [b for b in found if b.row]
    assert [(b.text, b.row.table, b.row.header) for b in rows if b.row] == [
        ("机具 | 补贴", 0, True), ("插秧机 | 9600", 0, False), ("河流 | 河长", 1, True), ("青石河 | 刘某", 1, False),
    ]  # fmt: skip
    for b in rows:
        assert b.row
        assert [b.text[a:z] for a, z in b.row.cells] == b.text.split(" | ")


def test_lines_that_number_themselves_are_lines() -> None:
    assert shown("条件之一：\n（一）年满60周岁；\n（二）重度残疾。\n") == [
        "条件之一：",
        "（一）年满60周岁；",
        "（二）重度残疾。",
    ]


@given(st.text(alphabet="ab一。*_~`[]()<>!|#->\\&;:1. \n\"'", max_size=120))
def test_whatever_comes_no_word_is_lost(text: str) -> None:
    held = "".join(b.text for b in blocks(text))
    assert (
        held.count("一") + text.count("<") + text.count("](") * 5 + text.count(":") * 5 >= text.count("一")
        or "<" in text
    )


def test_a_year_at_the_beginning_of_a_line_is_no_list_mark() -> None:
    assert shown("The town was founded in\n1986. It has grown since then.") == [
        "The town was founded in\n1986. It has grown since then."
    ]


def test_deep_lists_and_code_are_kept() -> None:
    deep = "\n".join("  " * n + f"- 第{n}层" for n in range(25))
    assert {f"第{n}层" for n in range(25)} <= {text.lstrip("- ") for text in shown(deep)}
    (code,) = blocks("```\n# 注释\n- 减号 5\n```")
    assert (code.kind, "# 注释" in code.text) == (BlockKind.CODE, True)
