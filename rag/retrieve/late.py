"""Late interaction over static vectors: each piece of the question looks for its best match in a paragraph.

The sum of best matches is ColBERT's (Khattab and Zaharia 2020, arXiv 2004.12832, section 3.3), weighted by how much a
piece of the question says. The vectors are static, so one small table of question pieces × pieces of the candidates
holds all cosines.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embed.static import Pieces, StaticEmbedder
from rag.index.pieces import TextPieces

__all__ = ["best_matches", "late_interaction"]

_LEAST = 0.3  # a lower cosine is chance
_MOST_PIECES = 128  # of a question: those that say most

Scores = NDArray[np.float32]


def late_interaction(tokens: StaticEmbedder, question: str, paragraphs: Sequence[TextPieces]) -> Scores:
    """Score paragraphs: (n, 3) float32 in [0, 1]; as a whole, by the best sentence, by the best two side by side.

    Headline and section count with every sentence.
    """
    asked, weights = _asked(tokens, question)
    if not len(asked) or not paragraphs:
        return np.zeros((len(paragraphs), 3), dtype=np.float32)
    texts = [p.ids if len(p.ids) else np.zeros(1, dtype=np.uint32) for p in paragraphs]
    flat = np.concatenate(texts)
    known, inverse = _distinct(flat)
    matches = tokens.cosines(asked, known)
    matches[matches < _LEAST] = 0
    lengths = np.array([len(ids) for ids in texts], dtype=np.int64)
    contexts = np.array([p.context for p in paragraphs], dtype=np.int64)
    starts, owner, is_context = _sentences(tokens, flat, lengths, contexts)
    best = np.maximum.reduceat(matches[:, inverse], starts, axis=1)  # of each sentence
    context = np.zeros((len(asked), len(paragraphs)), dtype=np.float32)
    context[:, owner[is_context]] = best[:, is_context]
    best, owner = best[:, ~is_context], owner[~is_context]
    best = np.maximum(best, context[:, owner])
    firsts = np.searchsorted(owner, np.arange(len(paragraphs)))
    whole = _weighed(weights, np.maximum.reduceat(best, firsts, axis=1))
    alone = np.maximum.reduceat(_weighed(weights, best), firsts)
    pairs = np.where(np.append(owner[1:] == owner[:-1], [False]), np.roll(best, -1, axis=1), 0)
    together = np.maximum.reduceat(_weighed(weights, np.maximum(best, pairs)), firsts)
    return np.stack([whole, alone, together], axis=1)


def best_matches(tokens: StaticEmbedder, question: str, texts: Sequence[Pieces]) -> tuple[Scores, Scores]:
    """Give the weights of the question's pieces, (q,), and the best cosine of each in each text, (q, n) float32.

    The weights add up to 1; both are empty for a question without any known piece.
    """
    asked, weights = _asked(tokens, question)
    best = np.zeros((len(asked), len(texts)), dtype=np.float32)
    filled = [n for n, ids in enumerate(texts) if len(ids)]
    if not len(asked) or not filled:
        return weights, best
    known, inverse = _distinct(np.concatenate([texts[n] for n in filled]))
    matches = tokens.cosines(asked, known)
    matches[matches < _LEAST] = 0
    lengths = np.array([len(texts[n]) for n in filled], dtype=np.int64)
    best[:, filled] = np.maximum.reduceat(matches[:, inverse], np.cumsum(lengths) - lengths, axis=1)
    return weights, best


def _asked(tokens: StaticEmbedder, question: str) -> tuple[Pieces, Scores]:
    """Give the pieces of a question, each once, and their weights, which add up to 1."""
    pieces, counts = np.unique(tokens.pieces([question])[0], return_counts=True)
    weights = tokens.weights(pieces) * counts.astype(np.float32)
    kept = np.sort(np.lexsort((pieces, -weights))[:_MOST_PIECES])
    total = float(weights[kept].sum())
    return (pieces[kept], weights[kept] / total) if total > 0 else (pieces[:0], weights[:0])


def _distinct(pieces: Pieces) -> tuple[Pieces, NDArray[np.int64]]:
    """Give the distinct pieces in order, and where each piece stands among them: `np.unique` without its sorting."""
    there = np.zeros(int(pieces.max()) + 1, dtype=np.bool_)
    there[pieces] = True
    return np.flatnonzero(there).astype(np.uint32), (np.cumsum(there) - 1)[pieces]


def _weighed(weights: Scores, matches: Scores) -> Scores:
    # einsum adds up in one order, whatever the number of threads: the ranking must not depend on it
    scores: Scores = np.einsum("i,ij->j", weights, matches)
    return scores


def _sentences(
    tokens: StaticEmbedder, flat: Pieces, lengths: NDArray[np.int64], contexts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Give where sentences start in texts laid end to end, whose they are, and which are no text but context."""
    first = np.cumsum(lengths) - lengths
    own = first + np.minimum(contexts, lengths - 1)  # where the text itself begins; a piece of it at least
    after = np.flatnonzero(tokens.closes(flat)) + 1
    owner = np.searchsorted(first, after, side="right") - 1
    inside = (after > own[owner]) & (after < first[owner] + lengths[owner])
    starts = np.unique(np.concatenate([first, own, after[inside]]))
    owner = np.searchsorted(first, starts, side="right") - 1
    return starts, owner, starts < own[owner]
