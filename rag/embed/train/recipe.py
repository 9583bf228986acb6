"""The whole recipe: pairs → tokenizer → vectors → a folder that sentence-transformers loads, with its card."""

import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rag.embed.static import TRAINING_FACTS, write_static_model
from rag.embed.train.bag import BagSettings, train_bag
from rag.embed.train.corpora import PairSet, read_corpora, read_pairs_file
from rag.embed.train.vocabulary import train_tokenizer
from rag.errors import ModelError, SourceError

__all__ = ["train_static_model"]


def train_static_model(
    data: Sequence[Path], out: Path, settings: BagSettings, *, pieces: int, tokenizer_file: Path | None = None
) -> None:
    """Train on the corpora and pairs files of `data` and write the model into `out`.

    An interrupted run goes on where it was. Raises SourceError when there is nothing to train on, ModelError when
    `out` holds something else.
    """
    from tokenizers import Tokenizer

    there = {p.name for p in out.iterdir()} if out.exists() else set()
    if there and not there & {"tokenizer.json", TRAINING_FACTS}:
        raise ModelError(f"{out} is not empty and holds no model: give a new folder")
    sets = [s for path in data for s in (read_corpora(path) if path.is_dir() else [_pairs(path)])]
    print("\n".join(f"{s.name:20} {len(s):8} pairs" for s in sets), file=sys.stderr)
    out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    kept = tokenizer_file or out / "tokenizer.json"
    if kept.is_file():
        tokenizer_json = kept.read_bytes()
    else:
        print(f"training a tokenizer of {pieces} pieces", file=sys.stderr)
        texts = (text for s in sets for text in (*s.left, *s.right))
        tokenizer_json = train_tokenizer(texts, pieces=pieces, seed=settings.seed)
        kept.write_bytes(tokenizer_json)
    tokenizer = Tokenizer.from_str(tokenizer_json.decode())
    vectors = train_bag(tokenizer, sets, settings, checkpoint=out / "training.checkpoint")
    write_static_model(out, tokenizer_json, vectors)
    facts = {
        "date": datetime.now(UTC).date().isoformat(),
        "minutes": round((time.monotonic() - began) / 60, 1),
        "pieces": tokenizer.get_vocab_size(),
        "settings": {name: getattr(settings, name) for name in settings.__slots__},
        "pairs": {s.name: len(s) for s in sets},
    }
    (out / TRAINING_FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _pairs(path: Path) -> PairSet:
    if not path.is_file():
        raise SourceError(f"{path} does not exist: give a folder of corpora or a pairs file (.jsonl)")
    return read_pairs_file(path)
