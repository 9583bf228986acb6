"""A sentence meets what a question names, leaves it open, or breaks it."""

from dataclasses import replace

import pytest

from rag.query.constraints import Candidate, Fit, constraints, origin_of, years_in
from rag.schema import Article
from rag.text.folding import fold


def candidate(
    sentence: str, *, before: str = "", title: str = "报告", newest: tuple[int, int] = (0, 0), **known: str
) -> Candidate:
    article = Article("a", "a.txt", title, **known)
    return Candidate(fold(sentence), fold(before), fold(before + sentence), (fold(title),), origin_of(article, newest))


def fit(question: str, found: Candidate) -> Fit:
    ((constraint,),) = constraints(question)
    return constraint.fit(found)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2024年增长5%", {2024}),
        ("二〇二四年增长5%", {2024}),
        ("2021-2023年增长5%", {2021, 2022, 2023}),
        ("2019至2021年", {2019, 2020, 2021}),
        ("国发〔2023〕5号", set()),
        ("共2024万元", set()),
        ("2024-05-01起施行", {2024}),
        ("in 2024, output grew", {2024}),
        ("规划到2035年", {2035}),
        ("2024版目录", {2024}),
        ("共有2024人", set()),
        ("全长1500米", set()),
    ],
)
def test_years_are_read_in_either_notation(text: str, years: set[int]) -> None:
    assert years_in(text) == years


def test_a_sentence_of_another_places_report_breaks_a_place() -> None:
    question = "四川的粮食产量是多少？"
    assert fit(question, candidate("粮食产量3599万吨。", title="四川省政府工作报告")) is Fit.MET
    assert fit(question, candidate("四川粮食产量3599万吨。", title="年鉴")) is Fit.MET
    assert fit(question, candidate("粮食产量4151万吨。", title="安徽省政府工作报告")) is Fit.BROKEN
    assert fit(question, candidate("粮食产量4151万吨。", title="年鉴")) is Fit.OPEN
    assert fit(question, candidate("粮食产量4151万吨。", title="年鉴", place="安徽省")) is Fit.BROKEN


def test_a_year_is_met_by_the_sentence_or_by_what_it_stands_in() -> None:
    question = "2024年的粮食产量是多少？"
    assert fit(question, candidate("2024年粮食产量3599万吨。")) is Fit.MET
    assert fit(question, candidate("2023年粮食产量3500万吨。")) is Fit.BROKEN
    assert fit(question, candidate("粮食产量3599万吨。", before="2024年，我省丰收。")) is Fit.MET
    assert fit(question, candidate("粮食产量3599万吨。", title="2024年公报")) is Fit.MET
    assert fit(question, candidate("去年粮食产量3599万吨。", title="2025年工作报告")) is Fit.OPEN
    assert fit(question, candidate("粮食产量3599万吨。", title="2022年公报")) is Fit.BROKEN
    assert fit(question, candidate("粮食产量3599万吨。")) is Fit.OPEN


def test_the_level_nearest_to_a_sentence_tells_its_year() -> None:
    question = "2024年的补贴是多少？"
    row = candidate("拖拉机 | 11000", title="2025年补贴标准")
    assert fit(question, row) is Fit.OPEN
    assert fit(question, replace(row, around=("2024年标准", "2025年补贴标准"))) is Fit.MET
    assert fit("2025年的补贴是多少？", replace(row, around=("2024年标准", "2025年补贴标准"))) is Fit.BROKEN


def test_a_sentence_that_begins_with_another_place_is_of_that_place() -> None:
    assert fit("白岭镇的项目由谁负责？", candidate("青石镇的项目由王某负责。")) is Fit.BROKEN
    assert fit("白岭镇的项目由谁负责？", candidate("项目由王某负责。")) is Fit.OPEN
    both = candidate("乙县失业率为15.9%。", before="甲县大学毕业生占六成。", title="乙县就业")
    assert fit("甲县失业率是多少？", both) is Fit.BROKEN


def test_a_state_of_a_document_is_of_the_years_in_which_it_was_the_newest() -> None:
    question = "2015年的罚款是多少？"
    assert fit(question, candidate("处五千元罚款。", newest=(2010, 2018))) is Fit.MET
    assert fit(question, candidate("处一万元罚款。", newest=(2018, 9999))) is Fit.BROKEN


def test_what_a_figure_is_compared_with_is_no_year_of_it() -> None:
    found = candidate("常住人口496.97万人，比2021年减少0.14万人。", title="2022年公报")
    assert fit("2022年的常住人口是多少？", found) is Fit.MET


def test_several_years_or_places_are_sides() -> None:
    ((first, last),) = constraints("2023年和2024年的产量相比如何？")
    assert (first.text, last.text) == ("2023年", "2024年")
    places, years = constraints("2025年四川和江西谁的增速更快？")
    assert [side.text for side in places] == ["四川", "江西"]
    assert [side.text for side in years] == ["2025年"]
