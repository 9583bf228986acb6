"""Put the first paragraphs in order by a contextual encoder: how near does their nearest sentence come?

Encoding is dear, so of each paragraph the two sentences count whose pieces match the question best. Texts are compared
as wholes, by cosine, and piece by piece: each piece of the question looks for the nearest one of the text (late
interaction, arXiv 2004.12832). What the encoder finds is added to the log odds of the fusion; the weights are fitted by
`python -m eval.fit.meaning`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embed.contextual import ContextualEncoder, EncodedText
from rag.embed.static import StaticEmbedder
from rag.index.library import Library
from rag.retrieve.late import best_matches
from rag.schema import Paragraph
from rag.text.sentences import sentence_spans

__all__ = [
    "LEAST",
    "LOOKED_AT",
    "MEETINGS",
    "MEETING_WEIGHTS",
    "describe_meaning",
    "encoded_topics",
    "mean_nearness",
    "nearest_pieces",
    "topic_of",
]

LOOKED_AT = 20  # paragraphs
LEAST = 1e-12  # of a score, before its log odds are taken
_SENTENCES = 2  # of each
MEETINGS = ("cosine", "cosine with its topic", "late with its topic", "late of all, with the topic")
MEETING_WEIGHTS = (4.6, 4.6, 7.3, 6.5)

Scores = NDArray[np.float32]


def topic_of(library: Library, paragraph: Paragraph) -> str:
    """Give what a paragraph stands in: title › section › clause › lead-in or header; "" where nothing is known."""
    article = library.article_of(paragraph)
    title = "" if article.title_missing else article.title
    return paragraph.context or f"{title} {paragraph.section}".strip()


def encoded_topics(topics: Sequence[str], encoder: ContextualEncoder) -> list[EncodedText]:
    """Encode what paragraphs stand in: zeros, and no pieces, where nothing is known."""
    nothing = EncodedText(
        np.zeros(encoder.dimension, np.float32), np.zeros((0, encoder.dimension), np.float16), np.zeros(0, np.bool_)
    )
    known = iter(encoder.encode_pieces([topic for topic in topics if topic]))
    return [next(known) if topic else nothing for topic in topics]


def nearest_pieces(question: EncodedText, texts: Sequence[EncodedText]) -> Scores:
    """Give the cosine of each piece of the question with the nearest one of each text: (q, n) float32.

    Pieces without a letter or figure are left out, if there are others; a text without pieces is at 0.
    """
    asked = question.pieces[question.says] if question.says.any() else question.pieces
    nearest = np.zeros((len(asked), len(texts)), dtype=np.float32)
    filled = [n for n, text in enumerate(texts) if len(text.pieces)]
    if not len(asked) or not filled:
        return nearest
    pieces = np.concatenate([texts[n].pieces for n in filled]).astype(np.float32)
    lengths = np.array([len(texts[n].pieces) for n in filled])
    # einsum adds up in one order, whatever the number of threads: the ranking must not depend on it
    cosines = np.einsum("id,jd->ij", asked.astype(np.float32), pieces)
    nearest[:, filled] = np.maximum.reduceat(cosines, np.cumsum(lengths) - lengths, axis=1)
    return nearest


def mean_nearness(pieces: Scores) -> Scores:
    """Give the mean over the pieces of the question, (q, n): (n,), zeros for a question without any."""
    mean: Scores = pieces.mean(axis=0) if len(pieces) else np.zeros(pieces.shape[1], np.float32)
    return mean


def describe_meaning(
    question: str,
    paragraphs: Sequence[Paragraph],
    library: Library,
    tokens: StaticEmbedder,
    encoder: ContextualEncoder,
) -> Scores:
    """Compare the question with paragraphs: (n, len(MEETINGS)) float32.

    The cosine of the nearest sentence, and that of the nearest sentence added to its topic; how near the pieces of the
    question come to those of one sentence and its topic, and to those of all its sentences looked at and the topic.
    """
    texts, owner = _nearest_sentences(question, paragraphs, tokens)
    asked, *sentences = encoder.encode_pieces([question, *texts])
    topics = encoded_topics([topic_of(library, p) for p in paragraphs], encoder)
    vectors = np.stack([s.vector for s in sentences])
    beside = vectors + np.stack([t.vector for t in topics])[owner]
    beside /= np.maximum(np.linalg.norm(beside, axis=1, keepdims=True), 1e-9)
    starts = np.searchsorted(owner, np.arange(len(paragraphs)))
    near = nearest_pieces(asked, [*topics, *sentences])
    about, near = near[:, : len(topics)], near[:, len(topics) :]
    late = mean_nearness(np.maximum(near, about[:, owner]))
    whole = mean_nearness(np.maximum(np.maximum.reduceat(near, starts, axis=1), about))
    cosines = [np.einsum("ij,j->i", some, asked.vector) for some in (vectors, beside)]
    best = [np.maximum.reduceat(some, starts) for some in (*cosines, late)]
    return np.stack([*best, whole], axis=1).astype(np.float32)


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
