"""Any sentence-transformers model, by name or path."""

import hashlib
import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embed.base import Kind
from rag.errors import ModelError, first_line
from rag.offline import may_download

__all__ = ["SentenceTransformerEmbedder"]


class SentenceTransformerEmbedder:
    """Encode texts with a sentence-transformers model; its own prompts for queries and passages are used.

    A name is looked up among the models already on this computer. Only with YINJU_DOWNLOAD=1 is a hub asked.
    """

    def __init__(self, name: str, *, device: str | None = None, batch_size: int = 32, progress: bool = False) -> None:
        """Load the model. Raises ModelError when it is not there or can't be loaded."""
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(
                name, device=device, local_files_only=not may_download(), trust_remote_code=False
            )
        except (OSError, ValueError, KeyError) as error:
            hint = "give a folder, or set YINJU_DOWNLOAD=1 to fetch it from the hub once"
            raise ModelError(f"embedding model {name!r} can't be loaded ({first_line(error)}): {hint}") from error
        self.name = name
        self.dimension = self._model.get_embedding_dimension() or 0
        self._batch_size = batch_size
        self._progress = progress
        self.fingerprint = _fingerprint(self._model)

    def encode(self, texts: Sequence[str], kind: Kind = "passage") -> NDArray[np.float32]:
        """Encode `texts`: (n, d) float32 unit rows."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        encode = self._model.encode_query if kind == "query" else self._model.encode_document
        rows: NDArray[np.float32] = encode(
            list(texts),
            batch_size=self._batch_size,
            normalize_embeddings=True,
            show_progress_bar=self._progress and len(texts) > self._batch_size,
            convert_to_numpy=True,
        )
        return rows.astype(np.float32, copy=False)


def _fingerprint(model: object) -> str:
    """Hash the weights, the prompts and the longest input: what decides the vectors."""
    digest = hashlib.sha256()
    state = model.state_dict()  # type: ignore[attr-defined]
    for key in sorted(state):
        digest.update(key.encode())
        digest.update(state[key].detach().cpu().contiguous().float().numpy().tobytes())
    settings = [getattr(model, "prompts", {}), str(getattr(model, "max_seq_length", ""))]
    digest.update(json.dumps(settings, sort_keys=True).encode())
    return f"st-{digest.hexdigest()[:16]}"
