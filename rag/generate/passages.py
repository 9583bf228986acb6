"""What of the evidence a language model is given to read: the likeliest sentences, numbered, and as many as it may."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.markers import escaped, marker
from rag.schema import Article, Evidence, Span

__all__ = ["READING", "Passage", "passages", "with_ranks"]

READING = 800  # characters: a model of 1.5 billion weights reads them in eight seconds on two cores
_OPEN = re.compile(r"\[\d{0,3}$")  # a marker that may have begun
_MARKER = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences of one paragraph, each with its number, and what they stand in."""

    rank: int  # of the evidence
    sentences: tuple[tuple[int, str], ...]  # numbered over all passages, from 1
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
    found: list[Passage] = []
    number = 0
    for item, article in zip(evidence, articles, strict=True):
        spans = sorted(chosen.get(item.rank, ()))
        texts = [escaped(" ".join(item.paragraph.text[slice(*span)].split())) for span in spans]
        if texts:
            found.append(Passage(item.rank, tuple(enumerate(texts, number + 1)), _source(item, article)))
            number += len(texts)
    return found


def with_ranks(pieces: Iterable[str], given: Sequence[Passage]) -> Iterator[str]:
    """Put the ranks of evidence for the numbers of sentences in a draft's markers, as it streams."""
    ranks = {number: p.rank for p in given for number, _ in p.sentences}
    pending = ""
    for piece in pieces:
        pending += piece
        begun = _OPEN.search(pending)
        end = begun.start() if begun else len(pending)
        if end:
            yield _ranked(pending[:end], ranks)
            pending = pending[end:]
    if pending:
        yield _ranked(pending, ranks)


def _ranked(text: str, ranks: Mapping[int, int]) -> str:
    return _MARKER.sub(lambda m: marker(ranks[int(m[1])]) if int(m[1]) in ranks else "", text)


def _source(item: Evidence, article: Article) -> str:
    title = "" if article.title_missing else article.title
    where = item.paragraph.context or " › ".join(x for x in (title, item.paragraph.section) if x)
    return "，".join(x for x in (where, *article.authors, article.date) if x)
