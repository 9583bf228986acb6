"""The page on which answers are labelled: one at a time, by keyboard where one likes."""

from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Any

from eval.review.store import Label, LabelStore, Verdict
from eval.runs import Run
from rag.web import Access, Served, serve_page

__all__ = ["build", "exchange_html", "serve"]

_VERDICTS: dict[Verdict, str] = {"right": "对 right (1)", "partly": "部分对 partly (2)", "wrong": "错 wrong (3)"}
_KEYS = """
if (!window.yjKeys) {
  window.yjKeys = true;
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('textarea, input:not([type=checkbox]):not([type=radio])');
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const id = {'1': 'yj-right', '2': 'yj-partly', '3': 'yj-wrong', 'j': 'yj-next', 'k': 'yj-previous'}[event.key];
    const button = id && document.getElementById(id);
    if (button) { event.preventDefault(); button.click(); }
  });
}
"""
_CSS = """
.gradio-container { max-width: 1280px !important; margin: 0 auto; font-size: 16px; }
footer { display: none !important; }
.yj-review { line-height: 1.8; overflow-wrap: anywhere; } .yj-review h3 { margin: 0 0 6px; }
.yj-review .soft { color: #64748b; font-size: .9rem; } .yj-review .bad { color: #b91c1c; }
.yj-review blockquote { margin: 4px 0 10px; padding: 4px 12px; border-left: 3px solid #94a3b8; font-size: .95rem; }
.yj-review mark { background: #fde047; color: inherit; }
.dark .yj-review mark { background: #a16207; color: #fff; }
"""


def exchange_html(run: Run, place: int) -> str:
    """Render a question with its answer, the cited words and the gold: every text is escaped."""
    gold = run.gold[place]
    question, result = gold.question, run.result_of(gold)
    parts = [f"<h3>{escape(question.id)} {escape(question.question)}</h3>"]
    parts += [f'<p class="soft">前文 before: {escape(t.question)}</p>' for t in question.history]
    if result.failed:
        parts.append(f'<p class="bad">出错 error: {escape(result.error)}</p>')
    elif not result.answered:
        parts.append(f"<p>拒答 refused: {escape(str((result.answer or {}).get('reason', '')))}</p>")
    texts = {e["paragraph"]: e["text"] for e in (result.answer or {}).get("evidence", ())}
    for n, sentence in enumerate(result.shown, 1):
        parts.append(f"<p><b>{n}.</b> {escape(sentence['text'])}</p>")
        for c in sentence["citations"]:
            text = texts.get(c["paragraph"], c["quote"])
            a, b = (c["start"], c["end"]) if c["paragraph"] in texts else (0, len(text))
            quoted = f"{escape(text[:a])}<mark>{escape(text[a:b])}</mark>{escape(text[b:])}"
            parts.append(f'<blockquote><span class="soft">《{escape(c["article"])}》</span> {quoted}</blockquote>')
    known = "；".join(" / ".join(fact) for fact in question.facts) or "—"
    parts.append(f'<p class="soft">要点 key facts: {escape(known)}</p>')
    if not question.answerable:
        parts.append('<p class="soft">标为不可回答 · labelled as not answerable</p>')
    return f'<div class="yj-review">{"".join(parts)}</div>'


def build(run: Run, store: LabelStore, annotator: str = "") -> Any:
    """Wire the page."""
    import gradio as gr

    count = len(run.gold)

    def sentences(place: int) -> list[str]:
        return [f"{n}. {s['text'][:40]}" for n, s in enumerate(run.result_of(run.gold[place]).shown, 1)]

    def shown(place: int, name: str) -> tuple[Any, ...]:
        choices = sentences(place)
        known = {label.question: label for label in store.labels(name)} if name.strip() else {}
        label = known.get(run.gold[place].question.id)
        supporting = [
            c for c, yes in zip(choices, label.supports if label else [True] * len(choices), strict=False) if yes
        ]
        verdict = f" · {_VERDICTS[label.verdict]}" if label else ""
        return (
            place,
            exchange_html(run, place),
            f"{place + 1} / {count}{verdict} · 已标 labelled {len(known)}",
            gr.CheckboxGroup(choices=choices, value=supporting, visible=bool(choices)),
            "\n".join(label.missing) if label else "",
            label.note if label else "",
        )

    def moved(place: int, name: str, by: int) -> tuple[Any, ...]:
        return shown(max(0, min(count - 1, place + by)), name)

    def labelled(
        verdict: Verdict, place: int, name: str, supporting: Sequence[str], missing: str, note: str
    ) -> tuple[Any, ...]:
        if not name.strip():
            raise gr.Error("请先填写标注人 · give your name first")
        supports = tuple(choice in supporting for choice in sentences(place))
        facts = tuple(line.strip() for line in missing.splitlines() if line.strip())
        store.put(Label(run.gold[place].question.id, name, verdict, supports, facts, note.strip()))
        return moved(place, name, 1)

    def agreement() -> str:
        rows = store.agreements({q: r.judged for q, r in run.results.items() if r.judged})
        lines = [f"| {a.one} | {a.other} | {a.questions} | {a.verdicts:.2f} | {a.citations:.2f} |" for a in rows]
        head = ["| | | 题 n | 判定 κ verdicts | 引文 κ citations |", "|---|---|---:|---:|---:|"]
        return "\n".join(head + lines) if lines else "还没有标注 · no labels yet"

    page: gr.Blocks = gr.Blocks(title="引据评审 · Yinju review", analytics_enabled=False)
    with page:
        place = gr.State(0)
        gr.HTML("<h2>引据评审 <small>Yinju review</small></h2>", js_on_load=_KEYS)
        with gr.Row():
            name = gr.Textbox(annotator, label="标注人 · annotator", elem_id="yj-annotator")
            progress = gr.Textbox(label="进度 · progress", interactive=False, elem_id="yj-progress")
        exchange = gr.HTML(elem_id="yj-exchange", container=True)
        supporting = gr.CheckboxGroup(label="出处支持这一句 · its citation supports it", elem_id="yj-supports")
        missing = gr.Textbox(label="缺少的要点，一行一个 · missing facts, one a line", lines=2, elem_id="yj-missing")
        note = gr.Textbox(label="备注 · note", elem_id="yj-note")
        outputs = [place, exchange, progress, supporting, missing, note]
        with gr.Row():
            previous = gr.Button("← 上一题 previous (k)", elem_id="yj-previous")
            for verdict, text in _VERDICTS.items():
                button = gr.Button(text, variant="primary", elem_id=f"yj-{verdict}")
                button.click(partial(labelled, verdict), [place, name, supporting, missing, note], outputs)
            following = gr.Button("下一题 next (j) →", elem_id="yj-next")
        with gr.Accordion("一致性 · agreement", open=False):
            table = gr.Markdown()
            gr.Button("计算 · compute", elem_id="yj-agreement").click(agreement, None, [table])
        previous.click(lambda p, n: moved(p, n, -1), [place, name], outputs)
        following.click(lambda p, n: moved(p, n, 1), [place, name], outputs)
        name.submit(shown, [place, name], outputs)
        page.load(shown, [place, name], outputs)
    return page


def serve(build: Callable[[], Any], *, access: Access, open_browser: bool = False) -> Served:
    """Serve the page that `build` makes, in a thread. Raises UsageError where it can't."""
    return serve_page(build, access=access, css=_CSS, open_browser=open_browser)
