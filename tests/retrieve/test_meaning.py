"""The first paragraphs are put in order by a contextual encoder, where there is one."""

import numpy as np

from rag.config import Settings
from rag.embed.contextual import ContextualEncoder
from rag.retrieve.meaning import (
    LOOKED_AT,
    MEETINGS,
    describe_meaning,
    encoded_topics,
    nearest_pieces,
    topic_of,
)
from rag.retrieve.retriever import Retriever
from rag.session import open_retriever
from rag.text.sentences import sentence_spans

QUESTION = "数字经济如何影响消费？"


def test_a_paragraph_is_as_near_as_one_of_its_sentences(seed_settings: Settings, encoder: ContextualEncoder) -> None:
    retriever = open_retriever(seed_settings)
    paragraphs = [e.paragraph for e in retriever.search(QUESTION, 5)]
    found = describe_meaning(QUESTION, paragraphs, retriever.library, retriever.tokens, encoder)
    assert found.shape == (5, len(MEETINGS))
    asked = encoder.encode_pieces([QUESTION])[0]
    for p, (own, beside, late, whole) in zip(paragraphs, found, strict=True):
        sentences = encoder.encode_pieces([p.text[a:b] for a, b in sentence_spans(p.text)])
        vectors = np.stack([s.vector for s in sentences])
        assert np.abs(vectors @ asked.vector - own).min() < 1e-5
        topic = encoded_topics([topic_of(retriever.library, p)], encoder)[0]
        together = vectors + topic.vector
        together /= np.linalg.norm(together, axis=1, keepdims=True)
        assert np.abs(together @ asked.vector - beside).min() < 1e-5
        near = np.maximum(nearest_pieces(asked, sentences), nearest_pieces(asked, [topic]))
        assert np.abs(near.mean(axis=0) - late).min() < 1e-5
        assert late - 1e-5 <= whole <= near.max(axis=1).mean() + 1e-5


def test_each_piece_that_says_something_looks_for_the_nearest_one(encoder: ContextualEncoder) -> None:
    asked, same, other, nothing = encoder.encode_pieces(["数字经济？", "数字经济？", "消费", ""])
    near = nearest_pieces(asked, [same, nothing, other])
    assert near.shape == (int(asked.says.sum()), 3)
    assert asked.says.sum() < len(asked.says)  # not the question mark
    np.testing.assert_allclose(near[:, 0], 1, atol=2e-3)
    np.testing.assert_array_equal(near[:, 1], 0)
    by_hand = asked.pieces[asked.says].astype(np.float32) @ other.pieces.astype(np.float32).T
    np.testing.assert_allclose(near[:, 2], by_hand.max(axis=1), atol=1e-5)
    only_marks = encoder.encode_pieces(["？！"])[0]
    assert len(nearest_pieces(only_marks, [same])) == len(only_marks.pieces)
    assert nearest_pieces(nothing, [same]).shape == (0, 1)


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
