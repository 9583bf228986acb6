"""`yinju train`: train a static embedding model, or train one further on a library's own paragraphs."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.command import Command
from rag.errors import SourceError, UsageError

if TYPE_CHECKING:
    from rag.embed.train.corpora import PairSet

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "data",
        nargs="+",
        type=Path,
        metavar="DATA",
        help="libraries, whose own paragraphs are learnt from; pairs files (.jsonl); folders of corpora",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the model goes")
    parser.add_argument(
        "--start", metavar="MODEL", help="train this static model further: bundled, or a folder that was trained before"
    )
    parser.add_argument("--pieces", type=int, default=64_000, help="size of a new vocabulary (default 64000)")
    parser.add_argument("--dimension", type=int, default=512, help="length of a new vector (default 512)")
    parser.add_argument("--epochs", type=int, default=3, help="passes over the pairs, first stage (default 3)")
    parser.add_argument("--late-epochs", type=int, default=2, help="passes over the pairs, second stage (default 2)")
    parser.add_argument("--batch", type=int, default=1024, help="pairs in a batch, first stage (default 1024)")
    parser.add_argument("--seed", type=int, default=0, help="seed of all that is drawn by chance (default 0)")


def _run(arguments: argparse.Namespace) -> int:
    for name, least in (("pieces", 100), ("dimension", 8), ("epochs", 1), ("late_epochs", 1), ("batch", 2)):
        if getattr(arguments, name) < least:
            raise UsageError(f"--{name.replace('_', '-')} is {getattr(arguments, name)}: expected {least} or more")
    from rag.embed.registry import static_folder
    from rag.embed.train.recipe import Recipe, train_static_model

    recipe = Recipe(pieces=arguments.pieces, start=static_folder(arguments.start) if arguments.start else None)
    means = replace(
        recipe.means,
        dimension=arguments.dimension,
        epochs=arguments.epochs,
        batch=arguments.batch,
        seed=arguments.seed,
    )
    late = replace(recipe.late, epochs=arguments.late_epochs, seed=arguments.seed)
    sets = [pairs for path in arguments.data for pairs in _pairs(path)]
    for pairs in sets:
        print(f"{pairs.name:20} {len(pairs):8} pairs", file=sys.stderr)
    train_static_model(sets, arguments.out, replace(recipe, means=means, late=late))
    print(f"{arguments.out}: use it with `yinju index --embedder {arguments.out}`")
    return 0


def _pairs(path: Path) -> "list[PairSet]":
    from rag.embed.train.corpora import read_corpora, read_pairs_file
    from rag.embed.train.own import own_pairs
    from rag.index.generations import CURRENT
    from rag.index.library import Library

    if (path / CURRENT).is_file():
        library = Library(path)
        return own_pairs((p, library.article_of(p)) for p in library.paragraphs())
    if path.is_dir():
        return read_corpora(path)
    if path.is_file():
        return [read_pairs_file(path)]
    raise SourceError(f"{path} does not exist: give a library, a folder of corpora or a pairs file (.jsonl)")


COMMAND = Command("train", "train a static embedding model on pairs of texts", _configure, _run)
