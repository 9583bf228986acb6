"""Read a picture of pages (PNG, JPEG, TIFF, BMP, WebP) by recognising its text."""

import warnings
from pathlib import Path
from typing import Any

from rag.errors import SourceError, first_line
from rag.ingest.blocks import Document
from rag.ingest.readers.ocr import INSTALL, Recognizer, recognizer
from rag.ingest.readers.pdf.document import compose_pages
from rag.ingest.readers.pdf.model import Page

__all__ = ["read_image"]

_MOST_BYTES = 200 << 20
_MOST_PIXELS = 120_000_000  # a newspaper page at 300 dpi has 70 million
_MOST_PAGES = 500  # of a TIFF
_USUAL_DPI = 150.0


def read_image(path: Path) -> Document:
    """Recognise the text of a picture, or of each page of a TIFF.

    Raises SourceError if the file is no picture, holds no text, or the extra `ocr` is not installed.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check the path and its permissions") from error
    if not size:
        raise SourceError(f"{path} is empty: expected a picture; remove it or fetch it again")
    if size > _MOST_BYTES:
        raise SourceError(f"{path} has {size >> 20} MB: expected a picture of at most {_MOST_BYTES >> 20} MB")
    found = recognizer()
    if found is None:
        raise SourceError(f"{path} is a picture and has no text: to read what is on it run `{INSTALL}`")
    pages: list[Page] = []
    notices: list[str] = []
    for number, (picture, scale) in enumerate(_frames(path, found), 1):
        read = found.read(picture, scale)
        pages.append(Page(number, read.width, read.height, read.pieces, [], scanned=True))
        notices += [f"page {number} (scan): {note}" for note in read.notices]
    composed = compose_pages(pages, {})
    if not composed.blocks:
        raise SourceError(f"{path} is a picture on which no text was found: expected a scanned page; remove it")
    return Document(composed.text(), tuple(composed.blocks), True, (), tuple(notices))


def _frames(path: Path, found: Recognizer) -> list[tuple[Any, float]]:
    """Return the pictures of a file as (h, w, 3) uint8 BGR arrays, and how many points a pixel is."""
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError

    frames: list[tuple[Any, float]] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=("PNG", "JPEG", "TIFF", "BMP", "WEBP")) as image:
                for number in range(min(getattr(image, "n_frames", 1), _MOST_PAGES)):
                    image.seek(number)
                    if image.width * image.height > _MOST_PIXELS:
                        raise SourceError(
                            f"{path} has {image.width} × {image.height} pixels: expected at most "
                            f"{_MOST_PIXELS // 1_000_000} million; scale it down"
                        )
                    dpi = float(image.info.get("dpi", (0, 0))[0])
                    picture = ImageOps.exif_transpose(image).convert("RGBA")
                    page = Image.new("RGB", picture.size, "white")
                    page.paste(picture, mask=picture.getchannel("A"))
                    shrink = min(1.0, found.most_pixels / max(page.size))
                    if shrink < 1.0:
                        page = page.resize((max(1, round(page.width * shrink)), max(1, round(page.height * shrink))))
                    points = 72 / (dpi if 72 <= dpi <= 1200 else _USUAL_DPI)
                    frames.append((np.asarray(page)[:, :, ::-1].copy(), points / shrink))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError) as error:
        if frames:
            return frames
        raise SourceError(
            f"{path} is a broken picture or none ({first_line(error)}): expected PNG, JPEG, TIFF, BMP or WebP; "
            "save it anew"
        ) from error
    return frames
