"""HTML that is safe and says what it means."""

from html.parser import HTMLParser

from rag.answer.reasons import TOO_FAR
from rag.schema import Answer, Article, Citation, Evidence, Paragraph, Sentence
from ui.exchange import Exchange
from ui.render import panel_html, transcript_html

EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">"\'&'
PARAGRAPH = Paragraph(f"p{EVIL}", "a", EVIL, f"前{EVIL}后", ((0, 50),), section=EVIL)
ARTICLE = Article("a", EVIL, EVIL, title_missing=True, authors=(EVIL,))
CITATION = Citation(PARAGRAPH.id, EVIL, (EVIL,), EVIL, EVIL, 1, 1 + len(EVIL), EVIL, ((1, 2),))
SUPPORTED = Sentence(EVIL, "supported", 1.0, (CITATION,))


class Tags(HTMLParser):
    """Collects tags, attributes and text, and checks that every tag is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += attrs
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def answered(*sentences: Sentence) -> Exchange:
    return Exchange(EVIL, sentences, Answer(EVIL, f"{EVIL}x", "answered", sentences=sentences))


def test_nothing_from_outside_becomes_markup() -> None:
    refused = Answer(EVIL, EVIL, "refused", TOO_FAR, evidence=(Evidence(PARAGRAPH, 1, 0.5),))
    withheld = Sentence(EVIL, "withheld", 0.0)
    exchanges = [answered(SUPPORTED, withheld), Exchange(EVIL, answer=refused), Exchange(EVIL, error=EVIL)]
    for html in (transcript_html(exchanges), panel_html(ARTICLE, [PARAGRAPH], PARAGRAPH.id, len(EVIL), len(EVIL) + 1)):
        tags = Tags(html)
        assert not {"script", "img", "iframe", "style", "link"} & set(tags.seen)
        assert not [name for name, _ in tags.attributes if name.startswith("on") or name in ("src", "href")]
        assert EVIL in tags.text


def test_a_marker_carries_where_it_leads() -> None:
    attributes = Tags(transcript_html([answered(SUPPORTED)])).attributes
    assert ("data-paragraph", PARAGRAPH.id) in attributes
    assert ("data-start", "1") in attributes
    assert ("data-end", str(1 + len(EVIL))) in attributes


def test_one_number_a_paragraph_in_order_of_citation() -> None:
    other = Citation("q", "乙", (), "", "丙", 0, 1, "s", ((0, 1),))
    html = transcript_html([answered(SUPPORTED, Sentence("丙", "supported", 1.0, (other, CITATION)))])
    numbers = [p.split("</button>")[0].rsplit(">", 1)[1] for p in html.split('class="yj-cite"')[1:]]
    assert numbers == ["1", "2", "1"]


def test_the_cited_words_are_marked_and_only_they() -> None:
    html = panel_html(ARTICLE, [PARAGRAPH, Paragraph("q", "a", "s", "别的。", ((60, 63),))], PARAGRAPH.id, 0, 1)
    assert '<mark class="yj-mark" tabindex="-1">前</mark>' in html
    assert html.count("<mark") == 1


def test_answer_refusal_error_and_wait_look_different() -> None:
    refused = Exchange("问", answer=Answer("问", "问", "refused", TOO_FAR))
    shown = [transcript_html([e]) for e in (answered(SUPPORTED), refused, Exchange("问", error="坏了"), Exchange("问"))]
    for html, style in zip(shown, ("yj-answer", "yj-refusal", "yj-error", "yj-busy"), strict=True):
        assert f'{style}"' in html
        assert sum(f'{s}"' in html for s in ("yj-refusal", "yj-error", "yj-busy")) <= 1
    assert 'role="alert"' in shown[2]
    assert "没有回答" not in shown[2]


def test_withheld_sentences_are_counted_and_set_apart() -> None:
    html = transcript_html([answered(SUPPORTED, Sentence("编造的。", "withheld", 0.0))])
    shown, details = html.split("<details")
    assert "编造的" not in shown
    assert "1 句没有出处支持" in details
    assert "编造的。" in details


def test_suggestions_notices_and_the_way_back_are_escaped() -> None:
    refused = Answer("原话", EVIL, "refused", TOO_FAR, suggestions=(EVIL,), notices=(EVIL,))
    answered = Answer(EVIL, "改写了", "answered", sentences=(SUPPORTED,), notices=(EVIL,))
    for answer in (refused, answered):
        tags = Tags(transcript_html([Exchange("原话", answer=answer)]))
        assert "script" not in tags.seen
        assert "img" not in tags.seen
        assert EVIL in tags.text
        assert ("data-ask", EVIL) in tags.attributes


def test_several_articles_speak_under_their_titles() -> None:
    other = Citation("p2", "另一篇", (), "", "乙。", 0, 2, "s", ((0, 2),))
    one = Citation("p1", "一篇", (), "", "甲。", 0, 2, "s", ((0, 2),))
    sentences = (Sentence("甲。", "supported", 1.0, (one,)), Sentence("乙。", "supported", 1.0, (other,)))
    html = transcript_html([Exchange("问", answer=Answer("问", "问", "answered", sentences=sentences))])
    assert html.index("《一篇》</p>") < html.index("甲。") < html.index("《另一篇》</p>") < html.index("乙。")
    alone = transcript_html([Exchange("问", answer=Answer("问", "问", "answered", sentences=sentences[:1]))])
    assert "yj-article" not in alone
