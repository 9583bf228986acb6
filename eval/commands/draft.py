"""`yinju eval draft --out FILE`: propose questions; `--accept FILE --set SET` opens the page that decides on them."""

import argparse
from pathlib import Path

from rag.command import Command, add_settings, settings_flags
from rag.errors import UsageError

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="FILE.jsonl", help="where the proposals go")
    parser.add_argument("--marked-down", type=Path, metavar="FILE", help="propose what readers of the chat marked down")
    parser.add_argument(
        "--accept", type=Path, metavar="FILE.jsonl", help="open the page on which proposals are decided"
    )
    parser.add_argument("--set", type=Path, metavar="SET.jsonl", help="the set that takes what is accepted")
    parser.add_argument("--port", type=int, default=7862, help="port of the page (default 7862)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    add_settings(parser, "library", "seeds", "generator", "seconds")


def _run(arguments: argparse.Namespace) -> int:
    from eval.draft import from_llm, from_marked, from_rules, read_drafts, write_drafts
    from rag.config import load_settings
    from rag.feedback import marked_down
    from rag.generate.server import ServerGenerator
    from rag.session import open_library

    settings = load_settings(settings_flags(arguments))
    if arguments.accept and arguments.set:
        from eval.review.drafts import build
        from eval.review.page import serve
        from rag.web import Access, check_address

        read_drafts(arguments.accept)
        check_address("127.0.0.1", arguments.port)
        library = open_library(settings)
        served = serve(
            lambda: build(arguments.accept, arguments.set, library),
            access=Access(port=arguments.port),
            open_browser=not arguments.no_browser,
        )
        print(f"引据出题 Yinju drafts: {served.address}  (Ctrl+C ends it)", flush=True)
        served.wait()
        return 0
    if not arguments.out or arguments.accept or arguments.set:
        raise UsageError(
            "give --out FILE to propose questions, or --accept FILE with --set SET.jsonl to decide on them"
        )
    library = open_library(settings)
    kind, _, address = settings.generator.partition(":")
    if arguments.marked_down:
        if not arguments.marked_down.is_file():
            raise UsageError(f"{arguments.marked_down} is no file: give the database that the chat writes")
        drafts = from_marked(marked_down(arguments.marked_down))
    elif kind == "server":
        drafts = from_llm(library.paragraphs(), ServerGenerator(address, library.article_of, seconds=settings.seconds))
    else:
        drafts = from_rules(library.paragraphs())
    print(f"{arguments.out}: {write_drafts(arguments.out, drafts)} questions proposed")
    return 0


COMMAND = Command(
    "draft", "propose questions from the articles, for a person to accept, edit or drop", _configure, _run
)
