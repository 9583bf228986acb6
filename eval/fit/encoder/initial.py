"""Where each Chinese piece begins: among the English words that mean the same (WECHSEL, arXiv 2112.06598)."""

import numpy as np
from numpy.typing import NDArray

from eval.fit.encoder.vocabulary import Vocabulary
from rag.embed.static import StaticEmbedder

__all__ = ["initial_table"]

_NEAREST, _TEMPERATURE = 10, 0.1
_AT_ONCE = 2048

Table = NDArray[np.float32]


def initial_table(vocabulary: Vocabulary, english: Table, static: StaticEmbedder) -> Table:
    """Give the piece vectors to begin with, (pieces, d) float32.

    `english` holds those of the English encoder, (its pieces, d); a piece that it knows keeps its own. A Chinese piece
    gets the mean of the 10 English words nearest to it in the static model's space, weighted by the softmax of their
    cosines.
    """
    table = np.zeros((len(vocabulary.pieces), english.shape[1]), dtype=np.float32)
    for number, old in vocabulary.english.items():
        table[number] = english[old]
    words = [n for n in vocabulary.english if len(vocabulary.pieces[n]) > 2 and vocabulary.pieces[n][1:].isalpha()]
    words = [n for n in words if vocabulary.pieces[n].startswith("▁")]
    space = static.encode([vocabulary.pieces[n][1:] for n in words])
    known = table[words]
    numbers = list(vocabulary.chinese)
    meanings = static.encode([vocabulary.chinese[n] for n in numbers])
    for start in range(0, len(numbers), _AT_ONCE):
        cosines = meanings[start : start + _AT_ONCE] @ space.T
        nearest = np.argpartition(-cosines, _NEAREST, axis=1)[:, :_NEAREST]
        weights = np.exp(np.take_along_axis(cosines, nearest, axis=1) / _TEMPERATURE)
        weights /= weights.sum(axis=1, keepdims=True)
        table[numbers[start : start + _AT_ONCE]] = np.einsum("nk,nkd->nd", weights, known[nearest])
    return table
