"""The first paragraphs are put in order by a contextual encoder, where there is one."""

import numpy as np

from rag.config import Settings
from rag.embed.contextual import ContextualEncoder
from rag.retrieve.meaning import LOOKED_AT, describe_meaning, topic_of
from rag.retrieve.retriever import Retriever
from rag.sentences import sentence_spans
from rag.session import open_retriever

QUESTION = "数字经济如何影响消费？"


def test_a_paragraph_is_as_near_as_one_of_its_sentences(seed_settings: Settings, encoder: ContextualEncoder) -> None:
    retriever = open_retriever(seed_settings)
    paragraphs = [e.paragraph for e in retriever.search(QUESTION, 5)]
    found = describe_meaning(QUESTION, paragraphs, retriever.library, retriever.tokens, encoder)
    assert found.shape == (5, 2)
    asked = encoder.encode([QUESTION])[0]
    for p, (own, beside) in zip(paragraphs, found, strict=True):
        sentences = encoder.encode([p.text[a:b] for a, b in sentence_spans(p.text)])
        assert np.abs(sentences @ asked - own).min() < 1e-5
        topic = topic_of(retriever.library, p)
        together = sentences + encoder.encode([topic])[0] * bool(topic)
        together /= np.linalg.norm(together, axis=1, keepdims=True)
        assert np.abs(together @ asked - beside).min() < 1e-5


def test_the_same_paragraphs_come_in_another_order_best_first(
    seed_settings: Settings, encoder: ContextualEncoder
) -> None:
    retriever = open_retriever(seed_settings)
    other = Retriever(retriever.library, retriever.embedder, retriever.tokens, encoder=encoder)
    without, found = retriever.search(QUESTION, LOOKED_AT), other.search(QUESTION, LOOKED_AT)
    assert {e.paragraph.id for e in found} == {e.paragraph.id for e in without}
    assert [e.rank for e in found] == list(range(1, LOOKED_AT + 1))
    scores = [e.score for e in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= s <= 1 for s in scores)
    assert found == other.search(QUESTION, LOOKED_AT)
    assert [e.paragraph.id for e in found] != [e.paragraph.id for e in without]
