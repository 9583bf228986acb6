"""Plain text: what was cut at a margin is put together, and nothing is cut out of a sentence."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.blocks import BlockKind
from rag.ingest.lines import find_wrapping, split_lines
from rag.ingest.paragraphs import ingest
from rag.ingest.readers.text import text_blocks

GAZETTE = """\
                     白石县人民政府文件

                       白政发〔2025〕8号

           白石县人民政府关于印发《白石县
         农村公路管理办法》的通知

各乡镇人民政府，县政府各部门：
    《白石县农村公路管理办法》已经县政府第二
十次常务会议通过，现印发给你们，请认真贯彻执
行。
                              白石县人民政府
                              2025年4月2日

                    — 1 —
白石县人民政府公报    2025年第4期

         白石县农村公路管理办法

第一条  为了加强农村公路的管理，保障道路完好
和畅通，制定本办法。
第二条  在公路上堆放物品的，由交通运输部门责
令改正，可以处500元以上1000元以

                    — 2 —
白石县人民政府公报    2025年第4期

下罚款。
第三条  本办法自2025年6月1日起施行。
"""


def shown(text: str) -> list[str]:
    return [b.text for b in text_blocks(text) if b.kind is not BlockKind.FURNITURE]


def test_hard_wrapped_lines_are_paragraphs_again_over_page_borders_too() -> None:
    texts = shown(GAZETTE)
    assert "第二条  在公路上堆放物品的，由交通运输部门责令改正，可以处500元以上1000元以下罚款。" in texts
    assert "白石县人民政府关于印发《白石县农村公路管理办法》的通知" in texts
    assert "白石县人民政府" in texts
    assert "2025年4月2日" in texts
    furniture = {b.text: b.furniture for b in text_blocks(GAZETTE) if b.kind is BlockKind.FURNITURE}
    assert furniture == {
        "— 1 —": "page number", "— 2 —": "page number", "白石县人民政府公报    2025年第4期": "running head",
    }  # fmt: skip


def test_lines_that_are_paragraphs_stay_apart() -> None:
    text = "全县工作报告\n\n各位代表：\n一、去年工作\n去年粮食产量达到三十万吨，增长百分之二。\n财政收入十二亿元。\n"
    assert find_wrapping(split_lines(text)) is None
    assert shown(text) == text.split("\n\n")[0:1] + text.split("\n\n")[1].strip().split("\n")


def test_a_short_line_is_not_cut_out_of_its_sentence(tmp_path: Path) -> None:
    path = tmp_path / "报告.txt"
    path.write_text(
        "全县工作报告\n\n本年度全县工作的\n主要目标\n是：造林1200亩，修建公路86公里。\n\n各镇要对账。\n",
        encoding="utf-8",
    )
    texts = [p.text for p in ingest(path, path.name).paragraphs]
    assert not [t for t in texts if "工作的是：" in t]
    assert any("造林1200亩" in t for t in texts)


@pytest.mark.parametrize("text", ["", "\n\n", "　　\n\t\n", "一"])
def test_next_to_nothing(text: str) -> None:
    assert shown(text) == ([text] if text == "一" else [])


@given(st.lists(st.text(alphabet="一二、。：ab1 \u3000—-第条（）\n\r\x0c", max_size=40), max_size=30).map("\n".join))
def test_nothing_is_lost_and_everything_has_its_place(text: str) -> None:
    blocks = text_blocks(text)
    for b in blocks:
        assert "".join(text[a:z] for a, z in b.spans) == b.text
    held = "".join(b.text for b in blocks)
    assert sorted("".join(held.split())) == sorted("".join(text.replace("\u200b", "").split()))


def test_a_sentence_that_has_begun_behind_another_goes_on_in_the_next_line() -> None:
    assert shown("办法\n\n禁止停车。违反规定的，由消防\n救援机构处500元罚款。") == [
        "办法",
        "禁止停车。违反规定的，由消防救援机构处500元罚款。",
    ]
    assert shown("会议开始。主持人，王某\n\n会议结束。") == ["会议开始。主持人，王某", "会议结束。"]


def test_a_table_whose_cells_stand_below_each_other_is_rows_again() -> None:
    names = ["公司名称", "上会日期", "保荐机构"]
    cells = ["甲乙电子股份有限公司", "2026/6/1", "某甲证券", "丙丁机械股份有限公司", "2026/6/4", "某乙证券"]
    text = "过会企业一览：\n" + "\n".join([*names, *cells])
    rows = [b for b in text_blocks(text) if b.kind is BlockKind.TABLE_ROW]
    assert [b.text for b in rows] == ["\n".join(c) for c in (names, cells[:3], cells[3:])]
    assert [b.row is not None and b.row.header for b in rows] == [True, False, False]
    assert all(text[slice(*b.spans[0])] == b.text for b in rows)
    lines = "\n".join(["第一小学", "第二小学", "第三小学", "第四小学", "第五小学", "第六小学"])
    assert not [b for b in text_blocks(lines) if b.kind is BlockKind.TABLE_ROW]
