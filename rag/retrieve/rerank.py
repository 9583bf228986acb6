"""The joint where rerankers are swapped, and any cross-encoder behind it."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rag.cross_encoder import load_cross_encoder
from rag.errors import ModelError

__all__ = ["NO_RERANKER", "CrossEncoderReranker", "Reranker", "load_reranker"]

NO_RERANKER = "none"


@runtime_checkable
class Reranker(Protocol):
    """Looks at a question and a paragraph together: slower and finer than a search."""

    def score(self, question: str, paragraphs: Sequence[str]) -> NDArray[np.float32]:
        """Score paragraphs: (n,) float32, higher is better, in the model's own unit."""


class CrossEncoderReranker:
    """Any cross-encoder of sentence-transformers with one output, by name or path."""

    def __init__(self, name: str, *, device: str | None = None) -> None:
        """Load the model. Raises ModelError when it is not there, or gives more than one score."""
        self._model = load_cross_encoder("reranker", name, device=device, instead=f"--reranker {NO_RERANKER}")
        if self._model.num_labels != 1:
            raise ModelError(f"reranker {name!r} gives {self._model.num_labels} scores a pair, expected one")

    def score(self, question: str, paragraphs: Sequence[str]) -> NDArray[np.float32]:
        """Score paragraphs: (n,) float32, higher is better."""
        if not paragraphs:
            return np.zeros(0, dtype=np.float32)
        pairs = [(question, paragraph) for paragraph in paragraphs]
        scores: NDArray[np.float32] = self._model.predict(pairs, show_progress_bar=False, convert_to_numpy=True)
        return scores.astype(np.float32).reshape(len(paragraphs))


def load_reranker(name: str = NO_RERANKER, *, device: str | None = None) -> Reranker | None:
    """Load a reranker by name or path; None for "none"."""
    return None if name == NO_RERANKER else CrossEncoderReranker(name, device=device)
