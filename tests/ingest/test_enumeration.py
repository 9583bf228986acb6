"""Labels of the parts of a document."""

import pytest

from rag.ingest.enumeration import LabelStyle, read_label


@pytest.mark.parametrize(
    ("line", "style", "number"),
    [
        ("第一编　总则", LabelStyle.BOOK, 1),
        ("第十二章 法律责任", LabelStyle.CHAPTER, 12),
        ("第120回 荐杜预老将献新谋", LabelStyle.CHAPTER, 120),
        ("第三节 期限", LabelStyle.SECTION, 3),
        ("　　第一百零三条　国家机关", LabelStyle.ARTICLE, 103),
        ("第十条之一 依照前条", LabelStyle.ARTICLE, 10),
        ("一、2025年工作回顾", LabelStyle.HAN, 1),
        ("（二）罚款", LabelStyle.HAN_BRACKETED, 2),
        ("3.加强领导", LabelStyle.DECIMAL, 3),
        ("5.6.4 噪声", LabelStyle.DECIMAL_PATH, 4),
        ("（7）跨省界", LabelStyle.DECIMAL_BRACKETED, 7),
        ("③青年", LabelStyle.CIRCLED, 3),
        ("b) 夜间", LabelStyle.LETTER, 2),
        ("Article 5 Scope", LabelStyle.ARTICLE, 5),
    ],
)
def test_a_label_has_a_style_and_a_number(line: str, style: LabelStyle, number: int) -> None:
    label = read_label(line)
    assert label is not None
    assert (label.style, label.number) == (style, number)
    assert line[label.end :].strip() == line.strip()[len(label.text) :].strip()


@pytest.mark.parametrize(
    "line", ["2025年1月", "1.2亿元", "10.92平方公里", "第15次会议", "第三条件", "一是加强", "3.5%", ""]
)
def test_what_is_no_label(line: str) -> None:
    assert read_label(line) is None
