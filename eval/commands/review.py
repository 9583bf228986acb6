"""`yinju eval review DIR`: label the answers of a run on a page; see agreement; turn labels into gold."""

import argparse
import os
from pathlib import Path

from rag.command import Command
from rag.errors import UsageError

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, metavar="DIR", help="folder of a run")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="database of labels (default DIR/labels.sqlite)")
    parser.add_argument("--annotator", default="", help="your name")
    parser.add_argument("--agreement", action="store_true", help="print how far annotators and judge agree, and end")
    parser.add_argument("--gold", type=Path, metavar="OUT.jsonl", help="write the set with what labels add, and end")
    parser.add_argument("--marked-down", type=Path, metavar="FILE", help="print what readers marked down, and end")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=7861, help="port (default 7861)")
    parser.add_argument("--open-to-everyone", action="store_true", help="with another --host: everybody may label")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")


def _run(arguments: argparse.Namespace) -> int:
    from dataclasses import asdict

    from eval.gold import save_set
    from eval.review.harvest import harvested
    from eval.review.store import LabelStore
    from eval.runs import load_run
    from rag.feedback import marked_down
    from rag.web import Access, check_address, check_reach

    if arguments.marked_down:
        if not arguments.marked_down.is_file():
            raise UsageError(f"{arguments.marked_down} is no file: give the database that the chat writes")
        for marked in marked_down(arguments.marked_down):
            print(f"{marked.id}\t{marked.at}\t{marked.question}\t{marked.note}")
        return 0
    if not arguments.agreement and not arguments.gold:
        check_address(arguments.host, arguments.port)
        check_reach(arguments.host, open_to_everyone=arguments.open_to_everyone)
    run = load_run(arguments.run)
    about = run.about["set"]
    store = LabelStore(
        arguments.labels or arguments.run / "labels.sqlite", f"{run.name} {about['sha256'][:12]} {run.about['begun']}"
    )
    if arguments.agreement:
        for a in store.agreements({q: r.judged for q, r in run.results.items() if r.judged}):
            kappas = f"κ of verdicts {a.verdicts:.2f}, of citations {a.citations:.2f}"
            print(f"{a.one} – {a.other}: {a.questions} questions, {kappas}")
        return 0
    if arguments.gold:
        card = asdict(run.gold_set.card)
        if run.about["corpus"]:
            card["corpus"] = os.path.relpath(run.about["corpus"], arguments.gold.resolve().parent)
        names = sorted({label.annotator for label in store.labels()})
        card["revision"] = f"{card['revision']}+labels"
        card["labelled_by"] = "; ".join([card["labelled_by"], *names])
        made = save_set(arguments.gold, harvested(run, store.labels()), card)
        print(f"{made.path}: {len(made.questions)} questions")
        return 0
    from eval.review.page import build, serve

    access = Access(arguments.host, arguments.port)
    served = serve(lambda: build(run, store, arguments.annotator), access=access, open_browser=not arguments.no_browser)
    print(f"引据评审 Yinju review: {served.address}  (Ctrl+C ends it)", flush=True)
    served.wait()
    return 0


COMMAND = Command("review", "label the answers of a run on a page; agreement; labels into gold", _configure, _run)
