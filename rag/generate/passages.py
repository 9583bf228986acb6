"""What of the evidence a language model is given to read: the likeliest sentences, numbered, and as many as it may."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.markers import escaped, marker
from rag.schema import Article, Evidence, Span

__all__ = ["DECLINES", "READING", "Passage", "as_drafted", "declines", "passages"]

DECLINES = ("资料没有回答这个问题。", "The passages do not answer this question.")

READING = 800  # characters: a model of 1.5 billion weights reads them in eight seconds on two cores
_OPEN = re.compile(r"\[\d{0,3}$")  # a marker that may have begun
_LEADING = re.compile(
    r"^(?:\s|\[\d{0,3}\]?|[,，、;；:：])*+"
)  # numbers before an answer, the last perhaps not closed yet
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


def declines(sentence: str) -> bool:
    """Say whether a drafted sentence says that the passages hold no answer."""
    return sentence.strip(' 。."“”') in {text.strip("。.") for text in DECLINES}


def as_drafted(pieces: Iterable[str], given: Sequence[Passage]) -> Iterator[str]:
    """Read what a model writes about numbered sentences as a draft, as it streams.

    Numbers before the answer are left out: the answer is bound by its words. Where there are numbers alone, the
    sentences that they name are the draft; [0] alone declines. In markers behind sentences the rank of the evidence
    stands for the number of a sentence.
    """
    ranks = {number: p.rank for p in given for number, _ in p.sentences}
    pending, begun = "", False
    for piece in pieces:
        pending += piece
        if not begun:
            rest = _LEADING.sub("", pending)
            if not rest:
                continue
            pending, begun = rest, True
        held = _OPEN.search(pending)
        end = held.start() if held else len(pending)
        if end:
            yield _ranked(pending[:end], ranks)
            pending = pending[end:]
    if begun:
        yield _ranked(pending, ranks)
        return
    named = dict.fromkeys(int(number) for number in _MARKER.findall(pending))
    texts = {number: text for p in given for number, text in p.sentences}
    if named and not any(number in texts for number in named):
        yield DECLINES[0]
    yield from (f"{texts[number]}{marker(ranks[number])}\n" for number in named if number in texts)


def _ranked(text: str, ranks: Mapping[int, int]) -> str:
    return _MARKER.sub(lambda m: marker(ranks[int(m[1])]) if int(m[1]) in ranks else "", text)


def _source(item: Evidence, article: Article) -> str:
    title = "" if article.title_missing else article.title
    where = item.paragraph.context or " › ".join(x for x in (title, item.paragraph.section) if x)
    return "，".join(x for x in (where, *article.authors, article.date) if x)
