"""Slips are mended by the articles' own words, and nothing else is touched."""

from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.retrieve.typos import forgive, of_one_sound
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


@pytest.mark.parametrize("asked", [*QUESTIONS, "张伟是谁？", "量子茶叶怎么泡？", "hello", "人", "😀", "的的的的"])
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
