"""A contextual encoder on onnxruntime: a text's vector depends on the order of its words. No torch."""

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.embed.base import Kind
from rag.embed.folder import fingerprint_of, missing_files
from rag.errors import ModelError, first_line

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

__all__ = ["MOST_PIECES", "ContextualEncoder", "EncodedText", "EncoderFiles"]

MOST_PIECES = 64  # of a text: more than a sentence has, as a rule; it was trained on as many
_KEPT = 50_000  # pieces of texts kept: 38 MB with 384 dimensions
_MOST_THREADS = 2
_UNKNOWN = "[UNK]"

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class EncodedText:
    """A text as a whole, (d,) float32, and piece by piece, (n, d) float16: unit rows.

    The marks that open and close a text are left out. `says` tells which pieces are known and hold a letter or figure,
    (n,) bool.
    """

    vector: Vector
    pieces: NDArray[np.float16]
    says: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class EncoderFiles:
    """File names of a sentence-transformers folder with an ONNX model."""

    modules: str = "modules.json"
    tokenizer: str = "tokenizer.json"
    model: str = "onnx/model.onnx"

    def missing_in(self, folder: Path) -> list[str]:
        """Name the files that `folder` lacks."""
        return missing_files(folder, (self.modules, self.tokenizer, self.model))


class ContextualEncoder:
    """Encode texts as sentence-transformers would: mean of the last hidden states, unit rows.

    Each text is run by itself, two at a time: a quantised model scales a batch as a whole, so that the vector of a
    text would depend on what it is encoded with. The newest texts are kept, up to 50,000 pieces.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model in `folder`. Raises ModelError when a file is missing or broken."""
        missing = EncoderFiles().missing_in(folder)
        if missing:
            raise ModelError(
                f"encoder {folder} lacks {', '.join(missing)}: give a folder that `python -m eval.fit.encoder` wrote, "
                "or --encoder none"
            )
        self.name = folder.name
        self.folder = folder
        self._tokenizer, self._session = _load(folder)
        self.dimension = int(self._session.get_outputs()[0].shape[-1])
        self.fingerprint = fingerprint_of("contextual", folder, (EncoderFiles().tokenizer, EncoderFiles().model))
        self._threads = ThreadPoolExecutor(min(_MOST_THREADS, os.cpu_count() or 1), thread_name_prefix="encoder")
        self._lock = threading.Lock()
        self._texts: OrderedDict[str, EncodedText] = OrderedDict()
        self._pieces_kept = 0

    def encode(self, texts: Sequence[str], kind: Kind = "passage") -> NDArray[np.float32]:
        """Encode `texts`: (n, d) float32 unit rows; of a text counts what its first 64 pieces hold."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for n, encoded in enumerate(self.encode_pieces(texts)):
            rows[n] = encoded.vector
        return rows

    def encode_pieces(self, texts: Sequence[str]) -> list[EncodedText]:
        """Encode `texts` as wholes and piece by piece; of a text counts what its first 64 pieces hold."""
        with self._lock:
            known = {text: self._texts[text] for text in set(texts) if text in self._texts}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            encodings = self._tokenizer.encode_batch_fast(new)
            known.update(zip(new, self._threads.map(self._encoded, encodings), strict=True))
        with self._lock:
            for text in dict.fromkeys(texts):
                if text not in self._texts:
                    self._pieces_kept += len(known[text].pieces)
                self._texts[text] = known[text]
                self._texts.move_to_end(text)
            while self._pieces_kept > _KEPT:
                self._pieces_kept -= len(self._texts.popitem(last=False)[1].pieces)
        return [known[text] for text in texts]

    def _encoded(self, encoding: "Encoding") -> EncodedText:
        ids = np.array([encoding.ids], dtype=np.int64)
        states = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        own = [n for n, special in enumerate(encoding.special_tokens_mask) if not special]
        says = np.array([self._says(encoding.ids[n]) for n in own], dtype=np.bool_)
        return EncodedText(_unit(states.mean(axis=0)), _unit(states[own]).astype(np.float16), says)

    def _says(self, piece: int) -> bool:
        """Say whether a piece is known and holds a letter or a figure."""
        word = self._tokenizer.id_to_token(piece) or ""
        return word != _UNKNOWN and any(map(str.isalnum, word))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: NDArray[np.float32] = rows / np.maximum(lengths, np.float32(1e-12))
    return unit


def _load(folder: Path) -> tuple["Tokenizer", Any]:
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError("an encoder needs onnxruntime: `pip install onnxruntime`, or --encoder none") from error
    from tokenizers import Tokenizer

    names = EncoderFiles()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        tokenizer = Tokenizer.from_file(str(folder / names.tokenizer))
        session = onnxruntime.InferenceSession(
            folder / names.model, sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # both libraries raise bare Exception
        raise ModelError(
            f"encoder {folder} can't be read ({first_line(error)}): write it again, or --encoder none"
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_PIECES)
    return tokenizer, session
