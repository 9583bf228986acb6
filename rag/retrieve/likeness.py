"""How well one phrase of a question may stand in the place of another: 美国 in that of 我国, 65岁 in that of 60岁."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embed.static import StaticEmbedder

__all__ = ["LONGEST", "likeness", "may_cut"]

LONGEST = 12  # characters of a phrase
_ENDS, _LENGTHS = 0.2, 0.12  # beside the cosine: last characters alike, each character of difference in length
_RUN = re.compile(r"[a-z0-9.·]", re.IGNORECASE)


def likeness(some: Sequence[str], others: Sequence[str], tokens: StaticEmbedder) -> NDArray[np.float64]:
    """Compare phrases: (len(some), len(others)); higher is better, a phrase with itself reaches 1.2."""
    rows = tokens.encode([*some, *others], kind="passage").astype(np.float64)
    cosines = rows[: len(some)] @ rows[len(some) :].T
    ends = np.array([[a[-1] == b[-1] for b in others] for a in some])
    lengths = np.array([[abs(len(a) - len(b)) for b in others] for a in some])
    found: NDArray[np.float64] = cosines + _ENDS * ends - _LENGTHS * lengths
    return found


def may_cut(text: str, at: int) -> bool:
    """Say whether a text may be cut there: not inside a number or a Latin word."""
    return not (0 < at < len(text) and _RUN.match(text[at - 1]) and _RUN.match(text[at]))
