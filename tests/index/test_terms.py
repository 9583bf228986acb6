"""Terms of texts and questions."""

from hypothesis import given
from hypothesis import strategies as st

from rag.index.terms import content_terms, query_terms, terms
from rag.text.folding import fold


def test_characters_pairs_words_and_numbers() -> None:
    assert terms("人口3.1亿") == ["人", "口", "人口", "3.1", "亿", "310000000"]
    assert terms("AI+就业，75%") == ["ai", "就", "业", "就业", "75%"]


def test_scripts_that_touch_are_cut_apart() -> None:
    assert terms("让Sky几乎") == ["让", "sky", "几", "乎", "几乎"]
    assert terms("AI赋能经济") == ["ai", *terms("赋能经济")]


def test_words_with_figures_are_found_whole_and_in_parts() -> None:
    assert terms("Internet2") == ["internet2", "internet", "2"]
    assert terms("5G网") == ["5g", "5", "g", "网"]
    assert content_terms("5G") == ["5g"]


def test_traditional_full_width_and_case_meet() -> None:
    assert terms("數字經濟ＡＩ") == terms("数字经济ai")


def test_content_terms_leave_question_words_out() -> None:
    assert content_terms("刘奕是谁？") == ["刘奕"]
    assert content_terms("2024年我国60岁及以上人口有多少？") == ["2024", "年我", "我国", "60", "岁", "上人", "人口"]
    assert content_terms("What is the population?") == ["population"]
    assert content_terms("什么是什么？") == []


def test_function_words_of_english_are_not_searched_for() -> None:
    assert query_terms("What is the population of 上海?") == ["population", "上", "海", "上海"]


def test_numbers_in_words_meet_figures() -> None:
    assert "75%" in set(terms("百分之七十五")) & set(terms("75%"))
    assert "310000000" in set(terms("三亿一千万")) & set(terms("3.1亿"))
    assert terms("2024年").count("2024") == 1


def test_english_words_meet_by_their_stem() -> None:
    assert terms("cities growing") == ["city", "grow"] == terms("City grows")[:2]
    assert terms("class news this") == ["class", "news", "this"]


@given(st.text(max_size=50))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert terms(fold(text)) == terms(text)
