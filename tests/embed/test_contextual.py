"""The contextual encoder: onnxruntime alone gives what sentence-transformers gives."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag.embed import contextual
from rag.embed.base import Embedder
from rag.embed.contextual import ContextualEncoder, EncoderFiles
from rag.embed.registry import bundled_encoder, load_encoder
from rag.errors import ModelError
from rag.retrieve.meaning import mean_nearness, nearest_pieces

TEXTS = ["公交票价上调3%。", "Bus fares will rise.", "數位經濟", "", " ", "😀", "水" * 500, "老年人有多少？"]


def test_sentence_transformers_gives_the_same_vectors(encoders: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(encoders / "float32"), device="cpu", local_files_only=True)
    model.max_seq_length = 64
    whole = ContextualEncoder(encoders / "float32").encode(TEXTS)
    np.testing.assert_allclose(whole, model.encode(TEXTS), atol=1e-5)
    small = ContextualEncoder(encoders / "int8").encode(TEXTS)
    assert (small * whole).sum(axis=1).min() > 0.98


def test_a_vector_does_not_depend_on_what_it_is_encoded_with(encoders: Path) -> None:
    one, other = ContextualEncoder(encoders / "int8"), ContextualEncoder(encoders / "int8")
    alone = np.concatenate([one.encode([t]) for t in TEXTS])
    np.testing.assert_array_equal(other.encode(TEXTS), alone)
    np.testing.assert_array_equal(one.encode([*TEXTS, *TEXTS])[len(TEXTS) :], alone)  # known by now
    np.testing.assert_allclose(np.linalg.norm(alone, axis=1), 1, atol=1e-5)
    assert one.encode([]).shape == (0, 32)


def test_many_threads_share_it_and_it_keeps_the_newest_texts(encoders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contextual, "_KEPT", 12)
    model = ContextualEncoder(encoders / "int8")
    right = ContextualEncoder(encoders / "int8").encode(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: model.encode(TEXTS), range(16)):
            np.testing.assert_array_equal(found, right)
    kept = [len(encoded.pieces) for encoded in model._texts.values()]
    assert sum(kept) == model._pieces_kept <= 12
    assert list(model._texts)[-1] == TEXTS[-1]


def test_a_text_is_encoded_piece_by_piece(encoders: Path) -> None:
    whole, empty = ContextualEncoder(encoders / "float32").encode_pieces(["公交票价上调3%。", ""])
    assert whole.pieces.shape == (len(whole.says), 32)
    assert not whole.says[-1]  # 。
    assert whole.says[0]
    np.testing.assert_allclose(np.linalg.norm(whole.pieces.astype(np.float32), axis=1), 1, atol=2e-3)
    assert empty.pieces.shape == (0, 32)


@pytest.mark.parametrize("name", [EncoderFiles().model, EncoderFiles().tokenizer])
def test_a_missing_or_broken_file_is_named(encoders: Path, tmp_path: Path, name: str) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(encoders / "int8", broken)
    (broken / name).write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"can't be read.*--encoder none"):
        ContextualEncoder(broken)
    (broken / name).unlink()
    with pytest.raises(ModelError, match=f"lacks {name}.*--encoder none"):
        ContextualEncoder(broken)


def test_it_is_an_embedder_and_there_is_none_if_so_wanted(encoders: Path) -> None:
    assert isinstance(load_encoder(str(encoders / "int8")), Embedder)
    assert load_encoder("none") is None


def test_the_bundled_one_knows_what_means_the_same() -> None:
    model = load_encoder()
    assert model is not None
    chinese = ["公交票价上调3%。", "我国60岁及以上人口达到3.1亿。", "法院驳回了他的上诉。", "今年夏天雨水特别多。"]
    english = [
        "Bus fares will rise by 3 percent.",
        "310 million people are 60 or older.",
        "The court dismissed his appeal.",
        "It rained a great deal this summer.",
    ]
    other = ["坐公交车要多花多少钱？", "老年人有多少？", "他输了官司吗？", "这个季节的天气怎么样？"]
    vectors = model.encode(chinese)
    for texts in (english, other):
        assert (model.encode(texts) @ vectors.T).argmax(axis=1).tolist() == [0, 1, 2, 3]
    late = [mean_nearness(nearest_pieces(q, model.encode_pieces(chinese))) for q in model.encode_pieces(english)]
    assert [int(found.argmax()) for found in late] == [0, 1, 2, 3]


def test_the_bundled_one_is_small() -> None:
    assert sum(p.stat().st_size for p in bundled_encoder().rglob("*") if p.is_file()) < 40e6
    assert (bundled_encoder() / "README.md").is_file()
