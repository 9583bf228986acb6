"""Training: a tokenizer and vectors from a handful of pairs."""

import json
from pathlib import Path

import numpy as np
import pytest

from rag.embed.static import StaticEmbedder
from rag.embed.train import bag
from rag.embed.train.bag import BagSettings, train_bag
from rag.embed.train.corpora import PairSet, read_corpora, read_pairs_file
from rag.embed.train.recipe import train_static_model
from rag.embed.train.vocabulary import train_tokenizer
from rag.errors import SourceError

pytestmark = pytest.mark.slow

ANIMALS = "cat 猫 dog 狗 horse 马 cow 牛 sheep 羊 chicken 鸡 duck 鸭 pig 猪 fish 鱼 bird 鸟 tiger 虎 snake 蛇".split()
PAIRS = PairSet("animals", [f"the {e} is here" for e in ANIMALS[::2]], [f"{z}在这里呢" for z in ANIMALS[1::2]])
SETTINGS = BagSettings(dimension=16, batch=12, epochs=150, learning_rate=0.05)


def write_pairs(path: Path) -> Path:
    rows = (json.dumps({"en": a, "zh": b}, ensure_ascii=False) for a, b in zip(PAIRS.left, PAIRS.right, strict=True))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tokenizer_json() -> bytes:
    return train_tokenizer([*PAIRS.left, *PAIRS.right] * 5, pieces=90, seed=0)


def test_the_recipe_gives_a_model_that_finds_translations(tmp_path: Path, tokenizer_json: bytes) -> None:
    kept = tmp_path / "kept.json"
    kept.write_bytes(tokenizer_json)
    out = tmp_path / "model"
    train_static_model([write_pairs(tmp_path / "pairs.jsonl")], out, SETTINGS, pieces=90, tokenizer_file=kept)
    model = StaticEmbedder(out)
    scores = model.encode(PAIRS.left) @ model.encode(PAIRS.right).T
    assert (scores.argmax(axis=1) == np.arange(len(PAIRS))).all()
    assert json.loads((out / "training.json").read_text(encoding="utf-8"))["pairs"] == {"pairs": len(PAIRS)}


def test_the_tokenizer_folds(tokenizer_json: bytes) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(tokenizer_json.decode())
    assert tokenizer.encode("馬 ＣＡＴ").ids == tokenizer.encode("马 cat").ids


def test_an_interrupted_run_goes_on_and_ends_the_same(
    tmp_path: Path, tokenizer_json: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(tokenizer_json.decode())
    whole = train_bag(tokenizer, [PAIRS], SETTINGS)
    checkpoint = tmp_path / "checkpoint"
    save, saved = bag._save, []

    def save_and_stop(*arguments: object) -> None:
        save(*arguments)  # type: ignore[arg-type]
        saved.append(arguments)
        if len(saved) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(bag, "_save", save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        train_bag(tokenizer, [PAIRS], SETTINGS, checkpoint)
    monkeypatch.undo()
    resumed = train_bag(tokenizer, [PAIRS], SETTINGS, checkpoint)
    np.testing.assert_allclose(resumed, whole, atol=1e-6)
    assert not checkpoint.exists()


def test_pairs_files_and_folders(tmp_path: Path) -> None:
    assert len(read_pairs_file(write_pairs(tmp_path / "p.jsonl"))) == len(PAIRS)
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"x": 1}\n', encoding="utf-8")
    with pytest.raises(SourceError, match="line 1: expected keys"):
        read_pairs_file(bad)
    with pytest.raises(SourceError, match="no training corpus"):
        read_corpora(tmp_path)
