"""A stage of the training: batches, a loss, and a checkpoint from which an interrupted run goes on, to the bit."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from eval.fit.encoder.student import Encoder

__all__ = ["Rates", "run_stage"]

_WARM_UP = 50  # steps
_SAVED_EVERY = 600  # seconds
_SHOWN = 100  # steps of which the mean loss is shown


@dataclass(frozen=True, slots=True)
class Rates:
    """Learning rates: of the pieces' vectors, and of the layers."""

    pieces: float
    layers: float


def run_stage(
    name: str, student: Encoder, batches: Sequence[Any], loss: Callable[[Any], Tensor], rates: Rates, checkpoint: Path
) -> None:
    """Train `student`. The learning rates rise over 50 steps and fall to 0.

    Every ten minutes `checkpoint` gets the state; a run of the same stage goes on there, and a finished one ends at
    once.
    """
    table = student.bert.embeddings.word_embeddings.weight
    layers = [p for p in student.parameters() if p is not table]
    optimizers = [
        torch.optim.SparseAdam([table], lr=rates.pieces),
        torch.optim.AdamW(layers, lr=rates.layers, weight_decay=0.0),
    ]
    key = f"{name} {rates} {len(batches)}"
    done = _restored(checkpoint, student, optimizers, key)
    losses: list[float] = []
    saved = time.monotonic()
    with tqdm(total=len(batches), initial=done, desc=name, unit="batch", mininterval=20) as bar:
        for step in range(done, len(batches)):
            slope = min(1.0, (step + 1) / _WARM_UP) * (1 - step / len(batches))
            for optimizer, rate in zip(optimizers, (rates.pieces, rates.layers), strict=True):
                optimizer.param_groups[0]["lr"] = rate * slope
            value = loss(batches[step])
            student.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(layers, 1.0)
            for optimizer in optimizers:
                optimizer.step()
            losses.append(value.item())
            bar.update()
            if step % 20 == 0:
                bar.set_postfix(loss=f"{np.mean(losses[-_SHOWN:]):.3f}", refresh=False)
            if time.monotonic() - saved > _SAVED_EVERY or step + 1 == len(batches):
                _save(checkpoint, student, optimizers, key, step + 1)
                saved = time.monotonic()


def _save(path: Path, student: Encoder, optimizers: Sequence[torch.optim.Optimizer], key: str, step: int) -> None:
    state = {
        "weights": student.bert.state_dict(),
        "optimizers": [o.state_dict() for o in optimizers],
        "key": key,
        "step": step,
    }
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def _restored(path: Path, student: Encoder, optimizers: Sequence[torch.optim.Optimizer], key: str) -> int:
    if not path.is_file():
        return 0
    state = torch.load(path, weights_only=True, map_location=student.bert.device)
    if state["key"] != key:
        return 0
    student.bert.load_state_dict(state["weights"])
    for optimizer, stored in zip(optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(stored)
    return int(state["step"])
