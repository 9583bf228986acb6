"""While a model decodes, let `[n]` be only the number of a passage that is there."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

__all__ = ["MarkersInRange", "may_follow"]

_OPEN = re.compile(r"\[(\d*)$")  # a marker that has begun
_BEGUN = re.compile(r"\[(\d+)(.?)", re.DOTALL)
_TAIL = 8  # characters looked back


def may_follow(before: str, piece: str, most: int) -> bool:
    """Say whether `piece` may follow `before`: every marker in it is, or may still become, [1] to [most]."""
    open_marker = _OPEN.search(before)
    text = (open_marker.group() if open_marker else "") + piece
    for digits, after in _BEGUN.findall(text):
        closed = after not in ("", *"0123456789")
        number = int(digits)
        if digits[0] == "0" or number > most or (closed and not number >= 1):
            return False
    return True


class MarkersInRange:
    """A logits processor for transformers. Its tables are made once for a tokenizer."""

    def __init__(self, pieces: Sequence[str]) -> None:
        """Take the text of every token."""
        self._pieces = pieces
        digits = [n for n, piece in enumerate(pieces) if any(c in "0123456789" for c in piece)]
        self._doubtful = digits  # without a digit no marker can go wrong
        self._forbidden = lru_cache(256)(self._make)

    def bound(self, tokenizer: Any, prompt_length: int, most: int) -> Any:
        """Give the processor for one generation with `most` passages."""

        def process(ids: "torch.Tensor", scores: "torch.Tensor") -> "torch.Tensor":
            tail = tokenizer.decode(ids[0, prompt_length:][-_TAIL:])
            open_marker = _OPEN.search(tail)
            forbidden = self._forbidden(open_marker.group() if open_marker else "", most)
            if len(forbidden):
                scores = scores.clone()
                scores[:, forbidden] = float("-inf")
            return scores

        return process

    def _make(self, before: str, most: int) -> NDArray[np.int64]:
        wrong = [n for n in self._doubtful if not may_follow(before, self._pieces[n], most)]
        return np.array(wrong, dtype=np.int64)
