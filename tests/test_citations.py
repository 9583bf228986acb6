"""Every citation of fifty questions leads to its exact words in the source."""

import json

from rag.assistant import Assistant
from tests.questions import QUESTIONS


def test_every_citation_is_exact(assistant: Assistant, page_text: str) -> None:
    paragraphs = {p.id: p.text for p in assistant.library.paragraphs()}
    checked = 0
    for question in QUESTIONS:
        answer = json.loads(json.dumps(assistant.ask(question).to_json()))
        for sentence in answer["sentences"]:
            assert sentence["status"] == "supported"
            assert sentence["citations"]
            for c in sentence["citations"]:
                assert paragraphs[c["paragraph"]][c["start"] : c["end"]] == c["quote"] == sentence["text"]
                assert "".join(page_text[a:b] for a, b in c["spans"]) == c["quote"]
                assert c["source"] == "000_9bd7b7ee794945c4.txt"
                checked += 1
    assert len(QUESTIONS) == 50
    assert checked >= 60


def test_a_quote_across_a_column_break_has_two_spans(assistant: Assistant, page_text: str) -> None:
    answer = assistant.ask("2024年我国60岁及以上人口有多少？")
    (citation,) = answer.sentences[0].citations
    assert "3.1亿" in citation.quote
    assert len(citation.spans) == 2
    assert "".join(page_text[a:b] for a, b in citation.spans) == citation.quote


def test_few_of_the_answerable_are_refused(assistant: Assistant) -> None:
    refused = [q for q in QUESTIONS if assistant.ask(q).status == "refused"]
    assert len(refused) <= 2, refused
