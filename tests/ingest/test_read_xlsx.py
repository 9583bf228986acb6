"""Workbooks: values as Excel shows them, a row with the names of its columns, hidden parts aside."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from rag.errors import SourceError
from rag.ingest.blocks import BlockKind, Document
from rag.ingest.readers.xlsx.formats import show_number
from rag.ingest.readers.xlsx.reader import read_xlsx
from tests.ingest.office_files import check, furniture, sheet, texts


def save(tmp_path: Path, book: openpyxl.Workbook) -> Document:
    book.save(tmp_path / "b.xlsx")
    return check(read_xlsx(tmp_path / "b.xlsx"))


def made(rows: list[list[object]], name: str = "收入") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    return book


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (1234.5, "General", "1234.5"),
        (0.1 + 0.2, "General", "0.3"),
        (220110201018, "General", "2.2011E+11"),
        (220110201018, "0", "220110201018"),
        (0.0512, "0.0%", "5.1%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (1.005, "0.00", "1.01"),
        (-5.5, "0.0;(0.0)", "(5.5)"),
        (0, '0;-0;"—"', "—"),
        (12, "000000", "000012"),
        (1234567, '#,##0.0,"千元"', "1,234.6千元"),
        (3, '0"个"', "3个"),
        (12.5, '"¥"#,##0.00_);[Red]("¥"#,##0.00)', "¥12.50"),
        (0.000123, "0.00E+00", "1.23E-04"),
        (0.5, "# ?/?", "0.5"),
        (45292, 'yyyy"年"m"月"d"日"', "2024年1月1日"),
        (45292, "yyyy/m/d", "2024/1/1"),
        (45292, "[$-804]aaaa", "星期一"),
        (45292.75, "yyyy-mm-dd hh:mm", "2024-01-01 18:00"),
        (45292.75, "h:mm AM/PM", "6:00 PM"),
        (1.5, "[h]:mm", "36:00"),
        (45292, "mmm-yy", "Jan-24"),
        (1, "[<10]0;[>=10]0.0", "1"),
        (-1, "yyyy", "-1"),
    ],
)
def test_numbers_are_shown_by_their_format(value: float, number_format: str, shown: str) -> None:
    assert show_number(value, number_format) == shown


def test_dates_count_from_1904_where_the_book_says_so() -> None:
    assert show_number(0, "yyyy-mm-dd", from_1904=True) == "1904-01-01"


def test_builtin_formats_for_chinese_dates(tmp_path: Path) -> None:
    styles = "<cellXfs><xf numFmtId='0'/><xf numFmtId='57'/><xf numFmtId='31'/><xf numFmtId='14'/></cellXfs>"
    rows = "<row r='1'><c r='A1' s='1'><v>45292</v></c><c r='B1' s='2'><v>45292</v></c><c r='C1' s='3'><v>45292</v></c></row>"
    document = check(read_xlsx(sheet(tmp_path / "b.xlsx", rows, styles=styles)))
    assert texts(document, BlockKind.TABLE_ROW) == ["2024年1月 | 2024年1月1日 | 2024/1/1"]


def test_title_unit_header_rows_and_remark(tmp_path: Path) -> None:
    book = made(
        [
            ["2024年各地生产总值"],
            ["单位：亿元"],
            ["地区", "2023年", None, "备注"],
            [None, "总量", "增速"],
            ["宜春", 3500.1, 0.051, None],
            ["万载", 200, 0.048, "初步"],
            ["注：数据为初步核算数。"],
        ]
    )
    page = book.active
    for area in ("A1:D1", "A3:A4", "B3:C3", "D3:D4", "A7:D7"):
        page.merge_cells(area)
    for row in (5, 6):
        page.cell(row, 2).number_format = "#,##0.0"
        page.cell(row, 3).number_format = "0.0%"
    document = save(tmp_path, book)
    assert [(b.kind, b.text, bool(b.row and b.row.header)) for b in document.blocks] == [
        (BlockKind.HEADING, "收入", False),
        (BlockKind.CAPTION, "2024年各地生产总值", False),
        (BlockKind.CAPTION, "单位：亿元", False),
        (BlockKind.TABLE_ROW, "地区 | 2023年 | 备注", True),
        (BlockKind.TABLE_ROW, " | 总量 | 增速 | ", True),
        (BlockKind.TABLE_ROW, "宜春 | 3,500.1 | 5.1% | ", False),
        (BlockKind.TABLE_ROW, "万载 | 200.0 | 4.8% | 初步", False),
        (BlockKind.TEXT, "注：数据为初步核算数。", False),
    ]
    first = document.blocks[3].row
    assert first is not None
    assert first.columns == (0, 1, 3)


def test_a_value_over_several_rows_stands_in_each(tmp_path: Path) -> None:
    book = made([["地区", "县", "人数"], ["宜春", "万载", 5], [None, "丰城", 7], ["南昌", "安义", 3]])
    book.active.merge_cells("A2:A3")
    assert texts(save(tmp_path, book), BlockKind.TABLE_ROW)[1:] == [
        "宜春 | 万载 | 5",
        "宜春 | 丰城 | 7",
        "南昌 | 安义 | 3",
    ]


def test_two_tables_of_a_sheet_and_a_gap_within_one(tmp_path: Path) -> None:
    rows = [["项目", "金额"], ["甲", 1], [], ["乙", 2], [], ["表二"], ["单位", "人数"], ["丙", 3]]
    document = save(tmp_path, made(rows))
    assert [(b.text, b.row.table, b.row.header) for b in document.blocks if b.row] == [
        ("项目 | 金额", 0, True),
        ("甲 | 1", 0, False),
        ("乙 | 2", 0, False),
        ("单位 | 人数", 1, True),
        ("丙 | 3", 1, False),
    ]
    assert texts(document, BlockKind.CAPTION) == ["表二"]


def test_hidden_sheets_rows_and_columns_are_furniture_rows_of_a_filter_are_not(tmp_path: Path) -> None:
    book = made([["项目", "底价", "金额"], ["甲", 9, 1], ["乙", 8, 2], ["丙", 7, 3]])
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["B"].hidden = True
    secret = book.create_sheet("草稿")
    secret.append(["密", 1])
    secret.sheet_state = "hidden"
    document = save(tmp_path, book)
    assert texts(document, BlockKind.TABLE_ROW) == ["项目 | 金额", "甲 | 1", "丙 | 3"]
    assert furniture(document) == [
        ("hidden", "乙 | 2"),
        ("hidden", "底价"),
        ("hidden", "9"),
        ("hidden", "7"),
        ("hidden", "草稿"),
        ("hidden", "密 | 1"),
    ]
    book.active.auto_filter.ref = "A1:C4"
    book.active.auto_filter.add_filter_column(0, ["甲"])
    document = save(tmp_path, book)
    assert "乙 | 2" in texts(document, BlockKind.TABLE_ROW)
    assert any("filter" in notice for notice in document.notices)


def test_formulas_without_a_value_are_told(tmp_path: Path) -> None:
    document = save(tmp_path, made([["项目", "金额"], ["甲", 1], ["合计", "=SUM(B2:B2)"]]))
    assert texts(document, BlockKind.TABLE_ROW)[-1] == "合计 | "
    assert [notice[:10] for notice in document.notices] == ["1 formulas"]


def test_kinds_of_cells(tmp_path: Path) -> None:
    strings = (
        "<si><r><t>甲</t></r><r><t>乙</t></r><rPh><t>jia</t></rPh></si><si><t>a_x000D_&#10;b_x005F_x0041_</t></si>"
    )
    cells = '<c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="str"><f>A</f><v>文</v></c>'
    cells += '<c t="inlineStr"><is><t>内</t></is></c><c t="d"><v>2024-05-06T00:00:00</v></c><c><v>1E400</v></c><c><v>oops</v></c>'
    document = check(read_xlsx(sheet(tmp_path / "b.xlsx", f"<row>{cells}</row>", strings=strings)))
    assert texts(document, BlockKind.TABLE_ROW) == [
        "甲乙 | a b_x0041_ | TRUE | #N/A | 文 | 内 | 2024/5/6 | 1E400 | oops"
    ]


def test_far_rows_and_columns_cost_nothing(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row><row r="1048576"><c r="B1048576"><v>3</v></c></row>'
    rows += '<row r="99999999"><c r="A99999999"><v>4</v></c></row>'
    after = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    document = check(read_xlsx(sheet(tmp_path / "b.xlsx", rows, after)))
    assert len(document.text) < 100


def test_a_shared_text_in_many_cells_is_bounded(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{k}"><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' for k in range(1, 1001))
    document = read_xlsx(sheet(tmp_path / "b.xlsx", cells, strings=f"<si><t>{'长' * 40_000}</t></si>"))
    assert len(document.text) < 25_000_000
    assert any("in part" in notice for notice in document.notices)


def test_bold_names_of_columns_and_default_sheet_names(tmp_path: Path) -> None:
    book = made([["违法行为", "怎么办"], ["占道经营", "劝离"], ["乱倒垃圾", "清走"]], "Sheet1")
    for cell in book.active[1]:
        cell.font = Font(bold=True)
    document = save(tmp_path, book)
    assert [b.row.header for b in document.blocks if b.row] == [True, False, False]
    assert furniture(document) == [("sheet name", "Sheet1")]


def test_dates_of_openpyxl(tmp_path: Path) -> None:
    document = save(tmp_path, made([["日期", "时刻"], [date(2024, 5, 6), datetime(2024, 5, 6, 7, 8, 9)]]))
    assert texts(document, BlockKind.TABLE_ROW)[1] == "2024-05-06 | 2024-05-06 7:08:09"


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"))
    with pytest.raises(SourceError, match=r"save it as \.xlsx"):
        read_xlsx(path)
    with pytest.raises(SourceError, match="no filled cells"):
        read_xlsx(sheet(path, ""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", " " * (9 << 20))
    with pytest.raises(SourceError, match="unpacks to far more"):
        read_xlsx(path)


def test_a_broken_list_of_sheets_is_read_by_their_names(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", "<row><c><v>1</v></c><c><v>2</v></c></row>")
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bare, "w") as new:
        for name in old.namelist():
            if not name.endswith(".rels"):
                new.writestr(name, old.read(name))
    assert texts(check(read_xlsx(bare))) == ["数据", "1 | 2"]
