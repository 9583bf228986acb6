"""Bind each drafted sentence to the words that it rests on, or withhold it."""

from collections.abc import Callable, Sequence

from rag.cite.markers import DraftedSentence
from rag.schema import Article, Citation, Evidence, Paragraph, Sentence, sub_spans

__all__ = ["Checker", "cite"]


class Checker:
    """Checks sentences against evidence. Only what an article says word for word counts as supported."""

    def __init__(self, article_of: Callable[[Paragraph], Article]) -> None:
        self._article_of = article_of

    def check(self, drafted: DraftedSentence, evidence: Sequence[Evidence]) -> Sentence:
        """Give the verdict on one sentence. The evidence that it names is looked at first, then the rest.

        A sentence whose words stand in other evidence than it names is cited from where they stand.
        """
        named = [e for e in evidence if e.rank in drafted.ranks]
        for item in (*named, *(e for e in evidence if e not in named)):
            start = item.paragraph.text.find(drafted.text)
            if start >= 0:
                citation = cite(item.paragraph, self._article_of(item.paragraph), start, start + len(drafted.text))
                return Sentence(drafted.text, "supported", 1.0, (citation,))
        return Sentence(drafted.text, "withheld", 0.0)


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
