"""The requests that a page of ours makes. All else that Gradio serves is closed, known or not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from rag.web.address import Access
from rag.web.limits import LIMITS, Limits
from rag.web.replies import reply

__all__ = ["HEARTBEAT", "JOIN", "LISTEN", "ROUTES", "OnlyRoutes", "Route"]

_SESSION = re.compile(r"[a-z0-9]{3,40}")  # Gradio's page makes one of about eleven
_FIELD_BYTES = 32  # what a header costs beside its text, as HTTP/2 counts it (RFC 9113, 6.5.2)
_READ = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Route:
    """A kind of request: methods, the path as it is sent, and the one parameter of a query that is passed on."""

    methods: frozenset[str]
    path: re.Pattern[str]
    parameter: str = ""

    def matches(self, method: str, path: str) -> bool:
        """Say whether a request is of this kind."""
        return method in self.methods and self.path.fullmatch(path) is not None


JOIN = Route(frozenset({"POST"}), re.compile(r"/gradio_api/queue/join"))
LISTEN = Route(frozenset({"GET"}), re.compile(r"/gradio_api/queue/data"), "session_hash")
HEARTBEAT = Route(frozenset({"GET"}), re.compile(r"/gradio_api/heartbeat/[a-z0-9]{3,40}"))
ROUTES = (
    Route(_READ, re.compile(r"/")),
    Route(_READ, re.compile(r"/assets/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.(?:js|css|svg|png|woff2?)")),
    Route(_READ, re.compile(r"/static/js/iframeResizer\.contentWindow\.min\.js")),
    Route(_READ, re.compile(r"/theme\.css")),
    Route(_READ, re.compile(r"/favicon\.ico")),
    JOIN,
    LISTEN,
)
# What Gradio gets to see of a request's headers: nothing that names another host, path or method, no credentials.
_PASSED = frozenset(
    {
        *(b"host", b"accept", b"accept-encoding", b"if-none-match", b"if-modified-since"),
        *(b"content-type", b"content-length", b"transfer-encoding"),
    }
)


class OnlyRoutes:
    """ASGI middleware: serves `routes`, 404 for the rest; Gradio sees the plain request and nothing more."""

    def __init__(self, app: ASGIApp, routes: Sequence[Route], access: Access, limits: Limits = LIMITS) -> None:
        self._app = app
        self._routes = tuple(routes)
        self._head_bytes = limits.head_bytes
        self._behind_proxy = access.behind_proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request of a known kind on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # a websocket: closed before it is accepted
            await send({"type": "websocket.close", "code": 1008})
            return
        if sum(len(n) + len(v) + _FIELD_BYTES for n, v in scope["headers"]) > self._head_bytes:
            await reply(scope, send, 431, f"请求头太长 · headers too long: {self._head_bytes:,} bytes at most")
            return
        path = scope["raw_path"].decode("latin-1")
        route = next((r for r in self._routes if r.matches(scope["method"], path)), None)
        query = _query(scope["query_string"], route.parameter) if route else None
        if route is None or query is None:
            await reply(scope, send, 404, "没有这个页面 · not found")
            return
        headers = [(name, value) for name, value in scope["headers"] if name in _PASSED]
        if route is LISTEN:  # what is streamed is not compressed: it would be held back
            headers = [(name, value) for name, value in headers if name != b"accept-encoding"]
        plain = {
            **scope,
            "path": path,
            "root_path": "",
            "query_string": query,
            "headers": headers,
            "scheme": _scheme(scope) if self._behind_proxy else scope["scheme"],
            "yinju.route": route,
        }
        await self._app(plain, receive, send)


def _query(query: bytes, parameter: str) -> bytes | None:
    """Return the query with its one known parameter, b"" where there is none to be; None where it is malformed."""
    if not parameter:
        return b""
    try:
        values = parse_qs(query.decode("ascii"), max_num_fields=8).get(parameter, [])
    except (UnicodeDecodeError, ValueError):
        return None
    return urlencode({parameter: values[0]}).encode() if len(values) == 1 and _SESSION.fullmatch(values[0]) else None


def _scheme(scope: Scope) -> str:
    """Return the scheme with which the reader came to the proxy."""
    sent = [value for name, value in scope["headers"] if name == b"x-forwarded-proto"]
    return "https" if sent == [b"https"] else "http"
