"""In a shown sentence the reader sees first what was asked for."""

import pytest

from rag.answer.focus import focus_of

AGED = "2024年我国60岁及以上人口、65岁及以上人口分别达3.1亿、2.2亿，占比不断提高。"


@pytest.mark.parametrize(
    ("question", "sentence", "parts"),
    [
        ("2024年新建农村公路多少公里？", "2024年，全镇新建农村公路58公里，投资1.2亿元。", ["58公里"]),
        ("新建农村公路投资多少？", "2024年，全镇新建农村公路58公里，投资1.2亿元。", ["1.2亿元"]),
        ("本条例什么时候施行？", "本条例自2025年6月1日起施行，2020年的同时废止。", ["2025年6月1日"]),
        ("When does it begin?", "Work begins on 2025-06-01.", ["2025-06-01"]),
        ("食品店由谁批准？", "食品店由县市场监管局批准。", []),
        (
            "对不合格的食品店怎么处理？",
            "县市场监管局每年检查食品店两次，不合格的食品店应当停业整顿，整顿后仍不合格的，吊销许可。",
            ["不合格的食品店应当停业整顿"],
        ),
    ],
)
def test_what_is_asked_for_is_marked(question: str, sentence: str, parts: list[str]) -> None:
    assert [sentence[a:b] for a, b in focus_of(question, sentence)] == parts


def test_a_figure_of_the_question_is_no_answer() -> None:
    marked = [AGED[a:b] for a, b in focus_of("2024年我国60岁及以上人口有多少？", AGED)]
    assert "3.1亿" in marked
    assert not {"60", "60岁", "2024"} & set(marked)
