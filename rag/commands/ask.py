"""`yinju ask`: a question, or a file of them."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from rag.command import ANSWERING, Command, add_settings, settings_flags
from rag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.assistant import Assistant
    from rag.schema import Answer, Citation

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="?", help="what you want to know, in Chinese or English")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument("--batch", type=Path, metavar="IN.jsonl", help="ask every question of a file (id, question)")
    parser.add_argument("--out", type=Path, metavar="OUT.jsonl", help="where the answers of --batch go")
    add_settings(parser, *ANSWERING)


def _run(arguments: argparse.Namespace) -> int:
    from rag.commands.batch import run_batch
    from rag.config import load_settings
    from rag.retrieve.retriever import checked_question
    from rag.session import open_assistant

    if bool(arguments.batch) != bool(arguments.out) or bool(arguments.batch) == (arguments.question is not None):
        raise UsageError("give a question, or --batch IN.jsonl with --out OUT.jsonl: see `yinju ask --help`")
    settings = load_settings(settings_flags(arguments))
    if arguments.batch:
        assistant = open_assistant(settings)
        return run_batch(
            arguments.batch,
            arguments.out,
            lambda question, earlier: _asked_after(assistant, question, earlier).to_json(),
        )
    question = checked_question(arguments.question)
    assistant = open_assistant(settings)
    answer = assistant.with_suggestions(assistant.ask(question))
    print(json.dumps(answer.to_json(), ensure_ascii=False, indent=1) if arguments.json else _as_text(answer))
    return 0


def _asked_after(assistant: "Assistant", question: str, earlier: "Sequence[str]") -> "Answer":
    """Ask the earlier questions of a conversation, then this one."""
    from rag.schema import Turn

    turns: list[Turn] = []
    for before in earlier:
        turns.append(Turn(before, assistant.ask(before, turns).text))
    return assistant.with_suggestions(assistant.ask(question, turns))


def _as_text(answer: "Answer") -> str:
    from rag.answer.reasons import in_chinese

    if answer.status != "answered":
        unsure = answer.status == "unsure"
        told = (
            "不能确定文章是否回答了这个问题 · Not sure that the articles answer this"
            if unsure
            else ("文章没有回答这个问题 · The articles do not answer this")
        )
        lines = [f"{told}: {in_chinese(answer.reason)} · {answer.reason}", ""]
        if answer.nearest:
            lines.append(
                "最接近的原文 · nearest sentences:" if unsure else "相关原文，并非答案 · related, not an answer:"
            )
            lines += [f"  {_shown(n.text)}  {n.citation.paragraph}" for n in answer.nearest]
        if answer.suggestions:
            lines += ["", "文章回答得了的问题 · questions that the articles answer:"]
            lines += [f"  {question}" for question in answer.suggestions]
        return "\n".join([*_mended(answer), *lines])
    sources: dict[str, Citation] = {}
    body = []
    shown = [s for s in answer.sentences if s.is_shown]
    several = len({s.citations[0].article for s in shown}) > 1
    title = ""
    for sentence in shown:
        for citation in sentence.citations:
            sources.setdefault(citation.paragraph, citation)
        if several and sentence.citations[0].article != title:
            title = sentence.citations[0].article
            body.append(f"《{title}》")
        numbers = [list(sources).index(c.paragraph) + 1 for c in sentence.citations]
        body.append(sentence.text + "".join(f"[{n}]" for n in dict.fromkeys(numbers)))
        if sentence.status == "paraphrased":
            body += [f"    转述，原文 · in other words than: {_shown(c.quote)}" for c in sentence.citations]
        if sentence.translation:
            body.append(f"    {sentence.translation}（机器译文，未经核对 · machine translation, unchecked）")
    withheld = sum(not s.is_shown for s in answer.sentences)
    lines = [*answer.notices, "\n".join(body), ""]
    if withheld:
        lines.append(f"未经证实而不显示的句子 · withheld: {withheld}")
    for n, citation in enumerate(sources.values(), 1):
        page = f"第{citation.page}页" if citation.page else ""
        parts = ("、".join(citation.authors), citation.shown_article, citation.section, page)
        place = "，".join(part for part in parts if part)
        lines.append(f"[{n}] {place}  {citation.paragraph}")
    return "\n".join([*_mended(answer), *lines])


def _shown(quote: str) -> str:
    """Give a sentence on one line."""
    return " ".join(quote.split())


def _mended(answer: "Answer") -> list[str]:
    """Say what was searched for where that is not what was asked."""
    if answer.searched_for == answer.question:
        return []
    return [f"按此检索 · searched for: {answer.searched_for}", ""]


COMMAND = Command("ask", "answer a question from the articles, each sentence with its source", _configure, _run)
