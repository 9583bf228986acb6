"""Bind each drafted sentence to the words that it rests on, or withhold it."""

from collections.abc import Callable, Sequence

from rag.markers import DraftedSentence
from rag.schema import Article, Citation, Evidence, Paragraph, Sentence, Span, sub_spans
from rag.sentences import sentence_spans

__all__ = ["Checker", "cite"]


class Checker:
    """Checks sentences against evidence. Only whole sentences of an article, word for word, count as supported."""

    def __init__(self, article_of: Callable[[Paragraph], Article]) -> None:
        self._article_of = article_of

    def check(self, drafted: DraftedSentence, evidence: Sequence[Evidence]) -> Sentence:
        """Give the verdict on one sentence. The evidence that it names is looked at first, then the rest.

        A sentence whose words stand in other evidence than it names is cited from where they stand.
        """
        named = [e for e in evidence if e.rank in drafted.ranks]
        for item in (*named, *(e for e in evidence if e not in named)):
            found = _find_whole(item.paragraph.text, drafted.text)
            if found:
                citation = cite(item.paragraph, self._article_of(item.paragraph), *found)
                return Sentence(drafted.text, "supported", 1.0, (citation,))
        return Sentence(drafted.text, "withheld", 0.0)


def _find_whole(text: str, sentence: str) -> Span | None:
    """Find a sentence in a text, from the beginning of one of its sentences to the end of one.

    Part of a sentence may say the opposite of the whole: 不只是“物”的现代化 holds 是“物”的现代化, 3.1亿 holds 1亿.
    """
    if not any(c.isalnum() for c in sentence):
        return None
    spans = sentence_spans(text)
    ends = {end for _, end in spans}
    for start, _ in spans:
        if text.startswith(sentence, start) and start + len(sentence) in ends:
            return start, start + len(sentence)
    return None


def cite(paragraph: Paragraph, article: Article, start: int, end: int) -> Citation:
    """Cite `[start, end)` of a paragraph."""
    exact = sum(b - a for a, b in paragraph.spans) == len(paragraph.text)
    return Citation(
        paragraph=paragraph.id,
        article=article.shown_title,
        authors=article.authors,
        section=paragraph.section,
        quote=paragraph.text[start:end],
        start=start,
        end=end,
        source=paragraph.source,
        spans=sub_spans(paragraph.spans, start, end) if exact else paragraph.spans,
    )
