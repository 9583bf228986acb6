"""Connections: how many at a time, and how long one may take to say what it wants."""

import asyncio
import weakref
from collections import Counter
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from rag.web.limits import Limits

__all__ = ["limited_protocol"]

_FULL = "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n"
_TEXT = "连接太多，请稍后再试 · too many connections, try again soon\n"


def limited_protocol(limits: Limits) -> type[H11Protocol]:
    """Make a protocol whose connections are counted together."""
    total: Counter[str] = Counter()

    class LimitedProtocol(H11Protocol):
        """HTTP/1.1 of uvicorn that closes what is too many, and what is silent in the middle of a request's head."""

        _counted = ""
        _impatience: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            """Count a connection, or send one line and close it."""
            super().connection_made(transport)
            client = self.client[0] if self.client else "?"
            if total.total() >= limits.connections or total[client] >= limits.connections_per_client:
                transport.write((_FULL + _TEXT).encode())
                transport.close()
                return
            total[client] += 1
            self._counted = client
            self._wait_for_head()

        def data_received(self, data: bytes) -> None:
            """Pass data on; the clock runs while a request's head is incomplete."""
            if not self._counted:
                return
            super().data_received(data)
            if self.cycle is None or self.cycle.response_complete:
                if self._impatience is None:
                    self._wait_for_head()
            else:
                self._stop_waiting()

        def connection_lost(self, exc: Exception | None) -> None:
            """Count it no more."""
            if self._counted:
                total[self._counted] -= 1
                if not total[self._counted]:
                    del total[self._counted]
                self._counted = ""
            self._stop_waiting()
            super().connection_lost(exc)

        def _wait_for_head(self) -> None:
            # A weak reference: a closed connection is not held in memory until the time is over.
            self._impatience = self.loop.call_later(limits.head_seconds, _close_silent, weakref.ref(self))

        def _stop_waiting(self) -> None:
            if self._impatience is not None:
                self._impatience.cancel()
                self._impatience = None

    def _close_silent(reference: "weakref.ref[LimitedProtocol]") -> None:
        protocol = reference()
        if protocol is not None and (protocol.cycle is None or protocol.cycle.response_complete):
            protocol.transport.close()

    return LimitedProtocol
