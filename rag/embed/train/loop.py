"""One stage of the training: batches, a loss, sparse Adam; a bar, and a checkpoint to go on from."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

__all__ = ["Loss", "run_stage"]

Rows = NDArray[np.int64]
Loss = Callable[["torch.Tensor", int, Rows], "torch.Tensor"]  # of the table, a set and rows of it

_WARM_UP = 100  # steps
_CHECKPOINTS = 10  # a stage


def run_stage(
    name: str,
    table: NDArray[np.float32],
    batches: Sequence[tuple[int, Rows]],
    loss: Loss,
    learning_rate: float,
    settings: str,
    checkpoint: Path | None = None,
) -> NDArray[np.float32]:
    """Train `table`, (pieces, d) float32, and give what it becomes.

    The learning rate rises over 100 steps and falls to 0. With `checkpoint`, an interrupted stage with the same
    `settings` goes on from the last finished tenth, and a finished one is not run again.
    """
    import torch
    from tqdm import tqdm

    device = "cuda" if torch.cuda.is_available() else "cpu"
    parameter = torch.nn.Parameter(torch.from_numpy(table).clone().to(device))
    optimizer = torch.optim.SparseAdam([parameter], lr=learning_rate)
    key = f"{name} {settings} {len(batches)}"
    done = _restore(checkpoint, parameter, optimizer, key)
    losses: list[float] = []
    with tqdm(total=len(batches), initial=done, desc=name, unit="batch") as bar:
        for step in range(done, len(batches)):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate * min(1.0, (step + 1) / _WARM_UP) * (1 - step / len(batches))
            value = loss(parameter, *batches[step])
            optimizer.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            optimizer.step()  # type: ignore[no-untyped-call]
            losses.append(value.item())
            bar.update()
            if step % 50 == 0:
                bar.set_postfix(loss=f"{np.mean(losses[-200:]):.3f}")
            if checkpoint and ((step + 1) % max(1, len(batches) // _CHECKPOINTS) == 0 or step + 1 == len(batches)):
                _save(checkpoint, parameter, optimizer, key, step + 1)
    trained: NDArray[np.float32] = parameter.detach().cpu().numpy()
    return trained


def _save(path: Path, parameter: "torch.nn.Parameter", optimizer: "torch.optim.Optimizer", key: str, step: int) -> None:
    import torch

    state = {"table": parameter.detach(), "optimizer": optimizer.state_dict(), "key": key, "step": step}
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def _restore(path: Path | None, parameter: "torch.nn.Parameter", optimizer: "torch.optim.Optimizer", key: str) -> int:
    import torch

    if path is None or not path.is_file():
        return 0
    state = torch.load(path, weights_only=True, map_location=parameter.device)
    if state["key"] != key:
        return 0
    with torch.no_grad():
        parameter.copy_(state["table"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])
