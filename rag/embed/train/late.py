"""Second stage: the pieces of a left text must find their matches in its right text, as the search compares them.

The score is that of `rag.retrieve.late`: the mean over the left pieces of the best cosine among the right ones, each
weighed by the squared length of its vector. So a length becomes what a piece says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.embed.train.bag import contrast
from rag.embed.train.batches import encode, schedule
from rag.embed.train.corpora import PairSet
from rag.embed.train.loop import run_stage

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

__all__ = ["LateSettings", "train_late"]


@dataclass(frozen=True, slots=True)
class LateSettings:
    """How the second stage is trained."""

    batch: int = 256
    epochs: int = 2
    most: int = 40_000  # pairs of a set in an epoch
    least: int = 4_000  # a smaller set is drawn again until it has so many, four times at most
    learning_rate: float = 0.003
    temperature: float = 0.05
    max_pieces: int = 80
    seed: int = 0


def train_late(
    tokenizer: "Tokenizer",
    sets: Sequence[PairSet],
    table: NDArray[np.float32],
    settings: LateSettings,
    checkpoint: Path | None = None,
) -> NDArray[np.float32]:
    """Train `table`, (pieces, d) float32, further on `sets`, and give what it becomes.

    The loss is the in-batch softmax over the late scores, beside that of the first stage, in batches of pairs whose
    right texts are alike.
    """
    encoded = [encode(tokenizer, pairs, settings.max_pieces) for pairs in sets]
    batches = list(
        schedule(
            encoded,
            batch=settings.batch,
            epochs=settings.epochs,
            seed=settings.seed,
            most=settings.most,
            least=settings.least,
            alike=table[:, : table.shape[1] // 4],
        )
    )

    def loss(table: "torch.Tensor", which: int, rows: NDArray[np.int64]) -> "torch.Tensor":
        pairs = encoded[which]
        left, right = [pairs.left[i] for i in rows], [pairs.right[i] for i in rows]
        if pairs.symmetric and rows[0] % 2:
            left, right = right, left
        return _loss(table, left, right, pairs.same(rows), settings.temperature)

    return run_stage("pieces", table, batches, loss, settings.learning_rate, repr(settings), checkpoint)


def _loss(
    table: "torch.Tensor",
    left: Sequence[NDArray[np.int32]],
    right: Sequence[NDArray[np.int32]],
    same: NDArray[np.bool_],
    temperature: float,
) -> "torch.Tensor":
    import torch
    from torch.nn.functional import cross_entropy, embedding, normalize

    device = table.device
    asked, asked_counts = _counted(left)
    held, held_counts = _counted(right)
    asked_rows = embedding(torch.from_numpy(asked).to(device), table, sparse=True)
    held_rows = embedding(torch.from_numpy(held).to(device), table, sparse=True)
    in_left, in_right = torch.from_numpy(asked_counts).to(device), torch.from_numpy(held_counts).to(device)
    means = contrast(in_left @ asked_rows, in_right @ held_rows, same, temperature)
    cosines = normalize(asked_rows) @ normalize(held_rows).T
    with torch.no_grad():  # which piece matches best is found without gradients: they flow through it alone
        best = torch.empty((len(asked), len(right)), dtype=torch.long, device=device)
        for n, counts in enumerate(held_counts):
            own = torch.from_numpy(np.flatnonzero(counts)).to(device)
            best[:, n] = own[cosines[:, own].argmax(dim=1)]
    matches = torch.relu(cosines.gather(1, best))
    weights = in_left * (asked_rows * asked_rows).sum(dim=1)
    scores = (weights @ matches) / weights.sum(dim=1, keepdim=True) / temperature
    scores = scores.masked_fill(torch.from_numpy(same).to(device), -1e4)
    target = torch.arange(len(left), device=device)
    return means + (cross_entropy(scores, target) + cross_entropy(scores.T, target)) / 2


def _counted(texts: Sequence[NDArray[np.int32]]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Give the distinct pieces of texts, and how often each text holds each: (texts, pieces) float32."""
    pieces, inverse = np.unique(np.concatenate(texts), return_inverse=True)
    owner = np.repeat(np.arange(len(texts)), [len(t) for t in texts])
    counts = np.zeros((len(texts), len(pieces)), dtype=np.float32)
    np.add.at(counts, (owner, inverse), 1)
    return pieces.astype(np.int64), counts
