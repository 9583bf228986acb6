"""`yinju search`: the evidence alone."""

import argparse
import json
from pathlib import Path
from typing import Any

from rag.command import Command, add_settings, settings_flags
from rag.errors import UsageError

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="?", help="what you look for")
    parser.add_argument("-k", type=int, default=10, help="how many paragraphs (default 10)")
    parser.add_argument("--json", action="store_true", help="print the evidence as JSON")
    parser.add_argument("--batch", type=Path, metavar="IN.jsonl", help="search for every question of a file")
    parser.add_argument("--out", type=Path, metavar="OUT.jsonl", help="where the evidence of --batch goes")
    add_settings(parser, "library", "seeds", "embedder", "encoder", "reranker", "device")


def _run(arguments: argparse.Namespace) -> int:
    from rag.commands.batch import run_batch
    from rag.config import load_settings
    from rag.retrieve.retriever import checked_question
    from rag.session import open_retriever

    if bool(arguments.batch) != bool(arguments.out) or bool(arguments.batch) == (arguments.question is not None):
        raise UsageError("give a question, or --batch IN.jsonl with --out OUT.jsonl: see `yinju search --help`")
    if arguments.k < 1:
        raise UsageError(f"-k is {arguments.k}: expected 1 or more")
    settings = load_settings(settings_flags(arguments))
    asked = None if arguments.batch else checked_question(arguments.question)
    retriever = open_retriever(settings)
    if asked is None:

        def search(question: str) -> dict[str, Any]:
            found = retriever.search(checked_question(question), arguments.k)
            rows = [{"paragraph": e.paragraph.id, "rank": e.rank, "score": round(e.score, 6)} for e in found]
            return {"evidence": rows}

        return run_batch(arguments.batch, arguments.out, lambda question, _: search(question))
    evidence = retriever.search(asked, arguments.k)
    if arguments.json:
        print(
            json.dumps({"question": asked, "evidence": [e.to_json() for e in evidence]}, ensure_ascii=False, indent=1)
        )
    else:
        for e in evidence:
            print(f"{e.rank:3} {e.score:.3f}  {e.paragraph.id}  {e.paragraph.text[:70]}")
    return 0


COMMAND = Command("search", "find paragraphs, without an answer", _configure, _run)
