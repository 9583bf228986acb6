"""Tables of values in text: delimiters found out, quoted line ends, ragged rows, titles above and sources below."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.ingest.blocks import BlockKind, Document
from rag.ingest.readers.delimited import find_delimiter, read_delimited
from tests.ingest.office_files import check, texts


def read(tmp_path: Path, text: str | bytes, name: str = "t.csv") -> Document:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check(read_delimited(path))


def rows(document: Document) -> list[tuple[str, bool]]:
    return [(b.text, b.row.header) for b in document.blocks if b.row]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_out(tmp_path: Path, delimiter: str) -> None:
    lines = [["地区", "人口", "说明"], ["宜春", "500,1", "一；二"], ["万载", "30,5", "三"]]
    text = "\r\n".join(delimiter.join(f'"{c}"' if delimiter in c else c for c in line) for line in lines)
    assert rows(read(tmp_path, text)) == [
        ("地区 | 人口 | 说明", True),
        ("宜春 | 500,1 | 一；二", False),
        ("万载 | 30,5 | 三", False),
    ]


def test_quoted_line_ends_quotes_and_ragged_rows(tmp_path: Path) -> None:
    text = '\ufeff名称,内容\n甲,"第一行\n第二行，带""引号"""\n乙\n丙,x,多出\n'
    assert rows(read(tmp_path, text)) == [
        ("名称 | 内容", True),
        ('甲 | 第一行 第二行，带"引号"', False),
        ("乙", False),
        ("丙 | x | 多出", False),
    ]


def test_titles_above_and_the_source_below(tmp_path: Path) -> None:
    text = "数据库：年度数据\n时间：最近两年\n指标,2022年,2023年\n人口(万人),500,501\n数据来源：国家统计局\n"
    document = read(tmp_path, text)
    assert texts(document, BlockKind.CAPTION) == ["数据库：年度数据", "时间：最近两年"]
    assert rows(document) == [("指标 | 2022年 | 2023年", True), ("人口(万人) | 500 | 501", False)]
    assert texts(document, BlockKind.TEXT) == ["数据来源：国家统计局"]


def test_an_open_quotation_mark_swallows_nothing(tmp_path: Path) -> None:
    text = "名称,值\n" + '屏幕 15",1\n' + "".join(f"第{k}行,{k}\n" for k in range(5000))
    document = read(tmp_path, text)
    assert len(rows(document)) == 5002
    text = "名称,值\n" + '"屏幕,1\n' + "".join(f"第{k}行,{k}\n" for k in range(5000))
    assert len(rows(read(tmp_path, text))) == 5002


def test_encodings_hints_and_tsv(tmp_path: Path) -> None:
    text = "地区,年末常住人口数量\n宜春市,五百万人\n万载县,五十万人\n"
    assert rows(read(tmp_path, text.encode("gb18030")))[1] == ("宜春市 | 五百万人", False)
    assert rows(read(tmp_path, text.encode("utf-16")))[2] == ("万载县 | 五十万人", False)
    document = read(tmp_path, "sep=;\na,1;b,2\n3;4\n")
    assert document.blocks[0].kind is BlockKind.METADATA
    assert rows(document)[1] == ("3 | 4", False)
    assert rows(read(tmp_path, "a\tb,c\n1\t2,5\n", "t.tsv")) == [("a | b,c", True), ("1 | 2,5", False)]


def test_lines_without_a_delimiter_stay_lines(tmp_path: Path) -> None:
    assert [b.text for b in read(tmp_path, "甲\n乙\n").blocks] == ["甲", "乙"]


def test_what_is_no_table_of_values_is_told(tmp_path: Path) -> None:
    for raw, words in (
        (b"", "empty"),
        (b"PK\x03\x04", "zip"),
        (b"<html><table>", "rename it to .html"),
        (b"a\0b", "binary"),
    ):
        with pytest.raises(SourceError, match=words):
            read(tmp_path, raw)
    with pytest.raises(SourceError, match="no words"):
        read(tmp_path, ",,,\n,,\n")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with contextlib.suppress(SourceError):
        read(tmp_path_factory.getbasetemp(), text)


@given(st.lists(st.lists(st.text('甲乙12 ."', min_size=1, max_size=5), min_size=3, max_size=3), min_size=2, max_size=8))
def test_written_by_csv_it_comes_back(cells: list[list[str]]) -> None:
    import csv
    import io

    for delimiter in ",;\t|":
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter).writerows(cells)
        assert find_delimiter(out.getvalue()) == delimiter
