"""The moment by which a question is answered or given up."""

import math
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rag.errors import DeadlineExceeded

__all__ = ["NEVER", "Deadline"]


class Deadline:
    """Ends a question that takes too long; each step asks whether it may go on.

    What others are waited for (a language model that drafts, a reader of the stream) does not count.
    """

    def __init__(self, seconds: float | None) -> None:
        """Give the question so many seconds from now; with None it has all the time."""
        self._seconds = seconds
        self._ends = math.inf if seconds is None else time.monotonic() + seconds

    def check(self, step: str) -> None:
        """Raise DeadlineExceeded where the time is over; `step` is what is being done."""
        if time.monotonic() > self._ends:
            raise DeadlineExceeded(
                f"no answer within {self._seconds:g} seconds (stopped while {step}): "
                "ask in fewer words, or again when the machine is less busy"
            )

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let what is done inside take no time."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._ends += time.monotonic() - began

    def waiting_for(self, pieces: Iterable[str]) -> Iterator[str]:
        """Give the pieces; the time until each comes does not count."""
        rest = iter(pieces)
        while True:
            with self.paused():
                piece = next(rest, None)
            if piece is None:
                return
            yield piece


NEVER = Deadline(None)
