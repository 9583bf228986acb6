"""What of the evidence a language model is given to read: the likeliest sentences, as many as it reads in good time."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.markers import escaped
from rag.schema import Article, Evidence, Span

__all__ = ["READING", "Passage", "passages"]

READING = 800  # characters: a model of 1.5 billion weights reads them in ten seconds on two cores

_GAP = "……"  # between sentences that do not follow each other


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences of one paragraph, in their order, and what they stand in."""

    rank: int  # of the evidence: the number that a marker names
    text: str
    source: str  # title › section › clause, date


def passages(evidence: Sequence[Evidence], articles: Sequence[Article], most: int) -> list[Passage]:
    """Give the likeliest sentences of the evidence, up to `most` characters of them; the first one however long.

    Where the plan says nothing of its sentences, paragraphs are given from the first one on, each as a whole.
    """
    likely = sorted((q.order, e.rank, q.span) for e in evidence for q in e.likely)
    chosen: dict[int, list[Span]] = {}
    left = most
    for _, rank, span in likely or [(n, e.rank, (0, len(e.paragraph.text))) for n, e in enumerate(evidence)]:
        length = span[1] - span[0]
        if chosen and length > left:
            continue
        chosen.setdefault(rank, []).append(span)
        left -= length
    return [
        Passage(e.rank, _joined(e.paragraph.text, sorted(chosen[e.rank])), _source(e, a))
        for e, a in zip(evidence, articles, strict=True)
        if e.rank in chosen
    ]


def _joined(text: str, spans: Sequence[Span]) -> str:
    parts: list[str] = []
    end = 0
    for start, stop in spans:
        if parts and text[end:start].strip():
            parts.append(_GAP)
        parts.append(escaped(text[start:stop]))
        end = stop
    return "".join(parts)


def _source(item: Evidence, article: Article) -> str:
    title = "" if article.title_missing else article.title
    where = item.paragraph.context or " › ".join(x for x in (title, item.paragraph.section) if x)
    return "，".join(x for x in (where, *article.authors, article.date) if x)
