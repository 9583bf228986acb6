"""Pairs cut into pieces, and the batches that a stage of the training draws from them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.embed.train.corpora import PairSet

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Encoded", "encode", "schedule"]

_MOST_AGAIN = 4

Ids = NDArray[np.int32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A set of pairs as piece ids; equal keys are equal texts."""

    name: str
    left: list[Ids]
    right: list[Ids]
    left_key: Rows
    right_key: Rows
    symmetric: bool

    def __len__(self) -> int:
        return len(self.left)

    def same(self, rows: Rows) -> NDArray[np.bool_]:
        """Tell which pairs of a batch share a text, (n, n) bool: they are no negatives of each other."""
        left, right = self.left_key[rows], self.right_key[rows]
        same: NDArray[np.bool_] = (left[:, None] == left[None, :]) | (right[:, None] == right[None, :])
        np.fill_diagonal(same, val=False)
        return same


def encode(tokenizer: "Tokenizer", pairs: PairSet, max_pieces: int) -> Encoded:
    """Cut both sides of every pair into at most `max_pieces` pieces."""

    def ids(texts: list[str]) -> list[Ids]:
        out = []
        for start in range(0, len(texts), 4096):
            found = tokenizer.encode_batch_fast(texts[start : start + 4096], add_special_tokens=False)
            out += [np.asarray(e.ids[:max_pieces] or [0], dtype=np.int32) for e in found]
        return out

    def keys(texts: list[str]) -> Rows:
        numbers: dict[str, int] = {}
        return np.array([numbers.setdefault(t, len(numbers)) for t in texts])

    return Encoded(pairs.name, ids(pairs.left), ids(pairs.right), keys(pairs.left), keys(pairs.right), pairs.symmetric)


def schedule(
    sets: Sequence[Encoded],
    *,
    batch: int,
    epochs: int,
    seed: int,
    most: int | None = None,
    least: int = 0,
    alike: NDArray[np.float32] | None = None,
) -> Iterator[tuple[int, Rows]]:
    """Give (set, rows) for every step, in an order that the seed alone decides.

    A batch holds pairs of one set, so that what tells them apart is not the kind of text. No more than `most` pairs of
    a set are drawn in an epoch, and one of fewer than `least` is drawn again, four times at most. With `alike`, a table
    of vectors (pieces, d), pairs whose right texts are near each other share a batch: hard negatives.
    """
    random = np.random.default_rng(seed)
    for _ in range(epochs):
        batches = []
        for which, pairs in enumerate(sets):
            for _again in range(min(_MOST_AGAIN, max(1, math.ceil(least / len(pairs))))):
                order = random.permutation(len(pairs))[:most]
                count = math.ceil(len(order) / batch)
                if alike is not None and count > 1:
                    order = order[_neighbours(alike, [pairs.right[i] for i in order], count, random)]
                batches += [(which, rows) for rows in np.array_split(order, count) if len(rows) > 1]
        for i in random.permutation(len(batches)):
            yield batches[i]


def _neighbours(
    table: NDArray[np.float32], texts: Sequence[Ids], groups: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """Order texts so that those near the same one of `groups` texts drawn by chance stand together."""
    rows = np.stack([table[ids].mean(axis=0) for ids in texts])
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    centres = rows[random.choice(len(rows), groups, replace=False)]
    return np.argsort((rows @ centres.T).argmax(axis=1), kind="stable")
