"""The seed page, read by rules alone."""

from collections import Counter

import pytest

from rag.ingest.blocks import Role
from rag.ingest.paragraphs import Ingested, lay_out_file
from tests.conftest import PAGE


def test_three_articles_with_their_facts(page: Ingested) -> None:
    first, second, third = page.articles
    assert first.title == "“人工智能+”赋能现代化产业体系"
    assert first.authors == ("张辉",)
    assert first.column == "习近平经济思想研究"
    assert first.sections == ("立足存量革新提升资源效能", "聚焦增量突破开拓发展空间", "深度融合筑牢产业体系根基")
    assert first.author_note.startswith("（作者系教育部")
    assert third.title == "把握宜居城市建设着力点"
    assert third.authors == ("刘奕",)
    assert third.sections == ("增进民生福祉的内在要求", "找准生活性服务业发展重点")
    assert second.author_note.startswith("【作者系中央党校")


def test_the_lost_headline_is_said_to_be_missing(page: Ingested) -> None:
    article = page.articles[1]
    assert article.title_missing
    assert (article.title, article.authors) == ("数字经济", ("杜庆昊",))
    assert any("headline" in n and "数字经济" in n for n in page.notices)


def test_counts(page: Ingested) -> None:
    assert Counter(p.kind for p in page.paragraphs) == {"body": 35, "quote": 1, "note": 3}
    by_article = Counter(p.article[-1] for p in page.paragraphs if p.kind == "body")
    assert by_article == {"1": 16, "2": 8, "3": 11}


@pytest.mark.parametrize(
    "mended",
    [
        "传统产业的产业链条长、协作环节多",
        "聚焦人工智能基础理论、关键技术",
        "人工智能依托传统产业技术平台",
        "中国式现代化的鲜明特征，也是新时代",
        "生活服务设施像毛细血管一样分布",
        "2024年我国60岁及以上人口、65岁及以上人口分别达3.1亿、2.2亿。",
    ],
)
def test_broken_paragraphs_are_whole_again(page: Ingested, mended: str) -> None:
    (found,) = [p for p in page.paragraphs if mended in p.text]
    assert len(found.spans) == 2


def test_only_the_six_are_mended(page: Ingested) -> None:
    assert sum(len(p.spans) == 2 for p in page.paragraphs if p.kind == "body") == 6


def test_the_pull_quote_stands_alone(page: Ingested) -> None:
    (quote,) = [p for p in page.paragraphs if p.kind == "quote"]
    assert quote.text.startswith("我国数据资源丰富")
    assert (quote.speaker, quote.said_on) == ("习近平总书记", "2025年4月25日")
    assert quote.said_at == "二十届中央政治局第二十次集体学习"


def test_sections_go_with_their_paragraphs(page: Ingested) -> None:
    section = {p.text[:8]: p.section for p in page.paragraphs}
    assert section["人工智能是引领新"] in ("", "聚焦增量突破开拓发展空间")
    assert section["四是提升文化旅游"] == "找准生活性服务业发展重点"
    assert section["消费亦能引领生产"] == ""


def test_every_block_is_accounted_for(page_text: str) -> None:
    laid_out = lay_out_file(PAGE).page
    lines = [line for line in page_text.split("\n") if line.strip()]
    assert [p.block.text for p in laid_out.placed] == lines
    roles = Counter(p.role for p in laid_out.placed)
    assert roles[Role.IMPRINT] == 1
    assert roles[Role.HEADER] == 1
    assert roles[Role.FRAGMENT] == 1


def test_imprint_and_header_are_no_evidence(page: Ingested) -> None:
    assert not [p for p in page.paragraphs if "jrbll" in p.text or p.text == "习近平经济思想研究"]


def test_spans_are_exact(page: Ingested, page_text: str) -> None:
    for p in page.paragraphs:
        assert "".join(page_text[a:b] for a, b in p.spans) == p.text


def test_ids_are_stable_names(page: Ingested) -> None:
    ids = [p.id for p in page.paragraphs]
    assert len(set(ids)) == len(ids)
    assert "000_9bd7b7ee794945c4.937c70c2" in ids  # the paragraph with 3.1亿, as evaluators name it
