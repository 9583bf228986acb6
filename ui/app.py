"""The web page: wiring alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.web import launch
from ui.exchange import Exchange
from ui.handlers import ChatHandlers
from ui.render import EMPTY_PANEL, transcript_html

__all__ = ["build", "serve"]

_CSS = Path(__file__).with_name("page.css")

# Markers and places are buttons that carry their paragraph and offsets, others a question; one listener serves all
# that ever come.
_ON_CLICK = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-paragraph], button[data-ask]');
  if (button) trigger('click', {...button.dataset});
});
"""
_SCROLL_TO_END = """
watch('value', () => {
  const transcript = element.querySelector('.yj-transcript');
  if (transcript) transcript.scrollTop = transcript.scrollHeight;
});
"""
_SCROLL_TO_MARK = """
watch('value', () => {
  const panel = element.querySelector('.yj-panel'), mark = element.querySelector('.yj-mark');
  if (panel && mark) panel.scrollTop = mark.offsetTop - panel.clientHeight / 3;
});
"""
_EXAMPLES = [
    "2024年我国60岁及以上人口有多少？",
    "数字经济如何影响消费？",
    "“人工智能+”怎样赋能未来产业？",
    "刘奕是谁？",
    "Who is 刘奕?",
]


def build(assistant: Assistant) -> gr.Blocks:
    """Wire the page to an assistant."""
    handlers = ChatHandlers(assistant)

    def respond(question: str, before: list[Exchange], *, as_asked: bool = False) -> Iterator[tuple[Any, ...]]:
        exchanges = before
        for exchanges in handlers.respond(question, before, as_asked=as_asked):
            yield exchanges, transcript_html(exchanges), gr.skip(), ""
        yield exchanges, transcript_html(exchanges), handlers.panel_of(exchanges), ""

    def clear() -> tuple[Any, ...]:
        return [], transcript_html([]), EMPTY_PANEL

    def clicked(before: list[Exchange], event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        data = event._data
        if "ask" in data:
            yield from respond(str(data["ask"]), before, as_asked="asAsked" in data)
        else:
            yield gr.skip(), gr.skip(), handlers.show_clicked(data), gr.skip()

    page: gr.Blocks = gr.Blocks(title="引据 Yinju", analytics_enabled=False)
    with page:
        exchanges = gr.State([])
        gr.HTML('<h1 class="yj-title">引据 <small>Yinju · 答必有据</small></h1>')
        with gr.Row(elem_classes="yj-columns"):
            with gr.Column(scale=3, min_width=320):
                transcript = gr.HTML(
                    transcript_html([]), js_on_load=_ON_CLICK + _SCROLL_TO_END, elem_id="yj-chat", container=True
                )
                question = gr.Textbox(
                    placeholder="请提问，回车发送 · Ask a question, Enter sends",
                    show_label=False,
                    label="问题 · Question",
                    lines=1,
                    max_lines=5,
                    submit_btn="提问 Ask",
                    stop_btn=False,
                    autofocus=True,
                    elem_id="yj-question",
                )
                gr.Examples(_EXAMPLES, question, label="例如 · For example")
                new = gr.Button("新的对话 · New conversation", size="sm", elem_id="yj-new")
            with gr.Column(scale=2, min_width=320):
                panel = gr.HTML(EMPTY_PANEL, js_on_load=_SCROLL_TO_MARK, elem_id="yj-panel", container=True)
        question.submit(
            respond, [question, exchanges], [exchanges, transcript, panel, question], show_progress="hidden"
        )
        transcript.click(clicked, [exchanges], [exchanges, transcript, panel, question], show_progress="hidden")
        new.click(clear, None, [exchanges, transcript, panel], show_progress="hidden")
    return page


def serve(assistant: Assistant, *, host: str, port: int, open_browser: bool) -> tuple[gr.Blocks, str]:
    """Serve the page in a thread; give it, to be closed or waited for, with its address."""
    page = build(assistant)
    page.queue(default_concurrency_limit=4)
    css = _CSS.read_text(encoding="utf-8")
    return page, launch(page, host=host, port=port, open_browser=open_browser, css=css)
