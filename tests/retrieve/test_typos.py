"""Slips are mended by the articles' own words, and nothing else is touched."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.assistant import Assistant
from rag.index.terms import terms
from rag.retrieve.typos import _one_letter_off, forgive, of_one_sound
from tests.questions import QUESTIONS
from tests.retrieve.test_borders import library_of


@pytest.mark.parametrize(
    ("asked", "mended"),
    [
        ("人工只能是什么样的技术？", "人工智能是什么样的技术？"),
        ("人工只能和技术公关", "人工智能和技术攻关"),
        ("生活性服务页的布局取决于什么", "生活性服务业的布局取决于什么"),
    ],
)
def test_a_character_of_the_same_sound_is_forgiven(assistant: Assistant, asked: str, mended: str) -> None:
    assert forgive(asked, assistant.library.lexical) == mended
    assert assistant.ask(asked).searched_for == mended
    assert assistant.ask(asked).question == asked


@pytest.mark.parametrize(
    "asked", [*QUESTIONS, "张伟是谁？", "量子茶叶怎么泡？", "hello", "人", "😀", "的的的的", "给优势的共享是什么"]
)
def test_what_is_right_or_unknown_stays(assistant: Assistant, asked: str) -> None:
    assert forgive(asked, assistant.library.lexical) == asked


def test_a_letter_is_forgiven(tmp_path: Path) -> None:
    lexical = library_of(tmp_path, ["Artificial intelligence is a technology.", "其他。"]).library.lexical
    assert forgive("What is artifical inteligence?", lexical) == "What is artificial intelligence?"
    assert forgive("What is a quantum?", lexical) == "What is a quantum?"
    assert forgive("technology", lexical) == "technology"


def test_a_word_that_stands_nowhere_together_is_not_made_up(tmp_path: Path) -> None:
    # 工智 and 智能 are there, but in no paragraph together with 人工
    lexical = library_of(tmp_path, ["员工智慧。工智。", "智能。", "人工。"]).library.lexical
    assert forgive("人工只能怎样", lexical) == "人工只能怎样"


def test_characters_of_one_sound_go_both_ways() -> None:
    assert "智" in of_one_sound()["只"]
    assert "只" in of_one_sound()["智"]
    assert "只" not in of_one_sound()["只"]


class Counting:
    """A term index that knows some terms, and counts what it is asked."""

    def __init__(self, held: str = "") -> None:
        self._held = set(held.split())
        self.asked = 0
        self.statistics = self

    def documents(self, term: str) -> int:
        self.asked += 1
        return int(term in self._held)

    def holds_all(self, _terms: object) -> bool:
        self.asked += 1
        return False


def old_word(word: str, lexical: Counting) -> str:
    """Mend a word as it was before words had a bound."""
    if lexical.documents(terms(word)[0]):
        return word
    counts = {other: lexical.documents(terms(other)[0]) for other in _one_letter_off(word.lower())}
    best = max(counts, key=lambda other: (counts[other], other))
    return best if counts[best] else word


KNOWN = "economy growth develop intelligence consum"


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet="economydvlpghrtwsingCE", min_size=6, max_size=9))
@example("economies")
@example("DEVELOPED")
@example("econmy")
@example("growthh")
def test_a_word_is_mended_as_it_was_before_words_had_a_bound(word: str) -> None:
    assert forgive(word, Counting(KNOWN)) == old_word(word, Counting(KNOWN))  # type: ignore[arg-type]


def test_a_word_of_any_length_costs_no_more_than_one_of_forty_letters() -> None:
    neighbours = sum(1 for _ in _one_letter_off("q" * 40))
    for word, most in (("q" * 40, neighbours + 1), ("q" * 41, 1), ("q" * 2000, 1)):
        lexical = Counting()
        assert forgive(word, lexical) == word  # type: ignore[arg-type]
        assert lexical.asked <= most


def test_twenty_words_are_looked_at_and_each_once() -> None:
    lexical = Counting()
    one = sum(1 for _ in _one_letter_off("qqqqqqa"))
    words = [f"qqqqqq{a}{b}"[:8] for a in "abcdefghij" for b in "abcdefghij"]
    assert forgive(" ".join(words * 2), lexical) == " ".join(words * 2)  # type: ignore[arg-type]
    assert lexical.asked <= 20 * 2 * one + len(words)
    assert forgive("econmy " * 100, Counting(KNOWN)) == "economy " * 100  # type: ignore[arg-type]


def test_so_many_characters_are_compared_with_those_of_their_sound() -> None:
    class Knowing(Counting):
        def documents(self, term: str) -> int:
            self.asked += 1
            return int(term != "只能" and term != "工只")  # all others are there, but never together

    lexical = Knowing()
    text = "人工只能" * 500
    assert forgive(text, lexical) == text  # type: ignore[arg-type]
    one = 3 * len(of_one_sound()["只"])
    assert lexical.asked <= 6 * len(text) + 2 * 100 * one
