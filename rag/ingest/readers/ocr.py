"""Recognise the text of pictures with RapidOCR, whose wheel carries its models; nothing is fetched."""

from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rag.errors import SourceError
from rag.ingest.readers.characters import clean
from rag.ingest.readers.pdf.model import Piece

__all__ = ["INSTALL", "Read", "Recognizer", "recognizer"]

INSTALL = "pip install 'yinju[ocr]'"
# On a page of 12-point Chinese, blurred and turned by 0.4°, 100 to 200 dpi read 99.8 % of the characters, 250 dpi
# 99.7 %; time grows with the pixels (2026-11-26: 18 s at 130, 22 s at 150, 35 s at 200, 51 s at 250, on two cores
# that others used too).
_DPI = 150
_MOST_PIXELS = 2600  # on the longer side
_THREADS = 2
_SURE = 0.8  # of 1: words below are told
_LEAST = 0.3  # words below are not words
_MOST_STRIPS = 8
_Line = tuple[Any, str, float]  # corners in pixels, text, how sure


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

        lines = self._lines(picture)
        tall = sum(np.ptp(c[:, 1]) > 1.5 * np.ptp(c[:, 0]) for c, text, _ in lines if len(text) > 1)
        turns = 1 if 2 * tall > len(lines) else 0
        if turns:
            lines = self._lines(np.ascontiguousarray(np.rot90(picture)))
        if self._upside_down(np.rot90(picture, turns), lines):
            turns += 2
            lines = self._lines(np.ascontiguousarray(np.rot90(picture, turns)))
        picture = np.ascontiguousarray(np.rot90(picture, turns))
        height, width = picture.shape[:2]
        for top, bottom in _missed(picture, lines):
            inner = self._lines(picture[top:bottom])
            lines += [
                (corners + np.array([0, top]), text, score)
                for corners, text, score in inner
                if not _known(corners, top, lines)
            ]
        read = Read([], width * scale, height * scale)
        doubtful: list[str] = []
        for corners, text, score in lines:
            words = clean(text)
            if not words:
                continue
            placed = corners * scale
            x0, y0 = placed.min(axis=0)
            x1, y1 = placed.max(axis=0)
            size = _height(placed)
            read.pieces.append(Piece(words, float(x0), float(x1), float((y0 + y1) / 2 + 0.3 * size), size))
            if score < _SURE:
                doubtful.append(words)
        _level(read.pieces)
        if doubtful:
            shown = ", ".join(f"“{w[:30]}”" for w in doubtful[:8]) + (" …" if len(doubtful) > 8 else "")
            read.notices.append(f"hardly legible: {shown}")
        return read

    def _upside_down(self, picture: Any, lines: list[_Line]) -> bool:
        """Say whether most long lines stand on their heads: each is read all the same, but in the wrong order."""
        import numpy as np

        votes = []
        for corners, _, _ in sorted(lines, key=lambda line: -np.ptp(line[0][:, 0]))[:5]:
            x0, y0 = np.maximum(corners.min(axis=0), 0).astype(int)
            x1, y1 = corners.max(axis=0).astype(int)
            if x1 - x0 < 8 or y1 - y0 < 8:
                continue
            crop = np.ascontiguousarray(picture[y0:y1, x0:x1])
            seen: Any = self._engine(crop, use_det=False, use_cls=True, use_rec=False)
            votes += [label == "180" and score > 0.9 for label, score in (getattr(seen, "cls_res", None) or [])]
        return bool(2 * sum(votes) > len(votes))

    def _lines(self, picture: Any) -> list[_Line]:
        import numpy as np

        result: Any = self._engine(picture, use_det=True, use_cls=True, use_rec=True)
        if getattr(result, "boxes", None) is None or not result.txts:
            return []
        found = zip(result.boxes, result.txts, result.scores, strict=True)
        return [(np.asarray(box, dtype=float), str(text), float(score)) for box, text, score in found]


def _missed(picture: Any, lines: list[_Line]) -> list[tuple[int, int]]:
    """Return strips between lines that hold as much ink as a line does: the detector misses one now and then."""
    import numpy as np

    if len(lines) < 3:
        return []
    boxes = [(c[:, 1].min(), c[:, 1].max(), c[:, 0].min(), c[:, 0].max()) for c, _, _ in lines]
    usual = float(np.median([b[1] - b[0] for b in boxes]))
    left, right = int(max(0, min(b[2] for b in boxes))), int(max(b[3] for b in boxes))
    gray = picture[:, left:right].mean(axis=2)
    ink = (gray < np.median(gray) - 70).sum(axis=1)
    covered = np.zeros(len(ink), dtype=bool)
    for top, bottom, _, _ in boxes:
        covered[max(0, int(top)) : int(bottom) + 1] = True
    enough = 0.25 * ink[covered].sum() / len(boxes)
    strips: list[tuple[int, int]] = []
    start = 0
    for row in [*np.flatnonzero(covered).tolist(), len(ink)]:
        gap, inside = row - start, int(ink[start:row].sum())
        if start and row < len(ink) and 0.7 * usual <= gap <= 8 * usual and inside > enough:
            strips.append((max(0, int(start - 0.4 * usual)), min(len(ink), int(row + 0.4 * usual))))
        start = row + 1
    return strips[:_MOST_STRIPS]


def _known(corners: Any, top: int, lines: list[_Line]) -> bool:
    """Say whether a line of a strip is one that was found before, or a slice of it."""
    middle = float(corners[:, 1].mean()) + top
    x0, x1 = float(corners[:, 0].min()), float(corners[:, 0].max())
    return any(
        c[:, 1].min() - 2 <= middle <= c[:, 1].max() + 2 and c[:, 0].min() < x1 and x0 < c[:, 0].max()
        for c, _, _ in lines
    )


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
