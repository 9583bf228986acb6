"""The page on which proposed questions are accepted, edited or dropped."""

import time
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from eval.draft import accept, read_drafts, write_drafts
from eval.gold import GoldQuestion, Reference
from eval.metrics import holds
from rag.index.library import Library

__all__ = ["build"]


def build(drafts: Path, target: Path, library: Library) -> Any:
    """Wire the page: what is accepted goes to the set `target`, what is decided leaves `drafts`."""
    import gradio as gr

    def shown() -> tuple[str, str, str, str]:
        left = read_drafts(drafts)
        if not left:
            return "没有待审的题了 · nothing left to decide", "", "", "0"
        first = left[0]
        return _paragraphs(first, library), first.question, _lines(first), str(len(left))

    def decided(question: str, facts: str, name: str, *, keep: bool) -> tuple[str, str, str, str]:
        left = read_drafts(drafts)
        if left and keep:
            if not name.strip():
                raise gr.Error("请先填写姓名 · give your name first")
            told = tuple(tuple(x.strip() for x in line.split("/") if x.strip()) for line in facts.splitlines())
            told = tuple(fact for fact in told if fact)
            if not question.strip() or (left[0].relevant and not told):
                raise gr.Error("题目和要点不能为空 · a question and its facts are needed")
            relevant = left[0].relevant or _holding(told, library)
            if told and not relevant:
                raise gr.Error("没有段落包含这些要点 · no paragraph holds these facts")
            edited = replace(left[0], question=question.strip(), answerable=bool(told), relevant=relevant, facts=told)
            accept(target, edited, name.strip(), time.strftime("%Y-%m-%d"))
        if left:
            write_drafts(drafts, left[1:])
        return shown()

    page: gr.Blocks = gr.Blocks(title="引据出题 · Yinju drafts", analytics_enabled=False)
    with page:
        gr.HTML("<h2>引据出题 <small>Yinju drafts</small></h2>")
        with gr.Row():
            name = gr.Textbox(label="审题人 · your name", elem_id="yj-annotator")
            left = gr.Textbox(label="待审 · left", interactive=False, elem_id="yj-left")
        paragraph = gr.HTML(container=True, elem_id="yj-paragraph")
        question = gr.Textbox(label="题目 · question", elem_id="yj-draft")
        facts = gr.Textbox(label="要点，一行一个，不同说法用 / 隔开 · facts, one a line", lines=3, elem_id="yj-facts")
        outputs = [paragraph, question, facts, left]
        with gr.Row():
            take = gr.Button("采用 · accept", variant="primary", elem_id="yj-accept")
            drop = gr.Button("不用 · drop", elem_id="yj-drop")
        take.click(lambda q, f, n: decided(q, f, n, keep=True), [question, facts, name], outputs)
        drop.click(lambda q, f, n: decided(q, f, n, keep=False), [question, facts, name], outputs)
        page.load(shown, None, outputs)
    return page


def _holding(facts: Sequence[Sequence[str]], library: Library) -> tuple[Reference, ...]:
    """Give the paragraphs that hold every fact: those of a question that a reader marked down are not known."""
    found = [p.id for p in library.paragraphs() if facts and all(holds(p.text, fact) for fact in facts)]
    return tuple(Reference(name) for name in found)


def _paragraphs(question: GoldQuestion, library: Library) -> str:
    rows = [library.row_of(r.paragraph) for r in question.relevant]
    texts = [library.paragraph(row).text for row in rows if row is not None]
    return "".join(f"<p>{escape(text)}</p>" for text in texts) or "<p>（读者标记的问题 · marked down by a reader）</p>"


def _lines(question: GoldQuestion) -> str:
    return "\n".join(" / ".join(fact) for fact in question.facts)
