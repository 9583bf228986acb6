"""Sentences said again in more words, and what is supported by that."""

import pytest

from rag.cite.check import Checker
from rag.cite.restate import restated
from rag.markers import DraftedSentence
from rag.schema import Article, Evidence, Paragraph
from rag.sentences import sentence_spans

AGED = "我国是老龄化较快的国家。2024年我国60岁及以上人口、65岁及以上人口分别达3.1亿、2.2亿。要发展服务。"
NOTE = "（作者系教育部研究中心特约研究员、北京大学经济学院院长）"


def test_each_thing_gets_its_own_value() -> None:
    assert list(restated("甲、乙和丙分别增长3%、5%和7%，好。")) == [
        "甲增长3%，乙增长5%，丙增长7%，好。",
        "甲增长3%，好。",
        "乙增长5%，好。",
        "丙增长7%，好。",
    ]
    assert list(restated("甲、乙和丙分别增长3%和5%。")) == []


def test_the_sentences_stay_one_for_one() -> None:
    for text in restated(AGED):
        assert len(sentence_spans(text)) == len(sentence_spans(AGED))


def test_a_note_names_its_author() -> None:
    assert "张辉系北京大学经济学院院长" in list(restated(NOTE, ["张辉"]))
    assert list(restated(NOTE, ["张辉", "李明"])) == []


@pytest.mark.parametrize(
    ("text", "drafted", "status"),
    [
        (AGED, "2024年我国60岁及以上人口达到3.1亿。", "supported"),
        (AGED, "2024年我国65岁及以上人口为2.2亿。", "supported"),
        (AGED, "2024年我国65岁及以上人口为3.1亿。", "withheld"),
        (AGED, "2024年我国60岁及以上人口达2.2亿。", "withheld"),
        (AGED, "2024年我国60岁及以上人口、65岁及以上人口分别达2.2亿、3.1亿。", "withheld"),
        (NOTE, "张辉是北京大学经济学院院长。", "supported"),
        (NOTE, "张辉是教育部研究中心特约研究员。", "supported"),
        (NOTE, "张辉是清华大学经济学院院长。", "withheld"),
        (NOTE, "张辉不是北京大学经济学院院长。", "withheld"),
        (NOTE, "李明是北京大学经济学院院长。", "withheld"),
    ],
)
def test_what_is_said_again_supports_what_it_says_and_is_cited_from_its_own(
    text: str, drafted: str, status: str
) -> None:
    paragraph = Paragraph("p", "a", "s", text, ((0, len(text)),))
    checker = Checker(lambda _: Article("a", "s", "题", authors=("张辉",)))
    found = checker.check(DraftedSentence(drafted, (1,)), [Evidence(paragraph, 1, 0.9)])
    assert found.status == status
    for citation in found.citations:
        assert text[citation.start : citation.end] == citation.quote
