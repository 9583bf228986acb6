"""Until when a question is worked on: its time is over, or nobody waits for the answer any more."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext

from rag.errors import DeadlineExceeded

__all__ = ["NEVER", "Deadline", "Unwanted"]


class Unwanted(Exception):
    """Nobody waits for the answer: it is not worked out, and nobody is told."""


class Deadline:
    """Ends a question that takes too long; each step asks whether it may go on.

    What others are waited for (a language model that drafts, a reader of the stream) does not count.
    """

    def __init__(self, seconds: float | None, wanted: Callable[[], bool] = lambda: True) -> None:
        """Give the question so many seconds from now, with None all the time, and only as long as it is `wanted`."""
        self._seconds = seconds
        self._wanted = wanted
        self._ends = math.inf if seconds is None else time.monotonic() + seconds

    def check(self, step: str) -> None:
        """Raise DeadlineExceeded where the time is over, Unwanted where nobody waits; `step` is what is being done."""
        if not self._wanted():
            raise Unwanted
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

    def follow(self, pieces: Iterator[str], step: str, *, counts: bool) -> Iterator[str]:
        """Yield pieces as long as there is time, and close their generator where there is none.

        With `counts` false the time until each comes does not count. Raises what `check` does.
        """
        close = getattr(pieces, "close", None)  # a plain iterator has nothing to stop
        with closing(pieces) if close else nullcontext():  # type: ignore[type-var]
            while True:
                self.check(step)
                with nullcontext() if counts else self.paused():
                    piece = next(pieces, None)
                if piece is None:
                    return
                yield piece


NEVER = Deadline(None)
