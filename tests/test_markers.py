"""Drafts as they stream."""

from hypothesis import given
from hypothesis import strategies as st

from rag.markers import DraftedSentence, drafted_sentences, escaped, marker


def read(*pieces: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(d.text, d.ranks) for d in drafted_sentences(pieces)]


def test_markers_go_with_the_sentence_before_them() -> None:
    assert read("甲是乙。[1]丙是丁。[2][3]\n戊。") == [("甲是乙。", (1,)), ("丙是丁。", (2, 3)), ("戊。", ())]


def test_markers_before_the_mark_count_too() -> None:
    assert read("甲是乙[1]。丙 [2] [2]。") == [("甲是乙。", (1,)), ("丙。", (2,))]


def test_a_line_that_ends_in_a_marker_ends_its_sentence() -> None:
    assert read("（作者系甲）[1]\n（作者系乙）[2]\n") == [("（作者系甲）", (1,)), ("（作者系乙）", (2,))]


def test_a_sentence_comes_once_the_next_has_begun() -> None:
    stream = drafted_sentences(iter(["甲是乙。[1]", "丙", "是丁。"]))
    assert next(stream) == DraftedSentence("甲是乙。", (1,))


@given(st.lists(st.integers(0, 60), max_size=8))
def test_how_it_was_cut_makes_no_difference(cuts: list[int]) -> None:
    text = "甲是乙。[1][2]丙有3.5亿[3]。他说：“好。行吗？”[10]完了。[4] 末句[5]\n（注）[6]"
    places = sorted({min(c, len(text)) for c in cuts})
    pieces = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    assert read(*pieces) == read(text)


def test_a_note_mark_of_the_article_is_no_marker() -> None:
    own = ["[2] 青年失业率降至14.2%。", "失业率为5.1%[3]。", "见[12]和[7]。"]
    for sentence in own:
        (found,) = drafted_sentences([f"{escaped(sentence)}{marker(1)}\n"])
        assert found == DraftedSentence(sentence, (1,))
