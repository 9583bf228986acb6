"""What is posted: read up to a limit, checked, and passed on in its plain form."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.calls import BadCall, Call, Calls
from rag.web.limits import Limits
from rag.web.listeners import Listeners
from rag.web.replies import reply
from rag.web.routes import JOIN, LISTEN

__all__ = ["CheckedBodies"]

_TOO_LONG = "内容太长 · too long: {:,} bytes at most"
_TOO_SLOW = "内容没有在 {:.0f} 秒内送达 · the body did not arrive within {:.0f} seconds"
_NO_BODY = "此请求不应带内容 · this request takes no body"
_NOTHING = "没有等待中的回答 · nothing to listen for"
_OF_BODY = frozenset({b"content-length", b"content-type", b"transfer-encoding"})
_BUSY = "现在提问的人太多，请稍后再试 · too many questions at the moment, try again soon"
_BUSY_SELF = "前面的操作还没有完成，请稍候 · what you asked before is still being answered"


class _TooLong(Exception):
    pass


class CheckedBodies:
    """ASGI middleware: posts hold a call of the page, no other request holds a body, streams are watched."""

    def __init__(self, app: ASGIApp, calls: Calls, listeners: Listeners, limits: Limits) -> None:
        self._app = app
        self._calls = calls
        self._listeners = listeners
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body checked."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["yinju.route"] is JOIN:
            await self._join(scope, receive, send)
        elif _announced(scope):
            await reply(scope, send, 400, _NO_BODY)
        elif scope["yinju.route"] is LISTEN:
            session = scope["query_string"].partition(b"=")[2].decode()
            if not self._listeners.known(session):
                await reply(scope, send, 404, _NOTHING)
                return
            with self._listeners.listen(session):
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        limits = self._limits
        try:
            async with asyncio.timeout(limits.body_seconds):
                body = await _read(scope, receive, limits)
        except TimeoutError:
            await reply(scope, send, 408, _TOO_SLOW.format(limits.body_seconds, limits.body_seconds))
            return
        except _TooLong:
            await reply(scope, send, 413, _TOO_LONG.format(limits.body_bytes))
            return
        if body is None:  # the client has left
            return
        try:
            call = self._calls.parse(body)
        except BadCall as error:
            await reply(scope, send, 400, str(error))
            return
        client = str((scope.get("client") or ("", 0))[0])
        refused = self._refused(call, client)
        if refused:
            await reply(scope, send, 429, refused)
            return
        self._listeners.joined(call.session, client)
        headers = [(k, v) for k, v in scope["headers"] if k not in _OF_BODY]
        headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(call.body))]
        await self._app({**scope, "headers": headers}, _once(call.body, receive), send)

    def _refused(self, call: Call, client: str) -> str:
        if self._listeners.waiting(call.session) >= self._limits.waiting_per_session:
            return _BUSY_SELF
        full = self._listeners.waiting() >= self._limits.waiting
        return _BUSY if full or self._listeners.waiting_at(client) >= self._limits.waiting_per_client else ""


def _announced(scope: Scope) -> bool:
    """Say whether a request comes with a body."""
    sent = dict(scope["headers"])
    return b"transfer-encoding" in sent or sent.get(b"content-length", b"0") != b"0"


async def _read(scope: Scope, receive: Receive, limits: Limits) -> bytes | None:
    """Read a body; None where the client leaves first. Raises _TooLong once it is past the limit."""
    announced = dict(scope["headers"]).get(b"content-length", b"0")
    too_long = int(announced) > limits.body_bytes
    if int(announced) > limits.drained_bytes:
        raise _TooLong
    body, length = bytearray(), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece = message.get("body", b"")
        length += len(piece)
        too_long = too_long or length > limits.body_bytes
        if too_long:
            body.clear()
        else:
            body += piece
        if length > limits.drained_bytes or (too_long and not message.get("more_body")):
            raise _TooLong
        if not message.get("more_body"):
            return bytes(body)


def _once(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives `body`, then what comes on the connection."""
    given = False

    async def receive_body() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_body
