"""What a line looks like by itself."""

import pytest

from rag.ingest.shapes import byline_names, is_attribution, is_imprint, is_note, parse_attribution


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("张 辉", ("张辉",)),
        ("杜庆昊", ("杜庆昊",)),
        ("张 辉 刘 奕", ("张辉", "刘奕")),
        ("张三丰 李 四", ("张三丰", "李四")),
        ("欧阳建国", ("欧阳建国",)),
        ("本报记者 王明 李小红", ("王明", "李小红")),
        ("■ 陈 静", ("陈静",)),
        ("易卜拉欣·帕特尔", ("易卜拉欣·帕特尔",)),
        ("本报评论员", ("本报评论员",)),
        ("By Jane Roe and John Doe", ("Jane Roe", "John Doe")),
        ("数字经济", ()),
        ("增进民生福祉的内在要求", ()),
        ("新时代", ()),
    ],
)
def test_bylines(line: str, names: tuple[str, ...]) -> None:
    assert byline_names(line) == names


def test_attributions() -> None:
    assert is_attribution("——习近平总书记2025年4月25日在二十届中央政治局第二十次集体学习时的讲话")
    assert not is_attribution("——产业结构不断优化")
    assert not is_attribution("——这是正文。")
    assert parse_attribution("——毛泽东《矛盾论》") == ("毛泽东《矛盾论》", "", "")
    assert parse_attribution("——习近平2023年5月12日在座谈会上的讲话") == ("习近平", "2023年5月12日", "座谈会上")


def test_notes_and_imprints() -> None:
    assert is_note("（作者系北京大学经济学院院长）")
    assert is_note("【作者为中央党校教授】")
    assert not is_note("（见图一）")
    assert is_imprint("本版编辑 欧阳优 钟梓滨 美编 高妍 来稿邮箱 jrbll@sina.com")
    assert is_imprint("责任编辑：王明")
    assert not is_imprint("这本书的编辑和出版历时三年，来稿众多。")
