"""Rerankers: a tiny one that counts, and a real cross-encoder that the test makes."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.assistant import Assistant
from rag.errors import ModelError
from rag.retrieve.rerank import CrossEncoderReranker, Reranker, load_reranker
from rag.retrieve.retriever import Retriever
from tests.conftest import bundled


class ShortestFirst:
    """Likes short paragraphs."""

    def score(self, question: str, paragraphs: Sequence[str]) -> NDArray[np.float32]:
        return np.array([-len(p) for p in paragraphs], dtype=np.float32)


def test_a_reranker_decides_the_order_of_what_was_found(assistant: Assistant) -> None:
    plain = assistant._retriever
    reranked = Retriever(plain.library, plain.embedder, bundled(), ShortestFirst())
    found = reranked.search("人工智能", 5)
    lengths = [len(e.paragraph.text) for e in found]
    assert lengths == sorted(lengths)
    assert [e.rank for e in found] == [1, 2, 3, 4, 5]
    assert {e.paragraph.id for e in reranked.search("人工智能", 39)} == {
        e.paragraph.id for e in plain.search("人工智能", 39)
    }


def test_none_is_none() -> None:
    assert load_reranker("none") is None
    assert isinstance(ShortestFirst(), Reranker)


@pytest.fixture(scope="module")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Make a real BERT cross-encoder of one layer, untrained, with so many labels."""

    def make(labels: int) -> Path:
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

        folder = tmp_path_factory.mktemp("cross")
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"人口经济消费多少"]
        (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
        torch.manual_seed(0)
        config = BertConfig(
            vocab_size=len(words),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=32,
            num_labels=labels,
        )
        BertForSequenceClassification(config).save_pretrained(folder)
        BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
        return folder

    return make


@pytest.mark.slow
def test_a_cross_encoder_by_path(make_model: Callable[[int], Path]) -> None:
    model = load_reranker(str(make_model(1)), device="cpu")
    assert isinstance(model, CrossEncoderReranker)
    scores = model.score("人口多少", ["人口", "经济", "消费"])
    assert scores.shape == (3,)
    assert scores.dtype == np.float32
    assert len(set(scores.tolist())) == 3
    np.testing.assert_allclose(model.score("人口多少", ["经济"]), scores[1:2], atol=1e-5)
    assert model.score("人口", []).shape == (0,)


@pytest.mark.slow
def test_what_is_no_reranker_is_told(make_model: Callable[[int], Path]) -> None:
    with pytest.raises(ModelError, match="gives 3 scores a pair"):
        load_reranker(str(make_model(3)), device="cpu")
    with pytest.raises(ModelError, match=r"can't be loaded .*--reranker none"):
        load_reranker("nobody/no-such-reranker")
