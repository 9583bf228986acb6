"""Training: a tokenizer and vectors from a handful of pairs."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.embed.registry import load_embedder
from rag.embed.static import StaticEmbedder, write_static_model
from rag.embed.train import loop
from rag.embed.train.bag import BagSettings, train_bag
from rag.embed.train.batches import encode, schedule
from rag.embed.train.corpora import PairSet, read_corpora, read_pairs_file
from rag.embed.train.held_out import split
from rag.embed.train.late import LateSettings, train_late
from rag.embed.train.own import own_pairs, probe
from rag.embed.train.recipe import Recipe, train_static_model
from rag.embed.train.vocabulary import train_tokenizer
from rag.errors import SourceError
from rag.index.pieces import TextPieces
from rag.retrieve.late import late_interaction
from rag.schema import Article, Paragraph

pytestmark = pytest.mark.slow

ANIMALS = "cat 猫 dog 狗 horse 马 cow 牛 sheep 羊 chicken 鸡 duck 鸭 pig 猪 fish 鱼 bird 鸟 tiger 虎 snake 蛇".split()
PAIRS = PairSet("animals", [f"the {e} is here" for e in ANIMALS[::2]], [f"{z}在这里呢" for z in ANIMALS[1::2]])
ARTICLE = Article("a", "s", "动物园里的动物")
RECIPE = Recipe(
    pieces=90,
    means=BagSettings(dimension=16, batch=12, epochs=150, learning_rate=0.05),
    late=LateSettings(batch=12, epochs=30),
)


def write_pairs(path: Path) -> Path:
    rows = (json.dumps({"en": a, "zh": b}, ensure_ascii=False) for a, b in zip(PAIRS.left, PAIRS.right, strict=True))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tokenizer_json() -> bytes:
    return train_tokenizer([*PAIRS.left, *PAIRS.right] * 5, pieces=90, seed=0)


def test_the_recipe_gives_a_model_that_finds_translations(tmp_path: Path, tokenizer_json: bytes) -> None:
    out = tmp_path / "model"
    out.mkdir()
    (out / "tokenizer.json").write_bytes(tokenizer_json)
    train_static_model([read_pairs_file(write_pairs(tmp_path / "pairs.jsonl"))], out, RECIPE)
    model = load_embedder(str(out))
    assert isinstance(model, StaticEmbedder)
    scores = model.encode(PAIRS.left) @ model.encode(PAIRS.right).T
    assert (scores.argmax(axis=1) == np.arange(len(PAIRS))).all()
    facts = json.loads((out / "training.json").read_text(encoding="utf-8"))
    assert facts["pairs"] == {"pairs": len(PAIRS)}
    assert sorted(p.name for p in out.iterdir()) == [
        "1_Normalize",
        "model.safetensors",
        "modules.json",
        "tokenizer.json",
        "training.json",
    ]


def test_a_model_is_trained_further_on_a_library(tmp_path: Path, tokenizer_json: bytes) -> None:
    start = tmp_path / "start"
    start.mkdir()
    (start / "tokenizer.json").write_bytes(tokenizer_json)
    train_static_model([PAIRS], start, RECIPE)
    texts = [
        f"{left}的地方，这是一个很长的句子，真的是很长。{right}在这里呢，这也是一个长句子，也真的是很长。"
        for left, right in zip(ANIMALS[1::2], ANIMALS[3::2], strict=False)
    ]
    paragraphs = [(Paragraph(str(n), "a", "s", text, ((0, 1),)), ARTICLE) for n, text in enumerate(texts)]
    sets = own_pairs(paragraphs)
    assert len(probe((p for p, _ in paragraphs), 3)) <= 3
    assert [(s.name, len(s) > 0, s.symmetric) for s in sets] == [
        ("own headings", True, False),
        ("own sentences", True, False),
        ("own neighbours", True, True),
    ]
    out = tmp_path / "further"
    train_static_model(sets, out, replace(RECIPE, start=start))
    assert (out / "tokenizer.json").read_bytes() == tokenizer_json
    before, after = StaticEmbedder(start), StaticEmbedder(out)
    assert before.fingerprint != after.fingerprint
    assert before.table().shape == after.table().shape


def test_kept_out_pairs_are_not_trained_on() -> None:
    pairs = PairSet("many", [f"左{n}" for n in range(1000)], [f"右{n}" for n in range(1000)])
    (train,), (kept,) = split([pairs])
    assert 5 < len(kept) < 60
    assert len(train) + len(kept) == 1000
    assert not set(train.left) & set(kept.left)


def test_pairs_that_are_alike_share_a_batch_and_a_seed_decides(tokenizer_json: bytes) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(tokenizer_json.decode())
    pairs = encode(tokenizer, PairSet("two kinds", ["cat"] * 8 + ["dog"] * 8, ["猫"] * 8 + ["狗"] * 8), 10)
    table = np.random.default_rng(1).normal(size=(tokenizer.get_vocab_size(), 8)).astype(np.float32)
    drawn = [list(schedule([pairs], batch=8, epochs=2, seed=0, alike=table)) for _ in range(2)]
    assert all((a[1] == b[1]).all() for a, b in zip(*drawn, strict=True))
    assert sorted(np.concatenate([rows for _, rows in drawn[0][:2]]).tolist()) == list(range(16))
    assert any(len({pairs.right_key[n] for n in rows}) == 1 for _, rows in drawn[0])
    assert sum(len(rows) for _, rows in schedule([pairs], batch=4, epochs=1, seed=0, most=6)) == 6


def test_the_tokenizer_folds(tokenizer_json: bytes) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(tokenizer_json.decode())
    assert tokenizer.encode("馬 ＣＡＴ").ids == tokenizer.encode("马 cat").ids


def test_an_interrupted_run_goes_on_and_ends_the_same(
    tmp_path: Path, tokenizer_json: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(tokenizer_json.decode())
    whole = train_bag(tokenizer, [PAIRS], RECIPE.means)
    checkpoint = tmp_path / "checkpoint"
    save, saved = loop._save, []

    def save_and_stop(*arguments: object) -> None:
        save(*arguments)  # type: ignore[arg-type]
        saved.append(arguments)
        if len(saved) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(loop, "_save", save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        train_bag(tokenizer, [PAIRS], RECIPE.means, checkpoint)
    monkeypatch.setattr(loop, "_save", lambda *arguments: (saved.append(arguments), save(*arguments)))
    resumed = train_bag(tokenizer, [PAIRS], RECIPE.means, checkpoint)
    steps = [arguments[-1] for arguments in saved]
    assert steps == sorted(set(steps)), "a step was trained twice"
    np.testing.assert_allclose(resumed, whole, atol=1e-6)
    np.testing.assert_array_equal(train_bag(tokenizer, [PAIRS], RECIPE.means, checkpoint), resumed)


def test_the_second_stage_brings_matching_pieces_together(tmp_path: Path, tokenizer_json: bytes) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(tokenizer_json.decode())
    table = np.random.default_rng(0).normal(size=(tokenizer.get_vocab_size(), 16)).astype(np.float32)
    trained = train_late(tokenizer, [PAIRS], table, replace(RECIPE.late, epochs=200, learning_rate=0.05))

    def right_first(vectors: NDArray[np.float32], name: str) -> float:
        write_static_model(tmp_path / name, tokenizer_json, vectors)
        model = StaticEmbedder(tmp_path / name)
        held = [TextPieces(pieces, 0) for pieces in model.pieces(PAIRS.right)]
        best = [late_interaction(model, left, held)[:, 0].argmax() for left in PAIRS.left]
        return float(np.mean(best == np.arange(len(PAIRS))))

    assert right_first(table, "before") < 0.5
    assert right_first(trained, "after") > 0.9


def test_pairs_files_and_folders(tmp_path: Path) -> None:
    assert len(read_pairs_file(write_pairs(tmp_path / "p.jsonl"))) == len(PAIRS)
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"x": 1}\n', encoding="utf-8")
    with pytest.raises(SourceError, match="line 1: expected two texts"):
        read_pairs_file(bad)
    bad.write_text('{"a": "一", "b": 2.5}\n', encoding="utf-8")
    with pytest.raises(SourceError, match="line 1: expected two texts"):
        read_pairs_file(bad)
    bad.write_bytes(b"\xff\xfe{")
    with pytest.raises(SourceError, match="can't be read as UTF-8"):
        read_pairs_file(bad)
    with pytest.raises(SourceError, match="no training corpus"):
        read_corpora(tmp_path)
