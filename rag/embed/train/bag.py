"""First stage: each left text, as the mean of its pieces, must find its right text in its batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.embed.train.batches import encode, schedule
from rag.embed.train.corpora import PairSet
from rag.embed.train.loop import run_stage

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

__all__ = ["BagSettings", "contrast", "train_bag"]


@dataclass(frozen=True, slots=True)
class BagSettings:
    """How the first stage is trained."""

    dimension: int = 512
    batch: int = 1024
    epochs: int = 3
    learning_rate: float = 0.01
    temperature: float = 0.05
    max_pieces: int = 160
    seed: int = 0


def train_bag(
    tokenizer: "Tokenizer", sets: Sequence[PairSet], settings: BagSettings, checkpoint: Path | None = None
) -> NDArray[np.float32]:
    """Train on `sets` from nothing and give the table: (pieces, d) float32."""
    random = np.random.default_rng(settings.seed)
    table = random.normal(size=(tokenizer.get_vocab_size(), settings.dimension)) * settings.dimension**-0.5
    encoded = [encode(tokenizer, pairs, settings.max_pieces) for pairs in sets]
    batches = list(schedule(encoded, batch=settings.batch, epochs=settings.epochs, seed=settings.seed))

    def loss(table: "torch.Tensor", which: int, rows: NDArray[np.int64]) -> "torch.Tensor":
        pairs = encoded[which]
        left = _means(table, [pairs.left[i] for i in rows])
        right = _means(table, [pairs.right[i] for i in rows])
        return contrast(left, right, pairs.same(rows), settings.temperature)

    rate = settings.learning_rate
    return run_stage("means", table.astype(np.float32), batches, loss, rate, repr(settings), checkpoint)


def contrast(
    left: "torch.Tensor", right: "torch.Tensor", same: NDArray[np.bool_], temperature: float
) -> "torch.Tensor":
    """Give the symmetric in-batch softmax loss over cosines of rows (n, d), at full and at quarter width.

    Karpukhin et al. 2020, arXiv 2004.04906, section 3.2; Kusupati et al. 2022, arXiv 2205.13147. Where `same`, a pair
    is no negative.
    """
    import torch
    from torch.nn.functional import cross_entropy, normalize

    mask = torch.from_numpy(same).to(left.device)
    target = torch.arange(len(left), device=left.device)
    total = torch.zeros((), device=left.device)
    for width in (left.shape[1], left.shape[1] // 4):
        scores = normalize(left[:, :width]) @ normalize(right[:, :width]).T / temperature
        scores = scores.masked_fill(mask, -1e4)
        total = total + cross_entropy(scores, target) + cross_entropy(scores.T, target)
    return total / 4


def _means(table: "torch.Tensor", texts: Sequence[NDArray[np.int32]]) -> "torch.Tensor":
    import torch
    from torch.nn.functional import embedding_bag

    offsets = np.concatenate([[0], np.cumsum([len(t) for t in texts[:-1]])])
    flat = torch.from_numpy(np.concatenate(texts)).long().to(table.device)
    rows: torch.Tensor = embedding_bag(
        flat, table, torch.from_numpy(offsets).to(table.device), mode="mean", sparse=True
    )
    return rows
