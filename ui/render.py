"""From answers to safe HTML: every text is escaped, nothing is fetched."""

from collections.abc import Iterable, Sequence
from html import escape

from rag.answer.reasons import in_chinese
from rag.schema import Answer, Article, Citation, Nearest, Paragraph, Sentence, Span
from rag.verify.reasons import withheld_in_chinese
from ui.exchange import Exchange

__all__ = ["EMPTY_PANEL", "WITHDRAWN_PANEL", "examples_html", "exchanges_html", "panel_html", "transcript_html"]

EMPTY_PANEL = (
    '<div class="yj-panel yj-empty"><p>点击回答里的编号，这里显示原文，并标出所引的句子。</p>'
    '<p lang="en">Click a number in an answer to see its source here, with the cited words marked.</p></div>'
)
WITHDRAWN_PANEL = (
    '<div class="yj-panel yj-empty"><p>这一段已不在文库里：文章在回答之后被撤下或改过。请重新提问。</p>'
    '<p lang="en">This paragraph is no longer in the library: its article was withdrawn or changed after the answer. '
    "Please ask again.</p></div>"
)
_GREETING = (
    '<div class="yj-greeting"><p>请就文章提问。回答只用文章里的话，每句都有出处；文章没有说的，会直说没有。</p>'
    '<p lang="en">Ask about the articles. Answers quote them, sentence by sentence, with the source; '
    "what they do not say is said to be missing.</p></div>"
)
_RELATED = "相关原文，并非答案 · Related, not an answer"
_DROPPED = "更早的问答已不再保留 · earlier questions are no longer kept"


def transcript_html(exchanges: Sequence[Exchange], rendered_before: str = "", dropped: int = 0) -> str:
    """Render a conversation: what was rendered before, then `exchanges`; `dropped` are no longer kept."""
    if not exchanges and not rendered_before:
        return f'<div class="yj-transcript">{_GREETING}</div>'
    told = f'<p class="yj-notice">{_DROPPED}</p>' if dropped else ""
    return f'<div class="yj-transcript">{told}{rendered_before}{exchanges_html(exchanges)}</div>'


def exchanges_html(exchanges: Iterable[Exchange]) -> str:
    """Render questions with their answers, without what stands around them."""
    return "".join(map(_exchange_html, exchanges))


def examples_html(questions: Iterable[str]) -> str:
    """Render questions that a click writes into the box, without asking the server for anything."""
    buttons = "".join(
        f'<li><button type="button" class="yj-ask" data-fill="{escape(q)}">{escape(q)}</button></li>' for q in questions
    )
    return f'<p class="yj-notice">例如 · For example</p><ul class="yj-suggested">{buttons}</ul>'


def panel_html(article: Article, paragraphs: Iterable[Paragraph], shown: str, start: int = 0, end: int = 0) -> str:
    """Render an article with `[start, end)` of the paragraph `shown` marked; the whole paragraph where they are 0."""
    title = escape(article.shown_title)
    by = "、".join(escape(a) for a in article.authors)
    head = f'<h3>{title}</h3><p class="yj-by">{by} <span class="yj-source">{escape(article.source)}</span></p>'
    body = []
    section = ""
    for p in paragraphs:
        if p.section != section and p.section:
            body.append(f"<h4>{escape(p.section)}</h4>")
        section = p.section or section
        body.append(_paragraph_html(p, shown, start, end))
    return f'<div class="yj-panel">{head}{"".join(body)}</div>'


def _paragraph_html(p: Paragraph, shown: str, start: int, end: int) -> str:
    text = escape(p.text)
    if p.id == shown:
        if not end:
            start, end = 0, len(p.text)
        before, quote, after = p.text[:start], p.text[start:end], p.text[end:]
        text = f'{escape(before)}<mark class="yj-mark" tabindex="-1">{escape(quote)}</mark>{escape(after)}'
    classes = f"yj-{p.kind}" + (" yj-shown" if p.id == shown else "")
    return f'<p class="{classes}" data-id="{escape(p.id)}">{text}</p>'


def _exchange_html(exchange: Exchange) -> str:
    question = f'<div class="yj-question">{escape(exchange.question)}</div>'
    return question + _reply_html(exchange)


def _reply_html(exchange: Exchange) -> str:
    if exchange.error:
        return (
            '<div class="yj-error" role="alert"><strong>出错了，没有得到回答 · Error, no answer</strong>'
            f"<p>{escape(exchange.error)}</p></div>"
        )
    answer = exchange.answer
    if answer is None:
        shown = _sentences_html(exchange.sentences) if exchange.sentences else ""
        return f'<div class="yj-answer yj-busy">{shown}<span class="yj-cursor" aria-label="正在回答">…</span></div>'
    if answer.status != "answered":
        return _refusal_html(answer)
    return _answer_html(answer)


def _answer_html(answer: Answer) -> str:
    return (
        f'<div class="yj-answer">{_searched_for_html(answer)}{_notices_html(answer)}'
        f"{_sentences_html(answer.sentences)}{_sources_html(answer.sentences)}{_withheld_html(answer.sentences)}</div>"
    )


def _searched_for_html(answer: Answer) -> str:
    """Say how a question was rewritten, with a way back to its own words."""
    if answer.searched_for == answer.question:
        return ""
    back = _ask_button(answer.question, "按原话再问 · ask as typed", as_asked=True)
    return f'<p class="yj-rewritten">按此检索 · searched for: {escape(answer.searched_for)} {back}</p>'


def _notices_html(answer: Answer) -> str:
    return "".join(f'<p class="yj-notice">{escape(notice)}</p>' for notice in answer.notices)


def _ask_button(question: str, text: str, *, as_asked: bool = False) -> str:
    own_words = ' data-as-asked="1"' if as_asked else ""
    return f'<button type="button" class="yj-ask" data-ask="{escape(question)}"{own_words}>{escape(text)}</button>'


def _numbers(sentences: Iterable[Sentence]) -> dict[str, int]:
    """Number the cited paragraphs in order of first citation."""
    numbers: dict[str, int] = {}
    for sentence in sentences:
        if sentence.is_shown:
            for citation in sentence.citations:
                numbers.setdefault(citation.paragraph, len(numbers) + 1)
    return numbers


def _sentences_html(sentences: Sequence[Sentence]) -> str:
    """Render what is shown; where several articles speak, each under its title."""
    numbers = _numbers(sentences)
    shown = [s for s in sentences if s.is_shown]
    several = len({s.citations[0].article for s in shown}) > 1
    parts = []
    title = ""
    for sentence in shown:
        first = sentence.citations[0]
        if several and first.article != title:
            title = first.article
            parts.append(f'<p class="yj-article">《{escape(title)}》</p>')
        marks = "".join(_marker_html(c, numbers[c.paragraph]) for c in sentence.citations)
        words = _focused_html(sentence.text, sentence.focus)
        style = "yj-sentence yj-paraphrased" if sentence.status == "paraphrased" else "yj-sentence"
        parts.append(f'<p class="{style}">{words}{marks}</p>{_quoted_html(sentence)}{_translation_html(sentence)}')
    return "".join(parts)


def _quoted_html(sentence: Sentence) -> str:
    """Show the source's words below a sentence that says them in others."""
    if sentence.status != "paraphrased":
        return ""
    quotes = "".join(f"<q>{escape(citation.quote)}</q>" for citation in sentence.citations)
    return f'<p class="yj-quoted"><small>转述，原文 · in other words than</small> {quotes}</p>'


def _translation_html(sentence: Sentence) -> str:
    if not sentence.translation:
        return ""
    label = "<small>机器译文，未经核对 · machine translation, unchecked</small>"
    return f'<p class="yj-translation">{escape(sentence.translation)} {label}</p>'


def _place(citation: Citation) -> str:
    """Say where a citation stands: author, title, section."""
    parts = ("、".join(citation.authors), citation.shown_article, citation.section)
    return " ".join(p for p in parts if p)


def _marker_html(citation: Citation, number: int) -> str:
    return _button(
        "yj-cite", citation.paragraph, citation.start, citation.end, str(number), f"出处 {number}：{_place(citation)}"
    )


def _button(style: str, paragraph: str, start: int, end: int, text: str, label: str) -> str:
    return (
        f'<button type="button" class="{style}" data-paragraph="{escape(paragraph)}" data-start="{start}" '
        f'data-end="{end}" aria-label="{escape(label)}" title="{escape(label)}">{escape(text)}</button>'
    )


def _sources_html(sentences: Sequence[Sentence]) -> str:
    first: dict[str, Citation] = {}
    for sentence in sentences:
        for citation in sentence.citations:
            first.setdefault(citation.paragraph, citation)
    numbers = _numbers(sentences)
    rows = []
    for name, n in numbers.items():
        c = first[name]
        text = f"{_place(c)}：{_beginning(c.quote, 14)}"
        rows.append(f'<li value="{n}">{_button("yj-place", c.paragraph, c.start, c.end, text, "显示原文")}</li>')
    return f'<ol class="yj-sources">{"".join(rows)}</ol>'


def _withheld_html(sentences: Sequence[Sentence]) -> str:
    withheld = [s for s in sentences if not s.is_shown]
    if not withheld:
        return ""
    rows = "".join(f"<li>{escape(s.text)}{_reason_html(s)}</li>" for s in withheld)
    count = len(withheld)
    return (
        f'<details class="yj-withheld"><summary>{count} 句没有出处支持，不算回答 · {count} withheld, not part of the '
        f"answer</summary><ul>{rows}</ul></details>"
    )


def _reason_html(sentence: Sentence) -> str:
    reason = sentence.reason
    return f" <small>{escape(withheld_in_chinese(reason))} · {escape(reason)}</small>" if reason else ""


def _refusal_html(answer: Answer) -> str:
    unsure = answer.status == "unsure"
    told = (
        "不能确定这就是答案 · Not sure that this answers"
        if unsure
        else ("文章没有回答这个问题 · The articles do not answer this")
    )
    related = _nearest_html(answer.nearest, "最接近的原文 · Nearest sentences" if unsure else _RELATED)
    return (
        f'<div class="yj-refusal"><strong>{told}</strong>'
        f'<p>{escape(in_chinese(answer.reason))}。<span lang="en">{escape(answer.reason)}.</span></p>'
        f'<p class="yj-rewritten">所检索的 · searched for: {escape(answer.searched_for)}</p>'
        f"{_notices_html(answer)}{related}{_suggestions_html(answer)}{_withheld_html(answer.sentences)}</div>"
    )


def _suggestions_html(answer: Answer) -> str:
    if not answer.suggestions:
        return ""
    rows = "".join(f"<li>{_ask_button(question, question)}</li>" for question in answer.suggestions)
    return f'<p>文章回答得了的问题 · Questions that the articles answer:</p><ul class="yj-suggested">{rows}</ul>'


def _nearest_html(nearest: Sequence[Nearest], label: str) -> str:
    """Show whole sentences, each with the way to its place."""
    if not nearest:
        return ""
    cited = [(n, n.citation) for n in nearest]
    rows = "".join(
        f"<li>{_focused_html(n.text, n.focus)} "
        f"{_button('yj-place', c.paragraph, c.start, c.end, _place(c), '显示原文')}</li>"
        for n, c in cited
    )
    return f'<p>{label}:</p><ul class="yj-related">{rows}</ul>'


def _focused_html(text: str, focus: Sequence[Span]) -> str:
    """Escape a text, with the parts to look at first in bold."""
    parts = []
    at = 0
    for start, end in focus:
        parts += [escape(text[at:start]), f'<b class="yj-focus">{escape(text[start:end])}</b>']
        at = end
    return "".join([*parts, escape(text[at:])])


def _beginning(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[:characters]}…"
