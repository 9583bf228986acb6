"""`yinju train`: train a static embedding model."""

import argparse
from pathlib import Path

from rag.command import Command
from rag.errors import UsageError

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "data", nargs="+", type=Path, metavar="DATA", help="a folder of corpora, or pairs files (.jsonl)"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the model goes")
    parser.add_argument(
        "--tokenizer", type=Path, metavar="FILE", help="a tokenizer.json to use instead of training one"
    )
    parser.add_argument("--pieces", type=int, default=32_000, help="size of the vocabulary (default 32000)")
    parser.add_argument("--dimension", type=int, default=256, help="length of a vector (default 256)")
    parser.add_argument("--epochs", type=int, default=2, help="passes over the pairs (default 2)")
    parser.add_argument("--batch", type=int, default=1024, help="pairs in a batch (default 1024)")
    parser.add_argument("--seed", type=int, default=0, help="seed of all that is drawn by chance (default 0)")


def _run(arguments: argparse.Namespace) -> int:
    for name, least in (("pieces", 100), ("dimension", 8), ("epochs", 1), ("batch", 2)):
        if getattr(arguments, name) < least:
            raise UsageError(f"--{name} is {getattr(arguments, name)}: expected {least} or more")
    from rag.embed.train.bag import BagSettings
    from rag.embed.train.recipe import train_static_model

    settings = BagSettings(
        dimension=arguments.dimension, epochs=arguments.epochs, batch=arguments.batch, seed=arguments.seed
    )
    train_static_model(
        arguments.data, arguments.out, settings, pieces=arguments.pieces, tokenizer_file=arguments.tokenizer
    )
    return 0


COMMAND = Command("train", "train a static embedding model on pairs of texts", _configure, _run)
