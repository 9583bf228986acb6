"""What was said so far, in memory alone: bounded, and gone when it is not gone on with."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ui.exchange import Exchange

__all__ = ["Busy", "Conversation", "Conversations"]


class Busy(Exception):
    """A conversation is waiting for an answer already."""


@dataclass(slots=True)
class Conversation:
    """What a page shows of a conversation; `used` is when, in seconds of the clock."""

    exchanges: tuple[Exchange, ...] = ()
    panel: str = ""
    used: float = 0.0
    busy: bool = False


class Conversations:
    """The conversations of all readers, by the session of their page."""

    def __init__(
        self,
        *,
        most: int = 256,
        exchanges: int = 50,
        chars: int = 200_000,
        idle_seconds: float = 3600.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep the `most` that were used last, of each the last `exchanges` of at most `chars` characters together."""
        self._most = most
        self._exchanges = exchanges
        self._chars = chars
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._kept: OrderedDict[str, Conversation] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        with self._lock:
            self._expire()
            return len(self._kept)

    def of(self, session: str) -> tuple[Exchange, ...]:
        """Return what a session has said so far."""
        with self._lock:
            self._expire()
            found = self._kept.get(session)
            return found.exchanges if found else ()

    def goes_on(self, session: str, conversation: Conversation) -> bool:
        """Say whether a session is still in this conversation."""
        with self._lock:
            return self._kept.get(session) is conversation

    def show(self, session: str, panel: str) -> None:
        """Note what the panel shows."""
        with self._lock:
            if session in self._kept:
                self._kept[session].panel = panel

    @contextmanager
    def question(self, session: str) -> Iterator[Conversation]:
        """Reserve a conversation for one question at a time. Raises Busy."""
        with self._lock:
            self._expire()
            conversation = self._kept.setdefault(session, Conversation())
            if conversation.busy:
                raise Busy
            conversation.busy = True
            self._touch(session)
        try:
            yield conversation
        finally:
            with self._lock:
                conversation.busy = False

    def keep(self, session: str, exchanges: Sequence[Exchange], panel: str = "") -> None:
        """Keep a conversation, or as much of its end as there is room for, and what the panel shows."""
        kept: list[Exchange] = []
        chars = 0
        for exchange in reversed(exchanges[-self._exchanges :]):
            chars += _size(exchange)
            if kept and chars > self._chars:
                break
            kept.append(exchange)
        with self._lock:
            conversation = self._kept.setdefault(session, Conversation())
            conversation.exchanges, conversation.panel = tuple(reversed(kept)), panel
            self._touch(session)

    def forget(self, session: str) -> None:
        """Forget a conversation."""
        with self._lock:
            self._kept.pop(session, None)

    def _touch(self, session: str) -> None:
        self._kept[session].used = self._clock()
        self._kept.move_to_end(session)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def _expire(self) -> None:
        while self._kept:
            oldest = next(iter(self._kept))
            if self._clock() - self._kept[oldest].used < self._idle_seconds:
                return
            del self._kept[oldest]


def _size(exchange: Exchange) -> int:
    answer = exchange.answer
    evidence = sum(len(e.paragraph.text) for e in answer.evidence) if answer else 0
    return len(exchange.question) + len(exchange.error) + evidence + sum(len(s.text) for s in exchange.sentences)
