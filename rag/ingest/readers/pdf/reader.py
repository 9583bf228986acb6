"""Read a PDF: the text that it holds, or what is recognised on pages that are pictures."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.errors import SourceError, first_line
from rag.ingest.blocks import Document, Fact
from rag.ingest.readers.characters import clean
from rag.ingest.readers.ocr import INSTALL, Recognizer, recognizer
from rag.ingest.readers.pdf.document import compose_pages
from rag.ingest.readers.pdf.glyphs import Glyphs, read_glyphs
from rag.ingest.readers.pdf.headings import outline_key
from rag.ingest.readers.pdf.model import Page
from rag.ingest.readers.pdf.pieces import make_pieces
from rag.ingest.readers.pdf.rules import read_rules

__all__ = ["read_pdf"]

_MOST_BYTES = 1 << 30
_MOST_PAGES = 50_000
_SECONDS = 20.0  # and what follows for each page: a page of text takes 0.02 s
_SECONDS_A_PAGE = 0.5
_MOST_SCANS = 1000  # at four seconds each more than an hour
_FEW = 50  # characters of a page that is mostly one picture
_PICTURE = 0.4  # of the page


def read_pdf(path: Path) -> Document:
    """Read a PDF into blocks; pages without text are recognised where the extra `ocr` is installed.

    Raises SourceError if the file is no PDF, is broken, needs a password, or holds no text that can be read.
    """
    document = _open(path)
    try:
        return _read(document, path)
    finally:
        document.close()


def _open(path: Path) -> Any:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(2048)
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check the path and its permissions") from error
    if not size:
        raise SourceError(f"{path} is empty: expected a PDF; remove it or fetch it again")
    if size > _MOST_BYTES:
        raise SourceError(f"{path} has {size >> 20} MB: expected a PDF of at most 1024 MB; split it")
    if b"%PDF" not in head:
        raise SourceError(f"{path} is {_looks_like(head)}, not a PDF: fetch it again or give it its right ending")
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise SourceError(f"{path} is encrypted with a password: save a copy without one and index that") from error
        raise SourceError(
            f"{path} is a broken PDF ({first_line(error)}): fetch it again, or print it to a new PDF"
        ) from error
    if not count:
        document.close()
        raise SourceError(f"{path} is a PDF without pages: expected at least one; fetch it again")
    return document


def _looks_like(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<script")) or b"<html" in start:
        return "a web page (perhaps a login page)"
    if start.startswith(b"pk\x03\x04"):
        return "a zip file (perhaps Word or OFD)"
    if start.startswith((b"\x89png", b"\xff\xd8\xff", b"gif8", b"ii*", b"mm\x00*")):
        return "a picture"
    return "another kind of file"


def _read(document: Any, path: Path) -> Document:
    count = len(document)
    notices: list[str] = []
    pages: list[Page] = []
    scans: list[int] = []
    broken: list[int] = []
    deadline = time.monotonic() + _SECONDS + _SECONDS_A_PAGE * count
    for number in range(1, min(count, _MOST_PAGES) + 1):
        if time.monotonic() > deadline:
            break
        page, cut = _page(document, number)
        if page is None:
            broken.append(number)
            continue
        if cut:
            notices.append(f"page {number} holds more characters than are read; the rest of it is left out")
        if page.scanned:
            scans.append(number)
        pages.append(page)
    if len(pages) + len(broken) < count:
        notices.append(
            f"read up to page {len(pages) + len(broken)} of {count}: the file is too large or too slow to read"
        )
    if broken:
        notices.append(f"{_pages(broken)} can't be read: broken")
    notices += _recognise(document, path, pages, scans)
    composed = compose_pages(pages, _outline(document))
    if not composed.blocks:
        raise SourceError(f"{path} has no text on its {count} pages: expected text or scans; remove it")
    return Document(composed.text(), tuple(composed.blocks), True, tuple(_facts(document)), tuple(notices))


def _page(document: Any, number: int) -> tuple[Page | None, bool]:
    """Read one page; None if it is broken."""
    import pypdfium2

    try:
        raw = document[number - 1]
    except pypdfium2.PdfiumError:
        return None, False
    try:
        glyphs = read_glyphs(raw)
        rules, picture, drawn = read_rules(raw, glyphs)
        page = Page(number, glyphs.width, glyphs.height, make_pieces(glyphs.upright, rules), rules)
        page.turned = make_pieces(_by_row(glyphs), [])
        few = len(glyphs.upright) + len(glyphs.turned)
        page.scanned = (not few and drawn > 0) or (few < _FEW and picture > _PICTURE) or _unreadable(glyphs)
        return page, glyphs.cut
    except pypdfium2.PdfiumError:
        return None, False
    finally:
        raw.close()


def _by_row(glyphs: Glyphs) -> Any:
    """Lay out turned characters as they were drawn, one after the other, since their own rows are of no use."""
    for i, glyph in enumerate(glyphs.turned):
        glyph.x0, glyph.x1, glyph.base = i * glyph.size, (i + 0.9) * glyph.size, 0.0
    return glyphs.turned


def _unreadable(glyphs: Glyphs) -> bool:
    """Say whether the characters of a page have no meaning, as with fonts that do not say what they draw."""
    private = sum("\ue000" <= g.text[0] <= "\uf8ff" or g.text == "\ufffd" for g in glyphs.upright)
    return private > 20 and private > 0.3 * len(glyphs.upright)


def _recognise(document: Any, path: Path, pages: list[Page], scans: list[int]) -> list[str]:
    """Fill the pages that are pictures, or say why not."""
    if not scans:
        return []
    found = recognizer()
    if found is None:
        if len(scans) == len(pages):
            raise SourceError(f"{path} has no text, only pictures of {_pages(scans)}: to read scans run `{INSTALL}`")
        has = "have" if len(scans) > 1 else "has"
        return [f"{_pages(scans)} {has} no text, only pictures: to read scans run `{INSTALL}`"]
    notices: list[str] = []
    if len(scans) > _MOST_SCANS:
        notices.append(
            f"{_pages(scans[_MOST_SCANS:])} are pictures and were not read: at most {_MOST_SCANS} of one file are; "
            "split it"
        )
    by_number = {page.number: page for page in pages}
    for number in scans[:_MOST_SCANS]:
        notices += _recognise_page(document, by_number[number], found)
    return notices


def _recognise_page(document: Any, page: Page, found: Recognizer) -> list[str]:
    raw = document[page.number - 1]
    try:
        width, height = raw.get_size()
        scale = min(found.dpi / 72, found.most_pixels / max(width, height, 1.0), _native(raw))
        picture = raw.render(scale=scale, grayscale=False).to_numpy()
    finally:
        raw.close()
    read = found.read(picture, 1 / scale)
    page.pieces, page.rules, page.turned = read.pieces, [], []
    page.width, page.height = read.width, read.height
    return [f"page {page.number} (scan): {note}" for note in read.notices]


def _native(raw: Any) -> float:
    """Return how many pixels to a point the sharpest picture of a page has: drawing it larger shows no more."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    sharpest = 0.0
    for item in raw.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        try:
            left, _, right, _ = item.get_bounds()
            sharpest = max(sharpest, item.get_px_size()[0] / max(1.0, right - left))
        except pypdfium2.PdfiumError:
            continue
    return max(sharpest, 1.0) if sharpest else 10.0


def _pages(numbers: list[int]) -> str:
    """Name pages: "page 3", "pages 3–5, 9"."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    named = ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs[:20]) + (", …" if len(runs) > 20 else "")
    return f"page{'s' if len(numbers) > 1 else ''} {named}"


def _outline(document: Any) -> dict[str, int]:
    """Return the levels of the bookmarks by their text."""
    import pypdfium2

    levels: dict[str, int] = {}
    try:
        for bookmark in document.get_toc(max_depth=6):
            title = outline_key(clean(bookmark.get_title() or ""))
            if title and len(levels) < 5000:
                levels.setdefault(title, bookmark.level + 1)
    except (pypdfium2.PdfiumError, ValueError, RecursionError, UnicodeDecodeError):
        return levels
    return levels


_EMPTY = re.compile(r"^(?:\(?(?:anonymous|unspecified|untitled)\)?|unknown|none|无标题|未命名.*)$", re.IGNORECASE)


_EXPORTED = re.compile(r"^Microsoft (?:Word|PowerPoint|Excel) - |\.(?:docx?|wps|rtf|pdf|xlsx?|pptx?)$", re.IGNORECASE)


def _from_hex(value: str) -> str:
    """Decode a property that some printers write as <4D69…>, the bytes of a GBK text."""
    if not re.fullmatch(r"<(?:[0-9A-Fa-f]{2}){4,}>", value):
        return value
    try:
        return clean(bytes.fromhex(value[1:-1]).decode("gb18030"))
    except UnicodeDecodeError:
        return ""


def _facts(document: Any) -> Iterator[Fact]:
    """Yield what the properties of the file state."""
    stated = {k: clean(v) for k, v in document.get_metadata_dict(skip_empty=True).items()}
    where = "PDF properties: "
    for key, name in (("Title", "title"), ("Subject", "description"), ("Keywords", "keywords")):
        value = _EXPORTED.sub("", _from_hex(stated.get(key, "")))
        if value and not _EMPTY.match(value):
            yield Fact(name, value, where + key)
    for author in re.split(r"[;；、]|,\s+(?=\w+\s)", stated.get("Author", "")):
        if author.strip() and not _EMPTY.match(author.strip()):
            yield Fact("authors", author.strip(), where + "Author")
    for key, name in (("CreationDate", "created"), ("ModDate", "modified")):
        date = re.match(r"D:(\d{4})(\d\d)?(\d\d)?", stated.get(key, ""))
        if date and date[2] and date[3]:
            yield Fact(name, f"{date[1]}-{date[2]}-{date[3]}", where + key)
