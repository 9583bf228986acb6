"""The whole recipe: pairs → tokenizer → vectors, in two stages → a folder that sentence-transformers loads."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rag.embed.static import TRAINING_FACTS, StaticEmbedder, StaticFiles, write_static_model
from rag.embed.train.bag import BagSettings, train_bag
from rag.embed.train.corpora import PairSet
from rag.embed.train.held_out import hit_rates, split
from rag.embed.train.late import LateSettings, train_late
from rag.embed.train.vocabulary import train_tokenizer
from rag.errors import ModelError, SourceError

__all__ = ["Recipe", "train_static_model"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is trained, and how. With `start`, a static model's folder, its pieces and vectors are trained further."""

    pieces: int = 64_000
    means: BagSettings = field(default_factory=BagSettings)
    late: LateSettings = field(default_factory=LateSettings)
    start: Path | None = None


def train_static_model(sets: Sequence[PairSet], out: Path, recipe: Recipe) -> None:
    """Train on `sets` and write the model into `out`, with `training.json`: settings, counts, and what it reaches.

    What it reaches is measured on pairs kept out of the training. An interrupted run goes on where it was. Raises
    SourceError when there is nothing to train on, ModelError when `out` holds something else.
    """
    from tokenizers import Tokenizer

    there = {p.name for p in out.iterdir()} if out.exists() else set()
    if there and not there & {StaticFiles().tokenizer, TRAINING_FACTS}:
        raise ModelError(f"{out} is not empty and holds no model: give a new folder")
    sets = [s for s in sets if len(s) > 1]
    if not sets:
        raise SourceError("fewer than two pairs to train on: give more articles, or a pairs file (.jsonl)")
    train, kept = split(sets)
    out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    tokenizer_json = _tokenizer(train, out, recipe)
    tokenizer = Tokenizer.from_str(tokenizer_json.decode())
    if recipe.start:
        vectors = StaticEmbedder(recipe.start).table()
    else:
        vectors = train_bag(tokenizer, train, recipe.means, out / "means.checkpoint")
    vectors = train_late(tokenizer, train, vectors, recipe.late, out / "late.checkpoint")
    write_static_model(out, tokenizer_json, vectors)
    reached = hit_rates(StaticEmbedder(out), kept)
    before = hit_rates(StaticEmbedder(recipe.start), kept) if recipe.start else {}
    facts = {
        "date": datetime.now(UTC).date().isoformat(),
        "minutes": round((time.monotonic() - began) / 60, 1),
        "start": recipe.start.name if recipe.start else "",
        "pieces": tokenizer.get_vocab_size(),
        "dimension": int(vectors.shape[1]),
        "means": {} if recipe.start else asdict(recipe.means),
        "late": asdict(recipe.late),
        "pairs": {s.name: len(s) for s in train},
        "hit_rates": reached,
        "hit_rates_before": before,
    }
    (out / TRAINING_FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    for name in ("means.checkpoint", "late.checkpoint"):
        (out / name).unlink(missing_ok=True)
    print("right text first, among pairs kept out of the training:", file=sys.stderr)
    for name, rate in reached.items():
        print(f"{name:20} {rate:.3f}" + (f"  (before: {before[name]:.3f})" if name in before else ""), file=sys.stderr)


def _tokenizer(sets: Sequence[PairSet], out: Path, recipe: Recipe) -> bytes:
    kept = (recipe.start or out) / StaticFiles().tokenizer
    if kept.is_file():
        return kept.read_bytes()
    if recipe.start:
        raise ModelError(f"{recipe.start} holds no static model: give a folder that `yinju train` wrote")
    print(f"training a tokenizer of {recipe.pieces} pieces", file=sys.stderr)
    texts = (text for s in sets for text in (*s.left, *s.right))
    made = train_tokenizer(texts, pieces=recipe.pieces, seed=recipe.means.seed)
    kept.write_bytes(made)
    return made
