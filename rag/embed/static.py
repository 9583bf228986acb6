"""The bundled static model: a text is the mean of its pieces' vectors. Runs on numpy and tokenizers alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.embed.base import Kind
from rag.embed.folder import fingerprint_of, missing_files
from rag.errors import ModelError
from rag.text.sentences import CLAUSE_ENDS

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["TRAINING_FACTS", "Pieces", "StaticEmbedder", "StaticFiles", "write_static_model"]

Pieces = NDArray[np.uint32]

TRAINING_FACTS = "training.json"  # beside the model: what made it

_BLANK = "▁"  # with which a piece marks a blank before it
_BATCH = 1024  # texts tokenised at once: bounds memory, no effect on the result


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """File names of a static model: sentence-transformers' own layout for a StaticEmbedding."""

    modules: str = "modules.json"
    weights: str = "model.safetensors"
    tokenizer: str = "tokenizer.json"

    def missing_in(self, folder: Path) -> list[str]:
        """Name the files that `folder` lacks."""
        return missing_files(folder, (self.modules, self.weights, self.tokenizer))


class StaticEmbedder:
    """Encode texts with a static model, as sentence-transformers would, without torch.

    Rows are stored as int8 with one scale a piece (tensors `embeddings` and `weights`, the layout that model2vec
    introduced and sentence-transformers reads), and turned into float32 where they are needed.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model in `folder`. Raises ModelError when a file is missing or broken."""
        missing = StaticFiles().missing_in(folder)
        if missing:
            raise ModelError(
                f"static model {folder} lacks {', '.join(missing)}: reinstall yinju, or name another --embedder"
            )
        self._tokenizer, self._table, self._scales = _load(folder)
        self.name = folder.name
        self.folder = folder
        self.dimension = int(self._table.shape[1])
        self.fingerprint = fingerprint_of("static", folder, (StaticFiles().tokenizer, StaticFiles().weights))

    def encode(self, texts: Sequence[str], kind: Kind = "passage") -> NDArray[np.float32]:
        """Encode `texts`: (n, d) float32 unit rows; a text without any known piece gives a zero row."""
        return self.pool(self.pieces(texts))

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """Give the piece ids of each text."""
        found: list[Pieces] = []
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            encodings = self._tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            found += (np.asarray(e.ids, dtype=np.uint32) for e in encodings)
        return found

    def words(self, text: str) -> list[str]:
        """Give the pieces of a text as they stand in it, without the mark of a blank."""
        found = self._tokenizer.encode(text, add_special_tokens=False).tokens
        return [word for word in (piece.lstrip(_BLANK) for piece in found) if word]

    def pool(self, pieces: Sequence[Pieces]) -> NDArray[np.float32]:
        """Encode texts that are cut already: (n, d) float32 unit rows."""
        rows = np.zeros((len(pieces), self.dimension), dtype=np.float32)
        for start in range(0, len(pieces), _BATCH):
            batch = pieces[start : start + _BATCH]
            known, inverse = np.unique(np.concatenate([*batch, np.zeros(0, np.uint32)]), return_inverse=True)
            vectors, at = self._rows(known), 0
            for i, ids in enumerate(batch, start):
                if len(ids):
                    rows[i] = vectors[inverse[at : at + len(ids)]].mean(axis=0)
                    at += len(ids)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        np.divide(rows, norms, out=rows, where=norms > 0)
        return rows

    def table(self) -> NDArray[np.float32]:
        """Give the vectors of all pieces: (pieces, d) float32."""
        return self._rows(np.arange(len(self._table), dtype=np.uint32))

    def cosines(self, left: Pieces, right: Pieces) -> NDArray[np.float32]:
        """Compare pieces with pieces: (len(left), len(right)) float32.

        The products are sums of whole numbers, below 2²⁴ up to 1,040 dimensions: exact in float32, whatever the
        number of threads.
        """
        a, b = self._table[left].astype(np.float32), self._table[right].astype(np.float32)
        products: NDArray[np.float32] = a @ b.T
        products /= np.maximum(np.sqrt(np.einsum("ij,ij->i", a, a)), 1)[:, None]
        products /= np.maximum(np.sqrt(np.einsum("ij,ij->i", b, b)), 1)[None, :]
        return products

    def weights(self, pieces: Pieces) -> NDArray[np.float32]:
        """Give how much each piece says: the squared length of its vector, (n,) float32."""
        rows = self._rows(pieces)
        weights: NDArray[np.float32] = np.einsum("ij,ij->i", rows, rows)
        return weights

    def closes(self, pieces: Pieces) -> NDArray[np.bool_]:
        """Tell after which pieces of a text a sentence has ended: (n,) bool."""
        marks, dots, begins = self._marks
        ended: NDArray[np.bool_] = marks[pieces]
        # A dot ends a sentence where a blank follows: 3.5 is a number.
        ended[:-1] |= dots[pieces[:-1]] & begins[pieces[1:]]
        return ended

    @cached_property
    def _marks(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell for every piece whether it holds the end of a sentence, ends in a dot, begins with a blank."""
        marks, dots, begins = np.zeros((3, len(self._table)), dtype=np.bool_)
        for piece, number in self._tokenizer.get_vocab().items():
            marks[number] = any(mark in piece for mark in CLAUSE_ENDS)
            dots[number] = piece.endswith(".")
            begins[number] = piece.startswith("▁")
        return marks, dots, begins

    def _rows(self, pieces: Pieces) -> NDArray[np.float32]:
        rows: NDArray[np.float32] = self._table[pieces].astype(np.float32)
        rows *= self._scales[pieces][:, None]
        return rows


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


def _load(folder: Path) -> tuple["Tokenizer", NDArray[np.int8], NDArray[np.float32]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    names = StaticFiles()
    try:
        tokenizer = Tokenizer.from_file(str(folder / names.tokenizer))
        tensors = load_file(folder / names.weights)
        table, scales = tensors["embeddings"], tensors["weights"].astype(np.float32)
    except (SafetensorError, KeyError, ValueError) as error:
        raise ModelError(f"static model {folder} can't be read ({error}): reinstall yinju") from error
    except Exception as error:  # tokenizers raises bare Exception
        raise ModelError(f"{folder / names.tokenizer} can't be read ({error}): reinstall yinju") from error
    if len(table) != len(scales) or len(table) < tokenizer.get_vocab_size():
        raise ModelError(
            f"static model {folder} has {len(table)} vectors, {len(scales)} weights and {tokenizer.get_vocab_size()} "
            "pieces: expected the same number; reinstall yinju"
        )
    tokenizer.no_padding()
    return tokenizer, table, scales
