"""`yinju show`: a paragraph with its neighbours, or what each block of a source became."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rag.command import Command, add_settings, settings_flags
from rag.errors import UsageError

if TYPE_CHECKING:
    from rag.ingest.blocks import Document
    from rag.schema import Article

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", nargs="?", help="id of a paragraph")
    parser.add_argument("--source", type=Path, metavar="FILE", help="show what each block of a file became")
    add_settings(parser, "library", "seeds", "embedder", "device")


def _run(arguments: argparse.Namespace) -> int:
    if bool(arguments.id) == bool(arguments.source):
        raise UsageError("give the id of a paragraph, or --source FILE: see `yinju show --help`")
    if arguments.source:
        return _show_source(arguments.source)
    return _show_paragraph(arguments)


def _show_paragraph(arguments: argparse.Namespace) -> int:
    from rag.config import load_settings
    from rag.session import open_library

    library = open_library(load_settings(settings_flags(arguments)))
    row = library.row_of(arguments.id)
    if row is None:
        raise UsageError(f"no paragraph {arguments.id!r} in the library: `yinju search QUESTION` gives ids")
    paragraph = library.paragraph(row)
    article = library.article_of(paragraph)
    print(f"《{article.shown_title}》  {'、'.join(article.authors)}".rstrip())
    for line in _stated(article):
        print(f"  {line}")
    family = library.family_of(article)
    for state in family.states if family else ():
        held = "in force" if state.in_force else "not in force"
        here = "→" if state.article.id == article.id else " "
        print(f"{here} {state.label}  since {state.since}  {held}  {state.article.source}")
    around = library.in_article(paragraph.article)
    at = around.index(paragraph)
    for p in around[max(0, at - 1) : at + 2]:
        print(f"\n{'→' if p is paragraph else ' '} {p.id}  [{p.kind}{' · ' + p.section if p.section else ''}]")
        if p is paragraph:
            page = f" page {p.page}" if p.page else ""
            print(f"  {p.source}{page} {' '.join(f'{a}–{b}' for a, b in p.spans)}")
            if p.context:
                print(f"  in: {p.context}")
            if p.speaker:
                print(f"  {p.speaker} {p.said_on} {p.said_at}")
        print(f"  {p.text}")
    return 0


def _show_source(path: Path) -> int:
    from rag.ingest.paragraphs import ingest, lay_out_file, read_document

    found = ingest(path, path.name)
    for notice in found.notices:
        print(f"note: {notice}")
    for n, article in enumerate(found.articles, 1):
        print(f"article {n}: {article.shown_title}  {'、'.join(article.authors)}".rstrip())
        for line in _stated(article):
            print(f"  {line}")
    document = None if path.suffix.lower() == ".jsonl" else read_document(path)
    if path.suffix.lower() == ".jsonl":
        for p in found.paragraphs:
            print(f"{p.spans[0][0]:7} {p.id}  {_short(p.text)}")
        return 0
    if document is not None:
        _show_document(document, path)
        return 0
    for n, placed in enumerate(lay_out_file(path).page.placed):
        runs_on = f" ← {placed.continues}" if placed.continues >= 0 else ""
        article_number = f"{placed.article + 1}" if placed.article >= 0 else "–"
        role = placed.role.value + runs_on
        print(f"{n:4} {placed.block.start:7} {article_number:>3} {role:<16} {_short(placed.block.text)}")
    return 0


def _stated(article: "Article") -> Iterator[str]:
    """Yield what is known of an article, a line for each fact."""
    names = ("issuer", "number", "place", "published", "passed", "amended", "in_force", "repealed", "modified")
    for name in (*names, "origin", "column"):
        if value := getattr(article, name):
            yield f"{name.replace('_', ' '):9} {value}"


def _show_document(document: "Document", path: Path) -> None:
    """Print what a document states of itself, with where it says so, and what each of its blocks became."""
    from rag.ingest.assemble import assemble

    made = assemble(document, path.stem)
    for fact in made.facts:
        print(f"{fact.name:12} {_short(fact.value):50} {fact.where}")
    for n, (block, belongs) in enumerate(zip(document.blocks, made.belongings, strict=True)):
        role = made.head.get(n) or belongs.furniture or belongs.kind.value
        place = " › ".join([*belongs.section[-2:], *([belongs.clause] if belongs.clause else [])])
        bound = max(belongs.lead_in, belongs.header)
        role += f" ← {bound}" if bound >= 0 else ""
        page = f"p.{block.page}" if block.page else ""
        print(f"{n:4} {block.start:7} {page:>5} {role:<18} {_short(block.text)}")
        if place:
            print(f"{'':20}{_short(place)}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 48 else f"{line[:30]} … {line[-15:]}"


COMMAND = Command("show", "show a paragraph with its neighbours, or how a source was read", _configure, _run)
