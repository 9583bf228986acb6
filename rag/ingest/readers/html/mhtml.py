"""Read a page that a browser saved with all its parts in one file (MHTML, RFC 2557)."""

import email
import email.policy
import re
from pathlib import Path

from rag.errors import SourceError
from rag.ingest.blocks import Document
from rag.ingest.readers.html.guard import MAX_BYTES
from rag.ingest.readers.html.reader import read_page

__all__ = ["looks_like_mhtml", "read_mhtml"]

_MAX_FILE = 64_000_000  # pictures are in it too
_MAX_PARTS = 2_000
_HEAD = re.compile(rb"^(?:[\w-]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){1,40}", re.M)


def looks_like_mhtml(raw: bytes) -> bool:
    """Check whether a file begins with the headers of a saved page."""
    head = _HEAD.match(raw[:8192].lstrip())
    words = head[0].lower() if head else b""
    return b"mime-version" in words and (b"multipart/related" in words or b"text/html" in words)


def read_mhtml(path: Path) -> Document:
    """Read the page in an MHTML file; its pictures and style sheets are left alone."""
    try:
        if (size := path.stat().st_size) > _MAX_FILE:
            raise SourceError(f"{path} has {size:,} bytes: expected at most {_MAX_FILE:,}; save the page as HTML only")
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check the path and its permissions") from error
    if not raw.strip():
        raise SourceError(f"{path} is empty: expected a saved page; remove it or save it again")
    try:
        message = email.message_from_bytes(raw, policy=email.policy.compat32)
        for number, part in enumerate(message.walk()):
            if number > _MAX_PARTS:
                break
            if part.get_content_type() in ("text/html", "application/xhtml+xml"):
                payload = part.get_payload(decode=True)
                if isinstance(payload, bytes) and payload.strip():
                    if len(payload) > MAX_BYTES:
                        raise SourceError(
                            f"{path} holds a page of {len(payload):,} bytes: expected at most {MAX_BYTES:,}"
                        )
                    return read_page(payload, path, part.get_content_charset() or "")
    except (LookupError, ValueError, RecursionError) as error:
        raise SourceError(f"{path} is a broken MHTML file ({type(error).__name__}): save the page again") from error
    raise SourceError(f"{path} holds no page: expected MHTML as a browser saves it; save the page as HTML")
