"""Put the first paragraphs in order by a contextual encoder: how near does their nearest sentence come?

Encoding is dear, so of each paragraph the two sentences count whose pieces match the question best. What the encoder
finds is added to the log odds of the fusion; the weights are fitted by `python -m eval.fit.meaning`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embed.contextual import ContextualEncoder
from rag.embed.static import StaticEmbedder
from rag.index.library import Library
from rag.retrieve.late import best_matches
from rag.schema import Paragraph
from rag.script import same_script
from rag.sentences import sentence_spans

__all__ = ["LEAST", "LOOKED_AT", "describe_meaning", "encoded_topics", "meaning_weights", "topic_of"]

LOOKED_AT = 20  # paragraphs
LEAST = 1e-12  # of a score, before its log odds are taken
_SENTENCES = 2  # of each
_WEIGHTS = {True: (5.25, 4.9), False: (8.0, 8.0)}  # the question in the paragraph's script, or in another

Scores = NDArray[np.float32]


def topic_of(library: Library, paragraph: Paragraph) -> str:
    """Give what a paragraph stands in: title › section › clause › lead-in or header; "" where nothing is known."""
    article = library.article_of(paragraph)
    title = "" if article.title_missing else article.title
    return paragraph.context or f"{title} {paragraph.section}".strip()


def encoded_topics(topics: Sequence[str], encoder: ContextualEncoder) -> Scores:
    """Encode what paragraphs stand in: (n, d) float32, a row of zeros where nothing is known."""
    rows = encoder.encode(topics)
    rows[[not topic for topic in topics]] = 0
    return rows


def describe_meaning(
    question: str,
    paragraphs: Sequence[Paragraph],
    library: Library,
    tokens: StaticEmbedder,
    encoder: ContextualEncoder,
) -> Scores:
    """Compare the question with paragraphs: (n, 2) float32.

    The cosine of the nearest sentence, and that of the nearest sentence added to its topic.
    """
    texts, owner = _nearest_sentences(question, paragraphs, tokens)
    rows = encoder.encode([question, *texts])
    asked, vectors = rows[0], rows[1:]
    beside = vectors + encoded_topics([topic_of(library, p) for p in paragraphs], encoder)[owner]
    beside /= np.maximum(np.linalg.norm(beside, axis=1, keepdims=True), 1e-9)
    cosines = np.stack([np.einsum("ij,j->i", some, asked) for some in (vectors, beside)], axis=1)
    starts = np.searchsorted(owner, np.arange(len(paragraphs)))
    found: Scores = np.maximum.reduceat(cosines, starts, axis=0).astype(np.float32)
    return found


def meaning_weights(question: str, paragraphs: Sequence[Paragraph]) -> NDArray[np.float64]:
    """Give the weights of what `describe_meaning` finds, paragraph by paragraph: (n, 2)."""
    return np.array([_WEIGHTS[same_script(question, p.text)] for p in paragraphs])


def _nearest_sentences(
    question: str, paragraphs: Sequence[Paragraph], tokens: StaticEmbedder
) -> tuple[list[str], NDArray[np.int64]]:
    """Give the sentences whose pieces match best, two of a paragraph, and whose they are."""
    spans = [sentence_spans(p.text) or [(0, len(p.text))] for p in paragraphs]
    texts = [p.text[a:b] for p, own in zip(paragraphs, spans, strict=True) for a, b in own]
    owner = np.repeat(np.arange(len(paragraphs)), [len(own) for own in spans])
    weights, best = best_matches(tokens, question, tokens.pieces(texts))
    matched = np.einsum("i,ij->j", weights, best)
    kept = [n for p in range(len(paragraphs)) for n in _best(np.flatnonzero(owner == p), matched)]
    return [texts[n] for n in kept], owner[kept]


def _best(some: NDArray[np.int64], matched: Scores) -> list[int]:
    return sorted(sorted(some.tolist(), key=lambda n: (-float(matched[n]), n))[:_SENTENCES])
