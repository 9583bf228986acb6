"""`yinju show`: a paragraph with its neighbours, or what each block of a source became."""

import argparse
from pathlib import Path

from rag.command import Command, add_settings, settings_flags
from rag.errors import UsageError

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
    row = library.row_of.get(arguments.id)
    if row is None:
        raise UsageError(f"no paragraph {arguments.id!r} in the library: `yinju search QUESTION` gives ids")
    paragraph = library.paragraphs[row]
    article = library.article_of(paragraph)
    print(f"《{article.shown_title}》  {'、'.join(article.authors)}")
    around = library.in_article(paragraph.article)
    at = around.index(paragraph)
    for p in around[max(0, at - 1) : at + 2]:
        print(f"\n{'→' if p is paragraph else ' '} {p.id}  [{p.kind}{' · ' + p.section if p.section else ''}]")
        if p is paragraph:
            print(f"  {p.source} {' '.join(f'{a}–{b}' for a, b in p.spans)}")
            if p.speaker:
                print(f"  {p.speaker} {p.said_on} {p.said_at}")
        print(f"  {p.text}")
    return 0


def _show_source(path: Path) -> int:
    from rag.ingest.paragraphs import lay_out_file

    page, notices = lay_out_file(path)
    for notice in notices:
        print(f"note: {notice}")
    for n, found in enumerate(page.articles, 1):
        title = found.title or f"{found.working_title} (working title: the headline is missing)"
        print(f"article {n}: {title}  {'、'.join(found.authors)}")
    for n, placed in enumerate(page.placed):
        text = placed.block.text
        shown = text if len(text) <= 48 else f"{text[:30]} … {text[-15:]}"
        runs_on = f" ← {placed.continues}" if placed.continues >= 0 else ""
        article = f"{placed.article + 1}" if placed.article >= 0 else "–"
        print(f"{n:4} {placed.block.start:7} {article:>3} {placed.role.value + runs_on:<16} {' '.join(shown.split())}")
    return 0


COMMAND = Command("show", "show a paragraph with its neighbours, or how a source was read", _configure, _run)
