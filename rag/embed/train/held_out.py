"""Pairs kept out of the training, and how often the right text comes first among them."""

import hashlib
from collections.abc import Sequence

import numpy as np

from rag.embed.base import Embedder
from rag.embed.train.corpora import PairSet

__all__ = ["hit_rates", "split"]

_SHARE = 50  # one pair in so many is kept out
_MOST = 300  # of a set


def split(sets: Sequence[PairSet]) -> tuple[list[PairSet], list[PairSet]]:
    """Give the sets to train on, and those kept out; a pair is in one of them by its texts alone."""
    train, kept = [], []
    for pairs in sets:
        out = [n for n in range(len(pairs)) if _is_kept_out(pairs.left[n], pairs.right[n])][:_MOST]
        rest = sorted(set(range(len(pairs))).difference(out))
        train.append(_chosen(pairs, rest))
        kept.append(_chosen(pairs, out))
    return train, kept


def hit_rates(model: Embedder, kept: Sequence[PairSet]) -> dict[str, float]:
    """Give, for every set, the share of left texts whose right text is nearest among those of the set."""
    found = {}
    for pairs in kept:
        if len(pairs) < 2:
            continue
        scores = model.encode(pairs.left, kind="query") @ model.encode(pairs.right).T
        own = np.diagonal(scores)
        found[pairs.name] = round(float((scores.max(axis=1) <= own + 1e-6).mean()), 3)
    return found


def _is_kept_out(left: str, right: str) -> bool:
    return hashlib.sha256(f"{left}\0{right}".encode()).digest()[0] * _SHARE < 256


def _chosen(pairs: PairSet, rows: Sequence[int]) -> PairSet:
    return PairSet(pairs.name, [pairs.left[n] for n in rows], [pairs.right[n] for n in rows], pairs.symmetric)
