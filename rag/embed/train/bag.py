"""Train the vectors of an embedding bag by contrast: each left text must find its right text in its batch."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.embed.train.corpora import PairSet

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

__all__ = ["BagSettings", "train_bag"]


@dataclass(frozen=True, slots=True)
class BagSettings:
    """How an embedding bag is trained."""

    dimension: int = 256
    batch: int = 1024
    epochs: int = 2
    learning_rate: float = 0.01
    temperature: float = 0.05
    max_pieces: int = 160
    seed: int = 0


Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Encoded:
    name: str
    left: list[Ids]
    right: list[Ids]
    left_key: NDArray[np.int64]
    right_key: NDArray[np.int64]


def train_bag(
    tokenizer: "Tokenizer", sets: list[PairSet], settings: BagSettings, checkpoint: Path | None = None
) -> NDArray[np.float32]:
    """Train on `sets` and give the table: (pieces, d) float32.

    The loss is the symmetric in-batch softmax over cosines (Karpukhin et al. 2020, arXiv 2004.04906, section 3.2),
    at full and at quarter width (Kusupati et al. 2022, arXiv 2205.13147). A batch holds pairs of one set; pairs that
    share a text with another of the batch are no negatives of each other. With `checkpoint`, an interrupted run with
    the same settings goes on from the last finished tenth.
    """
    import torch
    from tqdm import tqdm

    torch.manual_seed(settings.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    encoded = [_encode(tokenizer, pairs, settings.max_pieces) for pairs in sets]
    table = torch.nn.EmbeddingBag(tokenizer.get_vocab_size(), settings.dimension, mode="mean", sparse=True)
    torch.nn.init.normal_(table.weight, std=settings.dimension**-0.5)
    table.to(device)
    optimizer = torch.optim.SparseAdam(list(table.parameters()), lr=settings.learning_rate)
    batches = list(_schedule(encoded, settings))
    done = _restore(checkpoint, table, optimizer, settings, len(batches))
    bar = tqdm(total=len(batches), initial=done, desc="train", unit="batch")
    losses: list[float] = []
    for step in range(done, len(batches)):
        which, rows = batches[step]
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * min(1.0, (step + 1) / 100) * (1 - step / len(batches))
        loss = _loss(table, encoded[which], rows, settings, device)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()  # type: ignore[no-untyped-call]
        losses.append(loss.item())
        bar.update()
        if step % 50 == 0:
            bar.set_postfix(loss=f"{np.mean(losses[-200:]):.3f}")
        if checkpoint and (step + 1) % max(1, len(batches) // 10) == 0:
            _save(checkpoint, table, optimizer, settings, step + 1, len(batches))
    bar.close()
    if checkpoint:
        checkpoint.unlink(missing_ok=True)
    weights: NDArray[np.float32] = table.weight.detach().cpu().numpy()
    return weights


def _encode(tokenizer: "Tokenizer", pairs: PairSet, max_pieces: int) -> _Encoded:
    def ids(texts: list[str]) -> list[Ids]:
        out = []
        for start in range(0, len(texts), 4096):
            found = tokenizer.encode_batch_fast(texts[start : start + 4096], add_special_tokens=False)
            out += [np.asarray(e.ids[:max_pieces] or [0], dtype=np.int32) for e in found]
        return out

    def keys(texts: list[str]) -> NDArray[np.int64]:
        numbers: dict[str, int] = {}
        return np.array([numbers.setdefault(t, len(numbers)) for t in texts])

    return _Encoded(pairs.name, ids(pairs.left), ids(pairs.right), keys(pairs.left), keys(pairs.right))


def _schedule(sets: list[_Encoded], settings: BagSettings) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Give (set, rows) for every step, in an order that the seed alone decides."""
    random = np.random.default_rng(settings.seed)
    for _ in range(settings.epochs):
        batches = []
        for which, pairs in enumerate(sets):
            order = random.permutation(len(pairs.left))
            count = math.ceil(len(order) / settings.batch)
            batches += [(which, rows) for rows in np.array_split(order, count) if len(rows) > 1]
        for i in random.permutation(len(batches)):
            yield batches[i]


def _bag(table: "torch.nn.EmbeddingBag", texts: list[Ids], device: str) -> "torch.Tensor":
    import torch

    offsets = np.concatenate([[0], np.cumsum([len(t) for t in texts[:-1]])])
    flat = torch.from_numpy(np.concatenate(texts)).long().to(device)
    bags: torch.Tensor = table(flat, torch.from_numpy(offsets).to(device))
    return bags


def _loss(
    table: "torch.nn.EmbeddingBag",
    pairs: _Encoded,
    rows: NDArray[np.int64],
    settings: BagSettings,
    device: str,
) -> "torch.Tensor":
    import torch
    from torch.nn.functional import cross_entropy, normalize

    left = _bag(table, [pairs.left[i] for i in rows], device)
    right = _bag(table, [pairs.right[i] for i in rows], device)
    same = pairs.left_key[rows][:, None] == pairs.left_key[rows][None, :]
    same |= pairs.right_key[rows][:, None] == pairs.right_key[rows][None, :]
    np.fill_diagonal(same, val=False)
    mask = torch.from_numpy(same).to(device)
    target = torch.arange(len(rows), device=device)
    total = torch.zeros((), device=device)
    for width in (settings.dimension, settings.dimension // 4):
        scores = normalize(left[:, :width]) @ normalize(right[:, :width]).T / settings.temperature
        scores = scores.masked_fill(mask, -1e4)
        total = total + cross_entropy(scores, target) + cross_entropy(scores.T, target)
    return total / 4


def _save(
    path: Path,
    table: "torch.nn.EmbeddingBag",
    optimizer: "torch.optim.Optimizer",
    settings: BagSettings,
    step: int,
    steps: int,
) -> None:
    import torch

    state = {
        "table": table.state_dict(),
        "optimizer": optimizer.state_dict(),
        "settings": repr(settings),
        "step": step,
        "steps": steps,
    }
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def _restore(
    path: Path | None,
    table: "torch.nn.EmbeddingBag",
    optimizer: "torch.optim.Optimizer",
    settings: BagSettings,
    steps: int,
) -> int:
    import torch

    if path is None or not path.is_file():
        return 0
    state = torch.load(path, weights_only=True)
    if state["settings"] != repr(settings) or state["steps"] != steps:
        return 0
    table.load_state_dict(state["table"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])
