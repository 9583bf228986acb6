"""Readers who wait for an answer, and those who have left: nothing is worked out or kept for the latter."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Listeners"]

_REAP_SECONDS = 2.0


class Listeners:
    """Who listens for events of Gradio's queue. What is said of a session holds for all its questions."""

    def __init__(self, listen_seconds: float = 15.0, clock: Callable[[], float] = time.monotonic) -> None:
        """Expect a reader to listen within `listen_seconds` of asking."""
        self._listen_seconds = listen_seconds
        self._clock = clock
        self._open: Counter[str] = Counter()
        self._joined: dict[str, float] = {}
        self._clients: dict[str, str] = {}  # session -> address
        self._lock = threading.Lock()
        self._queue: Any = None
        self._tasks: set[asyncio.Task[None]] = set()

    def watch(self, queue: Any) -> None:
        """Clear away in this queue of Gradio's what nobody waits for."""
        self._queue = queue

    def joined(self, session: str, client: str = "") -> None:
        """Note that a session asked something, from which address. To be called in the server's event loop."""
        with self._lock:
            self._joined[session] = self._clock()
            self._clients[session] = client
        if not self._tasks:
            self._start(self._reap())

    @contextmanager
    def listen(self, session: str) -> Iterator[None]:
        """Note that a session listens, for as long as it does. To be used in the server's event loop."""
        with self._lock:
            self._open[session] += 1
            self._joined.pop(session, None)
        try:
            yield
        finally:
            with self._lock:
                self._open[session] -= 1
                if not self._open[session]:
                    del self._open[session]
            if not self.wanted(session):
                self._start(self._clear(session))

    def wanted(self, session: str) -> bool:
        """Say whether somebody waits for what a session asked, or may yet come to listen."""
        with self._lock:
            joined = self._joined.get(session)
            return session in self._open or (joined is not None and self._clock() - joined < self._listen_seconds)

    def known(self, session: str) -> bool:
        """Say whether there is anything that this session could listen for."""
        return self._queue is None or session in self._queue.pending_messages_per_session

    def waiting(self, session: str = "") -> int:
        """Count the events of a session, or of all, that are queued or being answered."""
        if self._queue is None:
            return 0
        pending = self._queue.pending_event_ids_session
        return len(pending.get(session, ())) if session else sum(map(len, pending.values()))

    def waiting_at(self, client: str) -> int:
        """Count the events of all sessions of an address."""
        with self._lock:
            sessions = [s for s, c in self._clients.items() if c == client]
        return sum(map(self.waiting, sessions))

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reap(self) -> None:
        """Clear away sessions that asked and never listened, as long as there are any that ask."""
        while True:
            await asyncio.sleep(_REAP_SECONDS)
            with self._lock:
                sessions = list(self._joined)
            for session in sessions:
                if not self.wanted(session):
                    await self._clear(session)
            with self._lock:
                if not self._joined:
                    return

    async def _clear(self, session: str) -> None:
        if not self.wanted(session):
            with self._lock:
                self._joined.pop(session, None)
                self._clients.pop(session, None)
            if self._queue is not None:
                await self._queue.clean_events(session_hash=session)
                self._queue.pending_messages_per_session.pop(session, None)
                self._queue.pending_event_ids_session.pop(session, None)
