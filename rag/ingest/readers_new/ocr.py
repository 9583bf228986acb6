"""Recognise the text of pictures with RapidOCR, whose wheel carries its models; nothing is fetched."""

from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rag.errors import SourceError
from rag.ingest.readers_new.characters import clean
from rag.ingest.readers_new.page_model import Piece

__all__ = ["INSTALL", "Read", "Recognizer", "recognizer"]

INSTALL = "pip install 'yinju[ocr]'"
# On a page of 12-point Chinese, blurred and turned by 0.4°, 100 to 200 dpi read 99.8 % of the characters, 250 dpi
# 99.7 %; time grows with the pixels (2026-11-26: 18 s at 130, 22 s at 150, 35 s at 200, 51 s at 250, on two cores
# that others used too).
_DPI = 150
_MOST_PIXELS = 2600  # on the longer side
_THREADS = 2
_SURE = 0.8  # of 1: words below are told
_LEAST = 0.5  # words below are not words


@dataclass(slots=True)
class Read:
    """What was recognised on a picture, in points."""

    pieces: list[Piece]
    width: float
    height: float
    notices: list[str] = field(default_factory=list)


class Recognizer:
    """The detector and reader of lines, loaded once."""

    dpi = _DPI
    most_pixels = _MOST_PIXELS

    def __init__(self) -> None:
        import rapidocr

        folder = Path(rapidocr.__file__).parent / "models"
        params: dict[str, Any] = {
            "Global.log_level": "critical",
            "Global.max_side_len": 4000,
            "Global.text_score": _LEAST,
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        for part, pattern in (("Det", "*_det_*.onnx"), ("Rec", "*_rec_*.onnx"), ("Cls", "*_cls_*.onnx")):
            found = sorted(folder.glob(pattern))
            if not found:
                raise SourceError(f"rapidocr at {folder} has no model {pattern}: install it anew with `{INSTALL}`")
            params[f"{part}.model_path"] = str(found[0])
        self._engine = rapidocr.RapidOCR(params=params)

    def read(self, picture: Any, scale: float) -> Read:
        """Read a picture, (h, w, 3) uint8 BGR; `scale` is how many points a pixel is."""
        import numpy as np

        height, width = picture.shape[:2]
        result: Any = self._engine(picture)
        read = Read([], width * scale, height * scale)
        if result.boxes is None:
            return read
        doubtful: list[str] = []
        for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
            words = clean(text)
            if not words:
                continue
            corners = np.asarray(box, dtype=float) * scale
            x0, y0 = corners.min(axis=0)
            x1, y1 = corners.max(axis=0)
            size = _height(corners)
            read.pieces.append(Piece(words, float(x0), float(x1), float((y0 + y1) / 2 + 0.3 * size), size))
            if score < _SURE:
                doubtful.append(words)
        _level(read.pieces)
        if doubtful:
            shown = ", ".join(f"“{w[:30]}”" for w in doubtful[:8]) + (" …" if len(doubtful) > 8 else "")
            read.notices.append(f"hardly legible: {shown}")
        return read


def _height(corners: Any) -> float:
    """Return the height of a line of text: its box is drawn about a fifth too high."""
    import numpy as np

    left = float(np.hypot(*(corners[3] - corners[0])))
    right = float(np.hypot(*(corners[2] - corners[1])))
    return 0.78 * (left + right) / 2


def _level(pieces: list[Piece]) -> None:
    """Give lines of nearly one height the same height, since a box says it only roughly."""
    sizes = sorted(p.size for p in pieces)
    if not sizes:
        return
    usual = sizes[len(sizes) // 2]
    for piece in pieces:
        if 0.82 * usual <= piece.size <= 1.22 * usual:
            piece.size = usual


@cache
def recognizer() -> Recognizer | None:
    """Return the recognizer, loaded once; None where the extra `ocr` is not installed."""
    if find_spec("rapidocr") is None or find_spec("onnxruntime") is None:
        return None
    return Recognizer()
