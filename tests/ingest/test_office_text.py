"""The parts that the Office readers share: text as it is seen, numbers as they are counted, rows of tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.blocks import BlockKind
from rag.ingest.readers.composer import Composer, Mark, flow
from rag.ingest.readers.ordinals import chinese, write_number
from rag.ingest.readers.symbols import symbol
from rag.ingest.readers.tables import Cell, Row, arrange, is_unit
from tests.ingest.office_files import check


def table(*rows: str) -> list[Row]:
    return [Row(tuple(Cell(text, k) for k, text in enumerate(row.split("|")))) for row in rows]


def headers(*rows: str, data: bool = False) -> list[bool]:
    return [block.row.header for block in arrange(table(*rows), 0, data=data) if block.row]


def test_blanks_as_they_are_seen_and_marks_in_their_places() -> None:
    lines = flow(["　　第一条 ", Mark("1"), "  为了\u200b", "\t规范\n", Mark("2"), "次\xa0行  "])
    assert [(line.text, [(ref.offset, ref.label) for ref in line.refs]) for line in lines] == [
        ("第一条 为了 规范", [(4, "1")]),
        ("次 行", [(0, "2")]),
    ]


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=20), max_size=6))
def test_no_visible_character_is_lost(pieces: list[str]) -> None:
    seen = "".join("".join(pieces).split())
    assert "".join("".join(line.text for line in flow(list(pieces))).split()) == seen


@given(st.lists(st.text(min_size=1).filter(lambda text: "\n" not in text)))
def test_composed_blocks_lie_where_they_say(lines: list[str]) -> None:
    composer = Composer()
    for line in lines:
        composer.add(line)
    assert check(composer.document()).text == "\n".join(lines)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "零"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1005, "一千零五"),
        (1050, "一千零五十"),
        (10_010, "一万零一十"),
        (23_456, "二万三千四百五十六"),
    ],
)
def test_numbers_are_counted_in_chinese(number: int, written: str) -> None:
    assert chinese(number) == written


def test_formats_of_numbers_and_what_lies_beyond_them() -> None:
    shown = {"lowerRoman": "xxi", "upperLetter": "UU"[0], "decimalEnclosedCircle": "㉑", "ordinal": "21st"}
    assert {name: write_number(21, name) for name in shown} == shown
    assert write_number(28, "lowerLetter") == "bb"
    assert write_number(105, "chineseCounting") == "一○五"
    assert write_number(25, "decimalEnclosedParen") == "25"
    assert write_number(7, "custom", "001, 002, ...") == "007"
    assert write_number(10**9, "chineseCountingThousand") == "1000000000"
    assert write_number(2, "noSuchFormat") == "2"


def test_symbols_by_font_and_code() -> None:
    assert symbol("Wingdings", 0xF0FC) == "✓"
    assert symbol("Symbol", 0xF061) == "α"
    assert symbol("宋体", 0x2295) == "⊕"
    assert symbol("Unknown", 0xF0FC) == "\ufffd"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["地区|1月|2月", "宜春|5|6"], [True, False]),
        (["|2023|2024", "人口|5|6"], [True, False]),
        (["宜春|5|6", "万载|7|8"], [False, False]),
        (["姓名||性别|", "民族||学历|"], [False, False]),
        (["项目名称|管网改造", "联系人|张三", "金额|三百万元"], [False, False, False]),
        (
            ["违法行为|裁量基准|依据", "占道经营的流动摊贩经劝导不改|处二百元以下罚款并责令改正|城市管理条例第十条"],
            [True, False],
        ),
        (["指标|单位|数量", "甲|乙|1", "人口|万人|5"], [True, True, False]),
        (["地区|总量|增速", "|（亿元）|（%）", "宜春|5|6"], [True, True, False]),
        (["|大城市||小城市|", "年份|名称|人口|名称|人口", "2020|甲|5|乙|6"], [True, True, False]),
        (["序号|名称", "1|甲", "序号|名称", "2|乙"], [True, False, True, False]),
    ],
)
def test_rows_that_name_the_columns(rows: list[str], expected: list[bool]) -> None:
    assert headers(*rows) == expected


def test_a_table_of_data_is_named_by_its_first_row() -> None:
    assert headers("街道|社区", "东门|一社区", data=True) == [True, False]
    assert headers("1|2", "3|4", data=True) == [False, False]


def test_captions_remarks_and_units() -> None:
    blocks = arrange(table("表3 收支||", "单位：万元||", "项目|收入|支出", "甲|1|2", "资料来源：财政局||"), 0)
    assert [block.kind for block in blocks] == [
        BlockKind.CAPTION,
        BlockKind.CAPTION,
        BlockKind.TABLE_ROW,
        BlockKind.TABLE_ROW,
        BlockKind.TEXT,
    ]
    assert is_unit("（单位：亿元）")
    assert is_unit("计量单位: 吨")
    assert not is_unit("单位负责人：张三")
    assert not is_unit("单位名称")


def test_a_long_cell_over_several_rows_stands_once() -> None:
    long = "依据" * 40
    first = Row((Cell(long, 0, rows=2), Cell("1", 1)))
    second = Row((Cell(long, 0, continued=True), Cell("2", 1)))
    assert [block.text for block in arrange([first, second], 0)] == [f"{long} | 1", " | 2"]
