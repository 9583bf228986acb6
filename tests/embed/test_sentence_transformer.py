"""Any sentence-transformers model, by the path of one that the test makes."""

from pathlib import Path

import numpy as np
import pytest

from rag.embed.registry import load_embedder
from rag.errors import ModelError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real BERT of two layers with mean pooling and prompts, untrained."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    base = tmp_path_factory.mktemp("bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"问题段落人口经济消费查询文档：", "query", ":"]
    (base / "vocab.txt").write_text("\n".join(dict.fromkeys(words)), encoding="utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    BertModel(config).save_pretrained(base)
    BertTokenizerFast(str(base / "vocab.txt")).save_pretrained(base)
    transformer = Transformer(str(base))
    pooling = Pooling(transformer.get_embedding_dimension())
    model = SentenceTransformer(
        modules=[transformer, pooling], prompts={"query": "查询：", "document": ""}, device="cpu"
    )
    folder = tmp_path_factory.mktemp("model") / "small"
    model.save(str(folder))
    return folder


def test_by_path_with_prompts(model_folder: Path) -> None:
    model = load_embedder(str(model_folder), device="cpu")
    queries = model.encode(["人口", "经济"], kind="query")
    passages = model.encode(["人口", "经济"], kind="passage")
    assert queries.shape == (2, 16) == (2, model.dimension)
    assert queries.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-5)
    assert np.abs(queries - passages).max() > 1e-3  # the query prompt was used
    np.testing.assert_allclose(model.encode(["查询：人口"]), queries[:1], atol=1e-5)
    assert model.encode([]).shape == (0, 16)
    assert model.fingerprint == load_embedder(str(model_folder), device="cpu").fingerprint


def test_a_model_that_is_not_there_says_how_to_get_it() -> None:
    with pytest.raises(ModelError, match="YINJU_DOWNLOAD=1"):
        load_embedder("nobody/no-such-model")
