"""When a document was passed, published, amended and put in force, as its text says it."""

import pytest

from rag.ingest.states import is_history, stated_in_history, stated_in_text


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        (
            "（1996年3月17日第八届大会第四次会议通过 根据2009年8月27日常务委员会第十次会议《关于修改部分法律的决定》"
            "第一次修正 2021年1月22日常务委员会第二十五次会议修订）",
            [("passed", "1996-03-17"), ("amended", "2009-08-27"), ("amended", "2021-01-22")],
        ),
        (
            "2025年3月17日 中华人民共和国国务院令第802号修订）",
            [("amended", "2025-03-17"), ("number", "中华人民共和国国务院令第802号")],
        ),
        (
            "（2011年4月18日环境保护部令第17号公布 自2011年5月1日起施行）",
            [
                ("published", "2011-04-18"),
                ("issuer", "环境保护部"),
                ("number", "环境保护部令第17号"),
                ("in_force", "2011-05-01"),
            ],
        ),
        ("2014-09-23发布 2015-01-01实施", [("published", "2014-09-23"), ("in_force", "2015-01-01")]),
        (
            "(Adopted at the Fifth Session and promulgated on December 4, 1982; amended in accordance with the "
            "Amendment adopted at the First Session on April 12, 1988)",
            [("passed", "1982-12-04"), ("published", "1982-12-04"), ("amended", "1988-04-12")],
        ),
    ],
)
def test_lines_below_a_title(line: str, facts: list[tuple[str, str]]) -> None:
    assert is_history(line)
    assert [(f.name, f.value) for f in stated_in_history(line)] == facts


@pytest.mark.parametrize(
    "line",
    [
        "2024年，全县新建公路86公里。",
        "会议通过了2024年工作计划。下一步抓好落实。",
        "望川市政府新闻办11月30日通报",
        "2024年3月5日",
        "全县2024年3月5日召开的会议上，代表们提出了修改意见。各部门要认真研究。",
    ],
)
def test_running_text_is_no_history(line: str) -> None:
    assert not is_history(line)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("第三十七条 本条例自2025年6月1日起施行。", [("in_force", "2025-06-01")]),
        ("本办法自发布之日起施行。", [("in_force", "")]),
        (
            "本办法自 2024 年 3 月 1 日起施行，《青石县电动车办法》（青政发〔2010〕1号）同时废止。",
            [("in_force", "2024-03-01"), ("repeals", "青石县电动车办法")],
        ),
        ("本标准环境保护部2011年11月14日批准。", [("passed", "2011-11-14")]),
        ("自2025年6月1日起，他负责这项工作。", []),
        ("公司自2020年9月1日起施行弹性工作制。", []),
    ],
)
def test_the_last_article_says_when_it_holds(text: str, facts: list[tuple[str, str]]) -> None:
    assert [(f.name, f.value) for f in stated_in_text([text])] == facts
