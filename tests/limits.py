"""A bound on the CPU time of a test: far above what the code takes, far below what it took before it was mended."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["cpu_seconds"]


class TooSlow(BaseException):
    """Goes through every `except Exception`."""


@contextmanager
def cpu_seconds(limit: float) -> Iterator[None]:
    """Fail where what is done inside takes more CPU time of this process; time that others take does not count."""

    def stop(*_: object) -> None:
        raise TooSlow(f"more than {limit} CPU seconds")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
