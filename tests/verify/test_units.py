"""Units: everything that says something is one, with its exact place; nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.verify.align import align
from rag.verify.units import clauses, units


def forms(text: str) -> list[str]:
    return [u.form for u in units(text)]


def test_characters_words_and_numbers() -> None:
    assert forms("约３.1亿，AI cities") == ["约", "310000000", "ai", "city"]
    assert [u.kind for u in units("约3.1亿AI")] == ["han", "number", "word"]


def test_numbers_in_any_figures_are_one_form() -> None:
    assert forms("百分之七十五") == forms("75%") == forms("75 percent") == ["75%"]
    assert forms("310 million") == forms("3.1亿") == ["310000000"]


def test_clauses_and_lists() -> None:
    parts = [[u.form for u in part] for part in clauses(units("甲、乙，丙；丁。"))]
    assert parts == [["甲", "乙"], ["丙"], ["丁"]]
    assert [u.listed for u in units("甲、乙")] == [False, True]


@given(st.text(max_size=60))
def test_units_stand_in_their_text_in_order(text: str) -> None:
    at = 0
    for unit in units(text):
        assert at <= unit.start < unit.end <= len(text)
        at = unit.start


def test_an_alignment_tells_what_was_replaced_dropped_and_added() -> None:
    source, clause = units("甲公司在2024年收购了乙公司"), units("甲公司在2023年收购乙公司")
    found = align(source, clause)
    edits = [("".join(u.form for u in e.source), "".join(u.form for u in e.clause)) for e in found.edits]
    assert edits == [("2024", "2023"), ("了", "")]
    assert len(found.matched) == len(clause) - 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("邻里中心、书房和健康小屋", "邻里中心、书房、健康小屋"),
        ("人口达到3.1亿", "人口为3.1亿"),
        ("服务业是指一种活动", "服务业指的是一种活动"),
        ("由于下雨", "因为下雨"),
    ],
)
def test_words_that_say_the_same_have_one_form(one: str, other: str) -> None:
    assert [(u.form, u.listed) for u in units(one)] == [(u.form, u.listed) for u in units(other)]


def test_a_joining_word_inside_another_word_stays() -> None:
    assert "".join(u.form for u in units("共和国涉及参与和平")) == "共和国涉及参与和平"
