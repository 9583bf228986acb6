"""Read paragraphs that come one a line, with ids of their own."""

import json
import re
from pathlib import Path
from typing import Any

from rag.errors import SourceError
from rag.ingest.encodings import decode
from rag.schema import Article, Paragraph

__all__ = ["read_jsonl"]

_HALF_PAIR = re.compile("[\ud800-\udfff]")


def read_jsonl(path: Path, source: str) -> tuple[tuple[Article, ...], tuple[Paragraph, ...], tuple[str, ...]]:
    """Read articles, paragraphs and notices. Lines of one title and date are one article.

    The span of a paragraph is that of its text in the file: exact where the text is written without escapes, else
    that of the whole literal. Raises SourceError naming the first line that is wrong.
    """
    found = decode(path)
    notices = () if found.encoding == "utf-8" else (f"{source} is not UTF-8; read as {found.encoding.upper()}",)
    articles: dict[tuple[str, tuple[str, ...], str], Article] = {}
    sections: dict[str, dict[str, None]] = {}  # in order
    paragraphs: dict[str, Paragraph] = {}
    stem = str(Path(source).with_suffix(""))
    for number, match in enumerate(re.finditer(r"[^\r\n]*(?:\r\n|\n|\r|$)", found.text), 1):
        line = match.group()
        if not line.strip("\ufeff \t\r\n"):
            continue
        row = _row(line.lstrip("\ufeff"), f"{path} line {number}")
        if row["id"] in paragraphs:
            raise SourceError(f"{path} line {number}: id {row['id']!r} stands twice; ids must be unique")
        if not row["text"].strip():
            raise SourceError(f"{path} line {number}: text is empty")
        key = (row["title"], row["authors"], row["date"])
        if key not in articles:
            articles[key] = Article(
                id=f"{stem}/{len(articles) + 1}",
                source=source,
                title=row["title"] or stem,
                title_missing=not row["title"],
                authors=row["authors"],
                date=row["date"],
            )
        article = articles[key].id
        if row["section"]:
            sections.setdefault(article, {})[row["section"]] = None
        start, end = _literal(line, row["text"])
        paragraphs[row["id"]] = Paragraph(
            id=row["id"],
            article=article,
            source=source,
            text=row["text"],
            spans=((match.start() + start, match.start() + end),),
            section=row["section"],
        )
    if not paragraphs:
        raise SourceError(f"{path} holds no line: expected one JSON object a line with id and text")
    whole = tuple(
        Article(**{**a.to_json(), "authors": a.authors, "sections": tuple(sections.get(a.id, ()))})
        for a in articles.values()
    )
    return whole, tuple(paragraphs.values()), notices


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{where} is no JSON ({error})") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not _is_name(row.get("id")):
        raise SourceError(f"{where}: expected an object with id and text")
    authors = row.get("authors") or []
    authors = [authors] if isinstance(authors, str) else authors
    if not isinstance(authors, list) or not all(isinstance(a, str) for a in authors):
        raise SourceError(f"{where}: authors is {authors!a}, expected a list of names")
    found = {**{k: str(row.get(k) or "") for k in ("text", "title", "date", "section")}, "id": str(row["id"])}
    for key, value in (*found.items(), *(("authors", author) for author in authors)):
        if _HALF_PAIR.search(value):
            raise SourceError(f"{where}: {key} holds half a surrogate pair: write the character itself")
    return {**found, "authors": tuple(authors)}


def _is_name(value: object) -> bool:
    return (isinstance(value, str) and bool(value.strip())) or (isinstance(value, int) and not isinstance(value, bool))


def _literal(line: str, text: str) -> tuple[int, int]:
    """Find the text in its line: the inside of the JSON string that is its value."""
    for match in re.finditer(r'"text"\s*+:\s*+("(?>[^"\\]++|\\.)*+")', line):
        if json.loads(match.group(1)) == text:
            return match.start(1) + 1, match.end(1) - 1
    return 0, len(line.rstrip("\r\n"))
