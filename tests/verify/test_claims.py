"""What a draft says is judged as a sentence: fragments, yes and no are made whole by the question."""

import pytest

from rag.text.folding import fold
from rag.verify.claims import claim_of

EVIDENCE = fold(
    "2024年我国60岁及以上人口、65岁及以上人口分别达3.1亿、2.2亿。国际竞争力位居全球前列。由市医保局负责审核。"
)


@pytest.mark.parametrize(
    ("drafted", "question", "said"),
    [
        ("3.1亿", "2024年我国60岁及以上人口有多少？", "2024年我国60岁及以上人口有3.1亿。"),
        ("全球前列。", "我国船舶工业的国际竞争力处于什么位置？", "我国船舶工业的国际竞争力处于什么位置：全球前列。"),
        ("1. **市医保局**", "谁负责审核？", "市医保局负责审核。"),
        ("根据资料，由市医保局负责审核。", "谁负责审核？", "由市医保局负责审核。"),
        ("According to the passage, it grew.", "Did it?", "it grew."),
        ("可以。", "死亡注销可以邮寄材料吗？", "死亡注销可以邮寄材料。"),
        ("不需要", "需要提交照片吗？", "不需要提交照片。"),
        ("不算", "婚丧假算不算在年休假里？", "婚丧假不算在年休假里。"),
        ("没有", "有没有补贴？", "没有补贴。"),
        ("我国有5亿老人。", "2024年我国60岁及以上人口有多少？", "我国有5亿老人。"),
    ],
)
def test_a_claim_is_whole(drafted: str, question: str, said: str) -> None:
    assert claim_of(drafted, question, EVIDENCE).text == said


def test_without_a_question_a_fragment_stays_one() -> None:
    assert claim_of("3.1亿", "", EVIDENCE).text == "3.1亿"
