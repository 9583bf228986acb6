"""The joint for entailment models: any NLI cross-encoder of sentence-transformers, by name or path."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rag.cross_encoder import load_cross_encoder
from rag.errors import ModelError

__all__ = ["NO_ENTAILMENT", "CrossEncoderEntailment", "Entailment", "load_entailment"]

NO_ENTAILMENT = "none"


@runtime_checkable
class Entailment(Protocol):
    """Says whether texts entail sentences."""

    def entailed(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Judge (text, sentence) pairs: (n,) float32 probabilities that the text says what the sentence says."""


class CrossEncoderEntailment:
    """A cross-encoder with a label `entailment`, or with one output that is the odds of it."""

    def __init__(self, name: str, *, device: str | None = None) -> None:
        """Load the model. Raises ModelError when it is not there or has no such label."""
        self._model = load_cross_encoder(
            "entailment model", name, device=device, instead=f"--entailment {NO_ENTAILMENT}"
        )
        labels = {str(label).lower(): int(n) for n, label in self._model.model.config.id2label.items()}
        self._label = labels.get("entailment")
        if self._label is None and self._model.num_labels != 1:
            raise ModelError(f"entailment model {name!r} has labels {', '.join(labels)}: expected one named entailment")

    def entailed(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Judge (text, sentence) pairs: (n,) float32 in [0, 1]."""
        from torch.nn import Identity

        if not pairs:
            return np.zeros(0, dtype=np.float32)
        logits = self._model.predict(
            list(pairs), activation_fn=Identity(), show_progress_bar=False, convert_to_numpy=True
        ).reshape(len(pairs), -1)
        if self._label is None:
            odds: NDArray[np.float32] = 1 / (1 + np.exp(-logits[:, 0]))
            return odds.astype(np.float32)
        exp = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances: NDArray[np.float32] = exp[:, self._label] / exp.sum(axis=1)
        return chances.astype(np.float32)


def load_entailment(name: str = NO_ENTAILMENT, *, device: str | None = None) -> Entailment | None:
    """Load an entailment model by name or path; None for "none"."""
    return None if name == NO_ENTAILMENT else CrossEncoderEntailment(name, device=device)
