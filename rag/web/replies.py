"""Replies of our own: a status and one line."""

import json
import logging
from traceback import extract_tb

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["ReplyToCrashes", "place_of", "reply"]

_LOG = logging.getLogger(__name__)


async def reply(scope: Scope, send: Send, status: int, text: str) -> None:
    """Answer a request with one line; the page shows the `detail` of what it posted."""
    posted = scope["method"] == "POST"
    body = json.dumps({"detail": text}, ensure_ascii=False).encode() if posted else f"{text}\n".encode()
    kind = b"application/json" if posted else b"text/plain; charset=utf-8"
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def place_of(error: BaseException) -> str:
    """Say what kind of error it was and where, but not its message, which may hold what a reader asked."""
    frames = extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


class ReplyToCrashes:
    """ASGI middleware: an error that nobody caught becomes one line, in the reply and in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:  # whatever it was: a traceback of it could hold a question
            if scope["type"] != "http":
                raise
            _LOG.error("a request failed: %s", place_of(error))
            if not begun:
                await reply(scope, send, 500, "服务器出错了 · the server failed: see its log")
