"""Read a page: HTML as a site serves it, a browser saves it, or an office program exports it."""

import gc
from collections.abc import Iterator
from pathlib import Path

from rag.errors import SourceError
from rag.ingest.blocks import BlockKind, Document, Fact
from rag.ingest.readers.html.bytes import decode_html, looks_like_html
from rag.ingest.readers.html.compose import compose
from rag.ingest.readers.html.facts import facts_of_head
from rag.ingest.readers.html.flow import Walker
from rag.ingest.readers.html.furniture import measure_all
from rag.ingest.readers.html.guard import MAX_BYTES
from rag.ingest.readers.html.headings import mark_captions, mark_headings
from rag.ingest.readers.html.inline import find_notes
from rag.ingest.readers.html.labels import facts_of_page
from rag.ingest.readers.html.main import Main, find_main, same_title, titles_in_head
from rag.ingest.readers.html.notes import find_plain_notes
from rag.ingest.readers.html.piece import Piece, State
from rag.ingest.readers.html.region import join_title, prose_range, settle, title_of
from rag.ingest.readers.html.style import mark_hidden
from rag.ingest.readers.html.tree import Element, find, parse

__all__ = ["looks_like_html", "read_html", "read_page"]

_FEW = 40  # characters of a page that are no evidence of a document: a heading, a button
_HIDDEN = 1_000
_IMAGES = 120  # characters below which pictures may hold what the page says


def read_html(path: Path) -> Document:
    """Read a page. Raises SourceError where it is empty, too large, hostile, or holds no text."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SourceError(
                f"{path} has {size:,} bytes: expected a page of at most {MAX_BYTES:,}; save only its text, or split it"
            )
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check the path and its permissions") from error
    if not raw.strip():
        raise SourceError(f"{path} is empty: expected a page; remove it or save it again")
    return read_page(raw, path)


def read_page(raw: bytes, path: Path, charset: str = "", facts: tuple[Fact, ...] = ()) -> Document:
    """Read the bytes of a page; `charset` and `facts` are what its envelope says.

    The collector rests meanwhile: it would walk over the growing tree again and again (a third of the time).
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return _read(raw, path, charset, facts)
    finally:
        if collects:
            gc.enable()


def _read(raw: bytes, path: Path, charset: str, facts: tuple[Fact, ...]) -> Document:
    markup, encoding = decode_html(raw, charset)
    if markup.count("\0") > 0.01 * len(markup):
        raise SourceError(f"{path} is binary: expected a page in HTML; check what the file is")
    notices: list[str] = []
    if wrong := markup.count("\ufffd"):
        notices.append(f"{wrong:,} characters could not be read as {encoding} and stand as \ufffd")
    root, styles = parse(markup, str(path))
    mark_hidden(root, styles)
    body = next((child for child in find(root) if child.tag in ("body", "frameset")), root)
    titles = titles_in_head(root)
    pieces, walker, title = _pieces(root, body, titles, notices)
    find_plain_notes(pieces, walker.marks)
    stated = pieces[title].text if title >= 0 and _is_stated(pieces[title], titles) else ""
    headline = pieces[title] if title >= 0 else None
    pieces, found = facts_of_page(pieces, *prose_range(pieces))
    mark_captions(pieces)
    mark_headings(pieces, next((number for number, piece in enumerate(pieces) if piece is headline), -1))
    text, blocks = compose(pieces, walker.marks)
    evidence = sum(len(block.text) for block in blocks if block.kind not in (BlockKind.FURNITURE, BlockKind.METADATA))
    if not evidence:
        frames = sum(child.tag in ("frame", "iframe") for child in find(root))
        pictures = sum(child.tag == "img" for child in find(root))
        what = f"{pictures} pictures" if pictures else f"{frames} frames" if frames else "no text"
        raise SourceError(f"{path} is a page with {what} and no words of a document: save the page that shows the text")
    hidden = sum(len(block.text) for block in blocks if block.furniture == "hidden")
    if hidden > max(_HIDDEN, evidence):
        notices.append(f"{hidden:,} characters are hidden until a reader opens them, and are not read")
    if walker.images and evidence < _IMAGES:
        notices.append(f"the page holds {walker.images} pictures, whose words are not read")
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in text[:20_000]) > 0.2 * len(text[:20_000])
    headlines = [Fact("title", stated, "html heading")] if stated else []
    stated_facts = [*headlines, *found, *facts, *facts_of_head(root, mostly_chinese=chinese)]
    return Document(text, blocks, extracted=True, facts=tuple(dict.fromkeys(stated_facts)), notices=tuple(notices))


def _is_stated(piece: Piece, titles: list[tuple[str, str]]) -> bool:
    """Check whether the title on the page is whole: the head says the same, or it is marked as the first heading."""
    return same_title(piece.text, titles, begin=False) or (
        piece.kind is BlockKind.HEADING and not same_title(piece.text, titles)
    )


def _pieces(
    root: Element, body: Element, titles: list[tuple[str, str]], notices: list[str]
) -> tuple[list[Piece], Walker, int]:
    """Cut a page into settled pieces; where that leaves no text, take in lists of links, then what is hidden."""
    sizes = measure_all(root)
    targets = find_notes(root)
    main = find_main(body, sizes)
    best: tuple[int, list[Piece], Walker, int] | None = None
    for hidden, links, where, notice in _attempts(main, body):
        walker = Walker(where, sizes, targets, hidden=hidden, links=links)
        state = State(body, inside=where.element is body)
        walker.walk(body, state)
        walker.flush(state)
        join_title(walker.pieces, titles)
        title = title_of(walker.pieces, titles)
        settle(walker.pieces, title, named=where.named)
        size = sum(
            len(piece.shown) for number, piece in enumerate(walker.pieces) if not piece.furniture and number != title
        )
        if best is None or size > best[0] + _FEW:
            if best is not None and notice:
                notices.append(notice)
            best = (size, walker.pieces, walker, title)
        if best[0] > _FEW:
            break
    assert best is not None
    return best[1], best[2], best[3]


def _attempts(main: Main, body: Element) -> Iterator[tuple[bool, bool, Main, str]]:
    whole = Main(body, named=True, above=frozenset())
    yield True, True, main, ""
    yield True, False, whole, "the page is mostly links: they are read as its text"
    yield False, False, whole, "all text of the page is hidden until a script shows it: it is read as shown"
