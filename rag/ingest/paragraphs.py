"""Turn a source into articles and paragraphs with stable ids and exact spans."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.errors import SourceError
from rag.ingest.accounts import Named
from rag.ingest.assemble import Part, assemble, is_document, named_blocks, text_of
from rag.ingest.blocks import Document, Fact, Placed, Role
from rag.ingest.corrections import corrected
from rag.ingest.documents import read_file
from rag.ingest.encodings import decode
from rag.ingest.jsonl import read_jsonl
from rag.ingest.layout import LaidOut, lay_out
from rag.ingest.lengths import LONGEST_PARAGRAPH, cut_long, spans_of
from rag.ingest.page_lines import page_blocks
from rag.ingest.shapes import authors_in_note, parse_attribution
from rag.ingest.sidecar import Beginnings, Sidecar, read_sidecar
from rag.ingest.trust import article_fields
from rag.schema import Article, Paragraph, ParagraphKind, Span

__all__ = ["INGEST_VERSION", "Ingested", "LaidOutFile", "ingest", "lay_out_file", "read_document"]

INGEST_VERSION = 4  # goes up when the rules would make something else of the same source

_NOBODY = ("", "", "")  # who said it, when, where
_KINDS: dict[Role, ParagraphKind] = {Role.BODY: "body", Role.QUOTE: "quote", Role.NOTE: "note"}


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a source holds."""

    source: str
    articles: tuple[Article, ...]
    paragraphs: tuple[Paragraph, ...]
    notices: tuple[str, ...] = ()  # what the user should know: another encoding, a working title
    named: tuple[Named, ...] = ()  # what of it is no paragraph, and what it is instead
    extracted: str | None = None  # the text that spans point into, where the source is no plain text


def ingest(path: Path, source: str, stem: str = "") -> Ingested:
    """Read the file at `path`, to be called `source` in citations.

    Ids begin with `stem`, by default the name without its ending. Raises SourceError when it can't be read or holds
    nothing to cite.
    """
    for name in (source, str(path)):
        if not _is_text(name):
            raise SourceError(f"the file name {name!a} is not UTF-8: rename the file or its folder")
    stem = stem or str(Path(source).with_suffix(""))
    if path.suffix.lower() == ".jsonl":
        articles, paragraphs, notices = read_jsonl(path, source)
        return Ingested(source, articles, paragraphs, notices)
    document = read_document(path)
    if document is not None:
        return _as_document(document, source, stem, path)
    laid_out = lay_out_file(path)
    notices = laid_out.notices
    articles, paragraphs = _cut(laid_out, source, stem)
    named = tuple(_named_on_page(laid_out.page.placed))
    if not paragraphs:
        raise SourceError(f"{path} holds no paragraph to cite: expected running text")
    notices += tuple(
        f"{source}: the headline of an article is missing; its working title is «{a.title}»"
        for a in articles
        if a.title_missing
    )
    return Ingested(source, articles, paragraphs, notices, named)


def read_document(path: Path) -> Document | None:
    """Read a file as a document; None where it is a page of articles, which the layout reads.

    Raises SourceError when it can't be read or its sidecar is wrong.
    """
    document = read_file(path)
    if path.suffix.lower() not in (".txt", ".text"):
        return document
    if read_sidecar(path).blocks:
        return None
    return document if is_document(document, lambda: len(lay_out(page_blocks(document.text)).articles)) else None


def _as_document(document: Document, source: str, stem: str, path: Path) -> Ingested:
    """Make an article and its paragraphs. Raises SourceError where there is nothing to cite."""
    name = Path(source).with_suffix("").name
    sidecar = read_sidecar(path)
    if sidecar.blocks:
        document = corrected(document, sidecar.corrections(document.blocks))
    titles = [Fact("title", row.facts["title"], "sidecar") for row in sidecar.articles if "title" in row.facts]
    found = assemble(replace(document, facts=(*titles[:1], *document.facts)), name)
    cut = [piece for part in found.parts for piece in _pieces(part, text_of(part, document.text))]
    if not cut:
        raise SourceError(f"{path} holds no paragraph to cite: expected running text")
    described = article_fields(found.facts, name)
    article = Article(
        id=f"{stem}/1",
        source=source,
        sections=tuple(dict.fromkeys(part.section for part, _ in cut if part.section)),
        title_missing=not described["title"],
        **described | {"title": described["title"] or name},
    )
    ids = paragraph_ids(stem, (text for _, text in cut))
    paragraphs = tuple(
        Paragraph(
            id=paragraph_id,
            article=article.id,
            source=source,
            text=text,
            spans=part.spans,
            kind=part.kind,
            section=part.section,
            clause=part.clause,
            context=part.context,
            page=part.page,
        )
        for paragraph_id, (part, text) in zip(ids, cut, strict=True)
    )
    (article,) = _with_facts([replace(article, date=sidecar.date or article.date)], paragraphs, sidecar)
    extracted = document.text if document.extracted else None
    return Ingested(source, (article,), paragraphs, document.notices, tuple(named_blocks(document, found)), extracted)


def _pieces(part: Part, text: str) -> Iterator[tuple[Part, str]]:
    """Yield a part with its text, or the pieces of one that is too long."""
    pieces = cut_long(text) if text else []
    exact = sum(b - a for a, b in part.spans) >= len(text)
    for piece, spans in zip(pieces, spans_of(pieces, part.spans), strict=True):
        yield (replace(part, spans=spans) if exact and len(pieces) > 1 else part), text[slice(*piece)]


def _named_on_page(placed: Sequence[Placed]) -> Iterator[Named]:
    """Yield what of a page is no paragraph."""
    for p in placed:
        if p.article < 0 or p.role not in (*_KINDS, Role.ATTRIBUTION):
            yield from ((a, b, p.role.value) for a, b in p.block.spans)


def _is_text(name: str) -> bool:
    """Say whether a name can be written down; bytes of a file name that are not UTF-8 come as half surrogate pairs."""
    return not any("\ud800" <= c <= "\udfff" for c in name)


@dataclass(frozen=True, slots=True)
class LaidOutFile:
    """A page with what each of its blocks became."""

    text: str
    page: LaidOut
    sidecar: Sidecar
    notices: tuple[str, ...]


def lay_out_file(path: Path) -> LaidOutFile:
    """Read a page and lay it out. Raises SourceError when it can't be read or its sidecar is wrong."""
    found = decode(path)
    notices = () if found.encoding == "utf-8" else (f"{path.name} is not UTF-8; read as {found.encoding.upper()}",)
    blocks = page_blocks(found.text)
    sidecar = read_sidecar(path)
    return LaidOutFile(found.text, lay_out(blocks, sidecar.corrections(blocks)), sidecar, notices)


def paragraph_ids(stem: str, texts: Iterable[str]) -> list[str]:
    """Name paragraphs after their source and text, so that an id outlives changes elsewhere in the source."""
    seen: Counter[str] = Counter()
    ids = []
    for text in texts:
        name = f"{stem}.{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        seen[name] += 1
        ids.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return ids


def _cut(file: LaidOutFile, source: str, stem: str) -> tuple[tuple[Article, ...], tuple[Paragraph, ...]]:
    page = file.page
    names = [f"{stem}/{n + 1}" for n in range(len(page.articles))]
    paragraphs = _paragraphs(file.text, page.placed, source, stem, names)
    sections: dict[int, list[str]] = {}
    for p in page.placed:
        if p.role is Role.HEADING:
            sections.setdefault(p.article, []).append(p.block.text.strip())
    notes_of: dict[str, list[str]] = {}
    for paragraph in paragraphs:
        if paragraph.kind == "note":
            notes_of.setdefault(paragraph.article, []).append(paragraph.text)
    articles = []
    for n, found in enumerate(page.articles):
        notes = notes_of.get(names[n], [])
        article = Article(
            id=names[n],
            source=source,
            title=found.title or found.working_title,
            title_missing=not found.title,
            authors=found.authors or tuple(a for note in notes for a in authors_in_note(note)),
            sections=tuple(sections.get(n, ())),
            author_note="".join(notes),
            date=file.sidecar.date or found.date,
            column=found.column,
        )
        articles.append(article)
    used = {p.article for p in paragraphs}
    corrected = _with_facts(articles, paragraphs, file.sidecar)
    return tuple(a for a in corrected if a.id in used), tuple(paragraphs)


def _with_facts(articles: list[Article], paragraphs: Sequence[Paragraph], sidecar: Sidecar) -> list[Article]:
    beginning = Beginnings([p.text for p in paragraphs])
    number = {article.id: i for i, article in enumerate(articles)}
    for row in sidecar.articles:
        if row.number is not None:
            found = [row.number - 1] if 1 <= row.number <= len(articles) else []
        else:
            found = sorted({number[paragraphs[n].article] for n in beginning.with_words(row.first_words)})
        if len(found) != 1:
            which = row.number if row.number is not None else repr(row.first_words)
            raise SourceError(f"{sidecar.path}: {len(found)} articles match {which}, expected one")
        articles[found[0]] = _with(articles[found[0]], row.facts)
    return articles


def _with(article: Article, facts: Mapping[str, Any]) -> Article:
    """Correct an article; a title that is given is no working title."""
    return replace(article, **facts, title_missing=article.title_missing and "title" not in facts)


def _paragraphs(text: str, placed: Sequence[Placed], source: str, stem: str, names: Sequence[str]) -> list[Paragraph]:
    """Join what runs on, keep reading order by first block, and carry the section along."""
    parts: dict[int, list[int]] = {}
    head: dict[int, int] = {}
    section = ""
    sections: dict[int, str] = {}
    speakers: dict[int, tuple[str, str, str]] = {}
    article = -1
    for i, p in enumerate(placed):
        if p.article != article and p.article >= 0:
            article, section = p.article, ""
        if p.role is Role.HEADING:
            section = p.block.text.strip()
        elif p.role is Role.ATTRIBUTION and i and (i - 1) in head:
            first = head[i - 1]
            parts[first].append(i)
            speakers[first] = parse_attribution(p.block.text)
        elif p.continues >= 0 and p.continues in head:
            first = head[i] = head[p.continues]
            parts[first].append(i)
        elif p.role in _KINDS and p.article >= 0:
            head[i] = i
            parts[i] = [i]
            sections[i] = section if p.role is Role.BODY else ""
    pieces: list[tuple[int, str, tuple[Span, ...]]] = []
    for i, numbers in parts.items():
        spans = _spans([placed[n] for n in numbers])
        whole = "".join(text[a:b] for a, b in spans)
        if len(whole) <= LONGEST_PARAGRAPH:
            pieces.append((i, whole, spans))
            continue
        cut = cut_long(whole)
        pieces += ((i, whole[a:b], own) for (a, b), own in zip(cut, spans_of(cut, spans), strict=True))
    ids = paragraph_ids(stem, (own for _, own, _ in pieces))
    return [
        Paragraph(
            id=name,
            article=names[placed[i].article],
            source=source,
            text=own,
            spans=spans,
            kind=_KINDS[placed[i].role],
            section=sections[i],
            speaker=(said := speakers.get(i, ("", "", "")))[0],
            said_on=said[1],
            said_at=said[2],
        )
        for name, (i, own, spans) in zip(ids, pieces, strict=True)
    ]


def _spans(parts: Sequence[Placed]) -> tuple[Span, ...]:
    """Lay the spans of blocks end to end; between Latin words the line end is kept as the space."""
    spans: list[Span] = []
    before = ""
    for part in parts:
        text = part.block.text
        if before and before[-1].isascii() and text[:1].isascii() and before[-1] != "-":
            spans[-1] = (spans[-1][0], spans[-1][1] + 1)
        spans += part.block.spans
        before = text
    return tuple(spans)
