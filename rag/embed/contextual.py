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
    from tokenizers import Tokenizer

__all__ = ["MOST_PIECES", "ContextualEncoder", "EncoderFiles"]

MOST_PIECES = 64  # of a text: more than a sentence has, as a rule; it was trained on as many
_KEPT = 20_000  # vectors kept: 31 MB with 384 dimensions
_MOST_THREADS = 2

Vector = NDArray[np.float32]


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
    text would depend on what it is encoded with. The newest 20,000 vectors are kept.
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
        self._vectors: OrderedDict[str, Vector] = OrderedDict()

    def encode(self, texts: Sequence[str], kind: Kind = "passage") -> NDArray[np.float32]:
        """Encode `texts`: (n, d) float32 unit rows; of a text counts what its first 64 pieces hold."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        with self._lock:
            known = {text: self._vectors[text] for text in set(texts) if text in self._vectors}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            pieces = [e.ids for e in self._tokenizer.encode_batch_fast(new)]
            known.update(zip(new, self._threads.map(self._vector, pieces), strict=True))
        with self._lock:
            for text in dict.fromkeys(texts):
                self._vectors[text] = known[text]
                self._vectors.move_to_end(text)
            while len(self._vectors) > _KEPT:
                self._vectors.popitem(last=False)
        for n, text in enumerate(texts):
            rows[n] = known[text]
        return rows

    def _vector(self, pieces: Sequence[int]) -> Vector:
        ids = np.array([pieces], dtype=np.int64)
        states = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        mean: Vector = states.mean(axis=0)
        norm = float(np.linalg.norm(mean))
        return mean / norm if norm else mean


def _load(folder: Path) -> tuple["Tokenizer", Any]:
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError("an encoder needs onnxruntime: `pip install '.[encoder]'`, or --encoder none") from error
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
