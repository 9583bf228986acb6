"""The bundled model: numpy alone gives what sentence-transformers gives."""

import json
from pathlib import Path

import numpy as np
import pytest

from rag.embed.base import Embedder
from rag.embed.registry import bundled_folder, load_embedder
from rag.embed.static import StaticEmbedder, write_static_model
from rag.errors import ModelError
from tests.conftest import HashingEmbedder

TEXTS = [
    "2024年我国60岁及以上人口有多少？",
    "數字經濟",
    "How many people?",
    "３．１亿",
    "",
    "  ",
    "😀 emoji",
    "一" * 5000,
]


def small_tokenizer() -> bytes:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split

    tokenizer = Tokenizer(WordLevel({"?": 0, "甲": 1, "乙": 2}, unk_token="?"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    return tokenizer.to_str().encode()


def test_it_is_an_embedder_and_small_enough() -> None:
    model = load_embedder()
    assert isinstance(model, Embedder)
    assert isinstance(HashingEmbedder(), Embedder)
    assert sum(p.stat().st_size for p in bundled_folder().rglob("*")) < 40 * 2**20


def test_a_text_is_the_mean_of_its_pieces(tmp_path: Path) -> None:
    vectors = np.array([[0, 0, 1], [8, 0, 0], [0, 6, 0]], dtype=np.float32)
    write_static_model(tmp_path / "m", small_tokenizer(), vectors)
    found = StaticEmbedder(tmp_path / "m").encode(["甲", "甲乙", "甲甲乙乙", ""])
    # (8 + 0) / 2 = 4 and (0 + 6) / 2 = 3, of length 5
    np.testing.assert_allclose(found, [[1, 0, 0], [0.8, 0.6, 0], [0.8, 0.6, 0], [0, 0, 0]], atol=1e-6)


def test_rows_are_unit_and_do_not_depend_on_their_batch() -> None:
    model = load_embedder()
    together = model.encode(TEXTS * 300)
    alone = np.concatenate([model.encode([t]) for t in TEXTS])
    np.testing.assert_array_equal(together[: len(TEXTS)], alone)
    norms = np.linalg.norm(alone, axis=1)
    assert np.all(np.isclose(norms, 1, atol=1e-5) | (norms == 0))
    assert together.dtype == np.float32


def test_traditional_and_full_width_meet_simplified() -> None:
    a, b = load_embedder().encode(["數字經濟如何影響消費", "数字经济如何影响消费"])
    assert a @ b > 0.999


@pytest.mark.slow
def test_sentence_transformers_gives_the_same_vectors() -> None:
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(bundled_folder()), device="cpu", local_files_only=True)
    texts = [t for t in TEXTS if t]
    np.testing.assert_allclose(theirs.encode(texts), load_embedder().encode(texts), atol=1e-5)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"lacks modules.json, model.safetensors, tokenizer.json"):
        StaticEmbedder(tmp_path)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_cut_file_is_an_error_of_ours(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "m"
    write_static_model(folder, small_tokenizer(), np.eye(3, dtype=np.float32))
    (folder / name).write_bytes((folder / name).read_bytes()[:-40])
    with pytest.raises(ModelError, match="can't be read"):
        StaticEmbedder(folder)


def test_the_fingerprint_changes_with_the_vectors(tmp_path: Path) -> None:
    for name, scale in (("a", 1), ("b", 2)):
        write_static_model(tmp_path / name, small_tokenizer(), scale * np.eye(3, dtype=np.float32))
    a, b = (StaticEmbedder(tmp_path / n).fingerprint for n in "ab")
    assert a != b


def test_the_card_says_what_it_was_trained_on() -> None:
    facts = json.loads((bundled_folder() / "training.json").read_text(encoding="utf-8"))
    card = (bundled_folder() / "README.md").read_text(encoding="utf-8")
    assert all(name in card for name in facts["pairs"])
