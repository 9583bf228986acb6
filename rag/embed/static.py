"""The bundled static model: a text is the mean of its pieces' vectors. Runs on numpy and tokenizers alone."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.embed.base import Kind
from rag.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["StaticEmbedder", "StaticFiles", "write_static_model"]

_BATCH = 1024  # texts tokenised at once: bounds memory, no effect on the result


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """File names of a static model: sentence-transformers' own layout for a StaticEmbedding."""

    modules: str = "modules.json"
    weights: str = "model.safetensors"
    tokenizer: str = "tokenizer.json"

    def missing_in(self, folder: Path) -> list[str]:
        """Name the files that `folder` lacks."""
        return [n for n in (self.modules, self.weights, self.tokenizer) if not (folder / n).is_file()]


class StaticEmbedder:
    """Encode texts with a static model, as sentence-transformers would, without torch.

    Rows are stored as int8 with one scale a piece (tensors `embeddings` and `weights`, the layout that model2vec
    introduced and sentence-transformers reads); the first use turns them into float32 once.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model in `folder`. Raises ModelError when a file is missing or broken."""
        missing = StaticFiles().missing_in(folder)
        if missing:
            raise ModelError(
                f"static model {folder} lacks {', '.join(missing)}: reinstall yinju, or name another --embedder"
            )
        self._tokenizer, self._table = _load(folder)
        self.name = folder.name
        self.dimension = int(self._table.shape[1])
        self.fingerprint = _fingerprint(folder)

    def encode(self, texts: Sequence[str], kind: Kind = "passage") -> NDArray[np.float32]:
        """Encode `texts`: (n, d) float32 unit rows; a text without any known piece gives a zero row."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            for i, ids in enumerate(self.pieces(batch)):
                if len(ids):
                    rows[start + i] = self._table[ids].mean(axis=0)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        np.divide(rows, norms, out=rows, where=norms > 0)
        return rows

    def pieces(self, texts: list[str]) -> list[NDArray[np.int64]]:
        """Give the piece ids of each text."""
        encodings = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return [np.asarray(e.ids, dtype=np.int64) for e in encodings]


def write_static_model(folder: Path, tokenizer: bytes, vectors: NDArray[np.float32]) -> None:
    """Write a static model that both StaticEmbedder and sentence-transformers load.

    `vectors` is (pieces, d) float32; stored as int8 with one scale a row.
    """
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    scales = np.abs(vectors).max(axis=1).clip(min=1e-12) / 127
    names = StaticFiles()
    save_file(
        {
            "embeddings": np.rint(vectors / scales[:, None]).astype(np.int8),
            "weights": scales.astype(np.float32),
        },
        folder / names.weights,
    )
    (folder / names.tokenizer).write_bytes(tokenizer)
    module = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"
    normalize = "sentence_transformers.base.modules.normalize.Normalize"
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": module},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": normalize},
    ]
    (folder / names.modules).write_text(json.dumps(modules, indent=2) + "\n", encoding="utf-8")
    (folder / "1_Normalize").mkdir(exist_ok=True)
    (folder / "1_Normalize" / "config.json").write_text("{}\n", encoding="utf-8")


def _load(folder: Path) -> tuple["Tokenizer", NDArray[np.float32]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    names = StaticFiles()
    try:
        tokenizer = Tokenizer.from_file(str(folder / names.tokenizer))
        tensors = load_file(folder / names.weights)
        table = tensors["embeddings"].astype(np.float32)
        table *= tensors["weights"][:, None]
    except (SafetensorError, KeyError, ValueError) as error:
        raise ModelError(f"static model {folder} can't be read ({error}): reinstall yinju") from error
    except Exception as error:  # tokenizers raises bare Exception
        raise ModelError(f"{folder / names.tokenizer} can't be read ({error}): reinstall yinju") from error
    tokenizer.no_padding()
    return tokenizer, table


def _fingerprint(folder: Path) -> str:
    names = StaticFiles()
    digest = hashlib.sha256()
    for name in (names.tokenizer, names.weights):
        digest.update((folder / name).read_bytes())
    return f"static-{digest.hexdigest()[:16]}"
