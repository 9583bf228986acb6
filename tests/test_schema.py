"""What travels is checked and goes through JSON both ways."""

import json

import pytest

from rag.ingest.paragraphs import Ingested
from rag.schema import Answer, Article, Citation, Paragraph, Sentence, join_sentences


def test_articles_and_paragraphs_go_through_json(page: Ingested) -> None:
    for article in page.articles:
        assert Article.from_json(json.loads(json.dumps(article.to_json()))) == article
    for paragraph in page.paragraphs:
        assert Paragraph.from_json(json.loads(json.dumps(paragraph.to_json()))) == paragraph


CITATION = Citation("p", "题", (), "", "甲乙", 0, 2, "s", ((0, 2),))


def test_contradictions_can_not_be_made() -> None:
    with pytest.raises(ValueError, match="needs a citation"):
        Sentence("甲乙", "supported", 1.0)
    with pytest.raises(ValueError, match="not the quote's length"):
        Citation("p", "题", (), "", "甲乙", 0, 3, "s", ((0, 2),))
    with pytest.raises(ValueError, match="with no sentence that is shown"):
        Answer("问", "问", "answered")
    with pytest.raises(ValueError, match="with a sentence that is shown"):
        Answer("问", "问", "refused", "x", (Sentence("甲乙", "supported", 1.0, (CITATION,)),))
    with pytest.raises(ValueError, match="needs a reason"):
        Answer("问", "问", "refused")
    with pytest.raises(ValueError, match="needs an id and a text"):
        Paragraph("", "a", "s", "x", ())
    with pytest.raises(ValueError, match="half-open"):
        Paragraph("p", "a", "s", "x", ((3, 3),))


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (["It grows.", "It falls."], "It grows. It falls."),
        (["经济增长。", "消费下降。"], "经济增长。消费下降。"),
        (["It grows.", "消费下降。"], "It grows.消费下降。"),
        (["经济增长。", "It falls."], "经济增长。It falls."),
        (["他说：“增长。”", "2024年下降。"], "他说：“增长。”2024年下降。"),
        (["He said: “It grows.”", "“It falls.”"], "He said: “It grows.” “It falls.”"),
        (["（见附件）", "See below."], "（见附件）See below."),
        (["75%", "2024"], "75% 2024"),
        (["“”", "a"], "“” a"),
        ([], ""),
    ],
)
def test_sentences_are_joined_with_a_blank_where_english_needs_one(texts: list[str], joined: str) -> None:
    assert join_sentences(texts) == joined


def test_the_text_of_an_answer_has_blanks_between_english_sentences() -> None:
    cited = Citation("p", "t", (), "", "It grows.", 0, 9, "s", ((0, 9),))
    sentences = [Sentence(text, "supported", 1.0, (cited,)) for text in ("It grows.", "It falls.")]
    assert Answer("q", "q", "answered", sentences=tuple(sentences)).text == "It grows. It falls."
