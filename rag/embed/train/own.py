"""Pairs from a user's own paragraphs, which nobody labelled: what stands together belongs together."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from rag.embed.train.corpora import PairSet, cleaned
from rag.schema import Article, Paragraph
from rag.text.sentences import sentence_spans

__all__ = ["own_pairs", "probe"]

_LEAST = 20  # characters of a side that is running text


def own_pairs(paragraphs: Iterable[tuple[Paragraph, Article]]) -> list[PairSet]:
    """Make pairs of paragraphs in reading order: heading → paragraph, sentence → the rest of its paragraph, neighbours.

    The sentence taken out of its paragraph is the inverse cloze task (Lee et al. 2019, arXiv 1906.00300, section 4).
    """
    held = [(p, a) for p, a in paragraphs if p.kind == "body"]
    headed = ((f"{'' if a.title_missing else a.title} {p.section}".strip(), p.text) for p, a in held)
    beside = ((p.text, q.text) for (p, a), (q, b) in pairwise(held) if a.id == b.id)
    return [
        cleaned("own headings", headed, symmetric=False),
        cleaned("own sentences", _sentence_and_rest(p for p, _ in held), symmetric=False),
        cleaned("own neighbours", ((a, b) for a, b in beside if min(len(a), len(b)) >= _LEAST), symmetric=True),
    ]


def probe(paragraphs: Iterable[Paragraph], most: int) -> PairSet:
    """Take one sentence out of each of at most `most` paragraphs: does it find the rest of its own?"""
    found = {}
    for p in paragraphs:
        pairs = list(_sentence_and_rest([p]))
        if pairs:
            found[p.id] = pairs[len(pairs) // 2]
    pairs = list(found.values())
    return cleaned("own sentences", iter(pairs[:: max(1, -(-len(pairs) // most))]), symmetric=False)


def _sentence_and_rest(paragraphs: Iterable[Paragraph]) -> Iterator[tuple[str, str]]:
    for p in paragraphs:
        for a, b in sentence_spans(p.text):
            rest = f"{p.text[:a]}{p.text[b:]}"
            if b - a >= _LEAST <= len(rest):
                yield p.text[a:b], rest
