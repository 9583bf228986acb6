"""The web page: wiring alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from rag.answer.extractive import ExtractiveGenerator
from rag.assistant import Assistant
from rag.live import LiveAssistant
from rag.web import Access, Listeners, Served, serve_page
from ui.conversations import Conversations
from ui.events import NotDone, PageEvents, View
from ui.handlers import ChatHandlers
from ui.render import EMPTY_PANEL, examples_html, transcript_html

__all__ = ["build", "serve"]

_CSS = Path(__file__).with_name("page.css")

# Markers and places are buttons that carry their paragraph and offsets, others a question; one listener serves all
# that ever come.
_ON_CLICK = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-paragraph], button[data-ask]');
  if (button) trigger(button.dataset.ask ? 'submit' : 'click', {...button.dataset});
});
"""
_ON_FILL = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-fill]'), box = document.querySelector('#yj-question textarea');
  if (!button || !box) return;
  box.value = button.dataset.fill;
  box.dispatchEvent(new Event('input', {bubbles: true}));
  box.focus();
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


def build(assistant: Assistant | LiveAssistant, listeners: Listeners) -> gr.Blocks:
    """Wire the page to an assistant; `listeners` tells whose reader is still there."""
    quick = assistant.generator.name == ExtractiveGenerator.name
    events = PageEvents(ChatHandlers(assistant), Conversations(), listeners.wanted, quick=quick)

    def submitted(question: str, request: gr.Request) -> Iterator[tuple[str, str, str]]:
        yield from _outputs(events.ask(_session(request), question))

    def asked(request: gr.Request, event: gr.EventData) -> Iterator[tuple[str, str, str]]:
        yield from _outputs(events.click_question(_session(request), event._data))

    def shown(request: gr.Request, event: gr.EventData) -> str:
        try:
            return events.click_place(_session(request), event._data)
        except NotDone as error:
            raise gr.Error(str(error), print_exception=False) from None

    def cleared(request: gr.Request) -> tuple[str, str]:
        view = events.begin_anew(_session(request))
        return view.transcript, view.panel

    page: gr.Blocks = gr.Blocks(title="引据 Yinju", analytics_enabled=False)
    with page:
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
                gr.HTML(examples_html(_EXAMPLES), js_on_load=_ON_FILL, elem_id="yj-examples")
                new = gr.Button("新的对话 · New conversation", size="sm", elem_id="yj-new")
            with gr.Column(scale=2, min_width=320):
                panel = gr.HTML(EMPTY_PANEL, js_on_load=_SCROLL_TO_MARK, elem_id="yj-panel", container=True)
        outputs = [transcript, panel, question]
        private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        question.submit(submitted, [question], outputs, **private)
        transcript.submit(asked, None, outputs, **private)
        transcript.click(shown, None, [panel], **private)
        new.click(cleared, None, [transcript, panel], **private)
    return page


def serve(assistant: Assistant | LiveAssistant, *, access: Access, open_browser: bool = False) -> Served:
    """Serve the page in a thread. Raises UsageError where it can't."""
    listeners = Listeners()
    css = _CSS.read_text(encoding="utf-8")
    return serve_page(
        lambda: build(assistant, listeners), access=access, css=css, open_browser=open_browser, listeners=listeners
    )


def _session(request: gr.Request) -> str:
    return str(request.session_hash)


def _outputs(views: Iterator[View]) -> Iterator[tuple[str, str, str]]:
    """Turn views into Gradio's outputs; what was not done is told in a message over the page.

    Every output has a value each time: for `gr.skip()` Gradio makes a new component.
    """
    try:
        for view in views:
            yield view.transcript, view.panel, view.question
    except NotDone as error:
        raise gr.Error(str(error), print_exception=False) from None
