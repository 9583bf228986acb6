"""What documents state of themselves, in the order in which it is believed."""

from pathlib import Path

import pytest

from rag.ingest.blocks import Fact
from rag.ingest.paragraphs import Ingested, ingest
from rag.ingest.trust import article_fields, marked_title

GAZETTE = """
                     青石县人民政府文件

                       青政发〔2025〕12号

           青石县人民政府关于印发《青石县
         电动自行车管理办法》的通知

各乡镇人民政府，县政府各部门：
    《青石县电动自行车管理办法》已经县政府第
15次常务会议通过，现印发给你们，请认真贯彻执
行。

    附件：1.青石县电动自行车管理办法
          2.充电设施一览表

                              青石县人民政府
                              2025年3月18日

                    — 1 —

         青石县电动自行车管理办法

第一条  为了加强电动自行车管理，保障道路交
通安全，制定本办法。
第二条  本办法自2025年5月1日起施行，有效期
五年。
"""


def read(tmp_path: Path, text: str, name: str = "a.txt") -> Ingested:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return ingest(path, name)


def test_a_notice_and_what_is_attached_to_it(tmp_path: Path) -> None:
    found = read(tmp_path, GAZETTE)
    (article,) = found.articles
    assert article.title == "青石县人民政府关于印发《青石县电动自行车管理办法》的通知"
    assert (article.issuer, article.number, article.place) == ("青石县人民政府", "青政发〔2025〕12号", "青石县")
    assert (article.published, article.in_force, article.date) == ("2025-03-18", "2025-05-01", "2025-03-18")
    by_clause = {p.clause: p for p in found.paragraphs if p.clause}
    assert by_clause["第一条"].section == "青石县电动自行车管理办法"
    listed = next(p for p in found.paragraphs if "充电设施" in p.text)
    assert (listed.kind, listed.section) == ("list_item", "")


@pytest.mark.parametrize(
    ("text", "name", "facts"),
    [
        (
            "# 放假办法\n\n1949年12月23日 政务院发布\n\n2007年12月14日 第二次修订\n\n第一条 放假。\n",
            "放假办法(2013-12-11).md",
            {"published": "1949-12-23", "amended": "2013-12-11", "date": "2013-12-11"},
        ),
        ("# 低保标准\n\n每人每月720元。\n", "低保(2023-01-01).md", {"published": "2023-01-01"}),
        (
            "---\ntitle: 处罚法\ndate: 2021-07-15\n---\n\n第一条 本法自2021年7月15日起施行。\n",
            "处罚法.md",
            {"published": "", "in_force": "2021-07-15"},
        ),
        (
            "云帆数码过会\n2026-06-12 09:28 来源：某经济网\n\n公司名称\n甲乙电子股份有限公司\n2026/6/1\n某甲证券\n",
            "过会.txt",
            {"published": "2026-06-12", "origin": "某经济网", "issuer": ""},
        ),
        (
            "统计公报\n\n县统计局\n国家统计局调查队\n2023年3月28日\n\n全年生产总值262.6亿元，增长4.7%。\n",
            "公报.txt",
            {"published": "2023-03-28", "issuer": "国家统计局调查队"},
        ),
    ],
)
def test_dates_bodies_and_sources(tmp_path: Path, text: str, name: str, facts: dict[str, str]) -> None:
    (article,) = read(tmp_path, text, name).articles
    assert {field: getattr(article, field) for field in facts} == facts


def test_a_known_title_makes_no_title_of_another_line(tmp_path: Path) -> None:
    found = read(tmp_path, "---\ntitle: API Standards\n---\n\nDRAFT - to be discussed\n\nPublish your APIs.\n", "a.md")
    assert found.articles[0].title == "API Standards"
    assert "DRAFT - to be discussed" in [p.text for p in found.paragraphs]


def test_a_lead_in_is_no_address(tmp_path: Path) -> None:
    found = read(tmp_path, "重点工程\n\n今年实施以下工程：\n\n1. 河道清淤；\n\n2. 农村供水。\n")
    assert [(p.kind, p.text) for p in found.paragraphs] == [
        ("body", "今年实施以下工程："), ("list_item", "1. 河道清淤；"), ("list_item", "2. 农村供水。"),
    ]  # fmt: skip
    assert found.paragraphs[1].context == "重点工程 › 今年实施以下工程："


def test_items_without_numbers_know_their_lead_in(tmp_path: Path) -> None:
    lines = "# 举报办法\n\n可以用下列方式举报：\n\n拨打电话；\n\n登录网站；\n\n当面举报。\n\n查实的给予奖励。\n"
    found = read(tmp_path, lines, "a.md")
    assert [p.kind for p in found.paragraphs] == ["body", "list_item", "list_item", "list_item", "body"]


def test_facts_are_believed_in_their_order() -> None:
    facts = [
        Fact("title", "Microsoft Word - 新建", "PDF properties: Title"),
        Fact("title", "关于防汛的通知", "line above the text"),
        Fact("published", "2023-08-16", "html meta PubDate"),
        Fact("written", "2023-05-11", "stated on the page"),
        Fact("signed", "2023-05-10", "below the text"),
    ]
    found = article_fields(facts, "a")
    assert (found["title"], found["published"]) == ("关于防汛的通知", "2023-05-10")
    assert marked_title(facts) == "关于防汛的通知"


def test_a_line_that_is_all_there_is_is_cited(tmp_path: Path) -> None:
    assert [p.text for p in read(tmp_path, "二.1\n", "a.csv").paragraphs] == ["二.1"]
    assert [(p.kind, p.text) for p in read(tmp_path, "第3页\n\n青石县人民政府文件\n").paragraphs]


def test_an_english_sentence_is_no_title(tmp_path: Path) -> None:
    found = read(tmp_path, "The office opens at nine.\n\nIt closes at five.\n", "a.md")
    assert [p.text for p in found.paragraphs] == ["The office opens at nine.", "It closes at five."]
