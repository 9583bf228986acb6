"""Sentences said again in more words, and what is supported by that."""

import pytest

from rag.markers import DraftedSentence
from rag.schema import Article, Evidence, Paragraph
from rag.text.sentences import sentence_spans
from rag.verify.check import Checker
from rag.verify.restate import restated

AGED = "我国是老龄化较快的国家。2024年我国60岁及以上人口、65岁及以上人口分别达3.1亿、2.2亿。要发展服务。"
NOTE = "（作者系教育部研究中心特约研究员、北京大学经济学院院长）"


def test_each_thing_gets_its_own_value() -> None:
    assert list(restated("煤产量、油产量和电产量分别增长3%、5%和7%，好。")) == [
        "煤产量增长3%，油产量增长5%，电产量增长7%，好。",
        "煤产量增长3%，好。",
        "油产量增长5%，好。",
        "电产量增长7%，好。",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "煤产量、油产量和电产量分别增长3%和5%。",  # not as many values as things
        "去年我国钢铁产量、水泥产量并未分别达到10亿吨、20亿吨。",
        "到2030年，风电装机、光伏装机有望分别达到8亿千瓦、10亿千瓦。",
        "出口额、进口额若分别增长5%、3%，顺差将扩大。",
        "汽车销量、手机销量分别增长30%和20%的说法不属实。",
        "汽车销量、手机销量分别达100万辆、50万辆的目标没有实现。",
        "小张和小李的父亲分别是60岁和58岁。",
        "2024年出口和进口的增速目标分别为5%和3%。",
        "第一产业增加值、第二产业增加值比重分别下降3%、5%。",
    ],
)
def test_what_is_not_surely_meant_is_not_said_again(text: str) -> None:
    assert list(restated(text)) == []


def test_what_only_the_first_begins_with_is_not_given_to_the_others() -> None:
    assert not any("北京上海" in again for again in restated("北京常住人口、上海人口分别达2189万人、2487万人。"))


def test_the_sentences_stay_one_for_one() -> None:
    for text in restated(AGED):
        assert len(sentence_spans(text)) == len(sentence_spans(AGED))


def test_a_note_names_its_author() -> None:
    assert "张辉系北京大学经济学院院长" in list(restated(NOTE, ["张辉"]))
    assert list(restated(NOTE, ["张辉", "李明"])) == []
    joint = "（作者系教育部、科技部联合实验室主任）"
    assert list(restated(joint, ["张辉"])) == ["张辉系教育部、科技部联合实验室主任"]


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
