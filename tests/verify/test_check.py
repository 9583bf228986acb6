"""A citation says exactly where; a sentence that is not there is withheld."""

import pytest

from rag.markers import DraftedSentence
from rag.schema import Article, Evidence, Paragraph, sub_spans
from rag.verify.check import Checker, cite

ARTICLE = Article("a", "s.txt", "题目", authors=("张辉",))
FIRST = Paragraph("p1", "a", "s.txt", "甲是乙。丙是丁。", ((10, 14), (20, 24)))
SECOND = Paragraph("p2", "a", "s.txt", "戊是己。", ((30, 34),))
EVIDENCE = [Evidence(FIRST, 1, 0.9), Evidence(SECOND, 2, 0.5)]


@pytest.fixture
def checker() -> Checker:
    return Checker(lambda _: ARTICLE)


def test_words_that_stand_there_are_cited_with_their_spans(checker: Checker) -> None:
    sentence = checker.check(DraftedSentence("丙是丁。", (1,)), EVIDENCE)
    (citation,) = sentence.citations
    assert (citation.paragraph, citation.start, citation.end, citation.quote) == ("p1", 4, 8, "丙是丁。")
    assert citation.spans == ((20, 24),)
    assert citation.authors == ("张辉",)


def test_a_quote_across_a_mended_break_has_two_spans() -> None:
    assert cite(FIRST, ARTICLE, 2, 6).spans == ((12, 14), (20, 22))


def test_a_wrong_marker_is_put_right_and_an_invention_is_withheld(checker: Checker) -> None:
    assert checker.check(DraftedSentence("戊是己。", (1, 99)), EVIDENCE).citations[0].paragraph == "p2"
    invented = checker.check(DraftedSentence("戊是庚。", (2,)), EVIDENCE)
    assert (invented.status, invented.citations) == ("withheld", ())


def test_sub_spans_by_hand() -> None:
    spans = ((5, 8), (20, 25))
    assert sub_spans(spans, 0, 8) == spans
    assert sub_spans(spans, 1, 2) == ((6, 7),)
    assert sub_spans(spans, 3, 4) == ((20, 21),)
    assert sub_spans(spans, 4, 4) == ()


@pytest.mark.parametrize("part", ["是丁。", "乙。丙是丁。", "。", "！", ""])
def test_part_of_a_sentence_is_not_what_the_sentence_says(checker: Checker, part: str) -> None:
    assert checker.check(DraftedSentence(part, (1,)), EVIDENCE).status == "withheld"


def test_sentences_in_a_row_are_whole_too(checker: Checker) -> None:
    assert checker.check(DraftedSentence("甲是乙。丙是丁。", (1,)), EVIDENCE).status == "supported"
