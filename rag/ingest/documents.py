"""Which reader reads a file: by its ending, and by its bytes where the ending is wrong."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from rag.errors import SourceError
from rag.ingest.blocks import Document

__all__ = ["ENDINGS", "read_file"]

_TEXT, _HTML = "text:read_text", "html.reader:read_html"
_READERS = {
    ".txt": _TEXT,
    ".text": _TEXT,
    ".md": "markdown.reader:read_markdown",
    ".markdown": "markdown.reader:read_markdown",
    **dict.fromkeys((".html", ".htm", ".shtml", ".xhtml"), _HTML),
    **dict.fromkeys((".mht", ".mhtml"), "html.mhtml:read_mhtml"),
    **dict.fromkeys((".docx", ".docm", ".dotx"), "docx.reader:read_docx"),
    **dict.fromkeys((".xlsx", ".xlsm"), "xlsx.reader:read_xlsx"),
    **dict.fromkeys((".csv", ".tsv"), "delimited:read_delimited"),
    ".pdf": "pdf.reader:read_pdf",
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"), "image:read_image"),
}
# Of the old binary formats we read none, but what bears their endings is often a page or a newer file.
_OLD = (".doc", ".xls", ".wps", ".et", ".rtf")
_BY_KIND = {
    "html": _HTML,
    "docx": "docx.reader:read_docx",
    "xlsx": "xlsx.reader:read_xlsx",
    "mhtml": "html.mhtml:read_mhtml",
}
ENDINGS = frozenset({*_READERS, *_OLD})


def read_file(path: Path) -> Document:
    """Read a file with the reader for it. Raises SourceError."""
    ending = path.suffix.lower()
    if ending in _OLD:
        return _reader(_by_content(path))(path)
    if ending not in _READERS:
        known = ", ".join(sorted(_READERS))
        raise SourceError(f"{path}: no reader for {ending or 'a file without suffix'}; expected one of {known}")
    return _reader(_READERS[ending])(path)


def _by_content(path: Path) -> str:
    from rag.ingest.readers.kinds import kind_of, wrong_kind

    try:
        kind = kind_of(path.read_bytes())
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check the path and its permissions") from error
    if kind not in _BY_KIND:
        raise SourceError(f"{path} is {wrong_kind(kind)}")
    return _BY_KIND[kind]


def _reader(name: str) -> Callable[[Path], Document]:
    module, _, function = name.partition(":")
    found: Callable[[Path], Document] = getattr(import_module(f"rag.ingest.readers.{module}"), function)
    return found
