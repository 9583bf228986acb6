"""Headers of every response: nothing is loaded from elsewhere, read by others, or kept where answers travel."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Policy"]

# Gradio compiles its HTML templates in the browser: hence unsafe-eval. connect-src and the rest stay with this server.
_CONTENT = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
_HEADERS = [
    (b"content-security-policy", _CONTENT.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), display-capture=()"),
]
_NO_STORE = (b"cache-control", b"no-store")
_REPLACED = frozenset({*(name for name, _ in _HEADERS), b"server"})
_UNCHANGING = ("/assets/", "/static/")  # names of files hold a hash of what is in them


class Policy:
    """ASGI middleware: sets the headers, and drops those that let other origins read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and set the headers of its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = _HEADERS if scope["path"].startswith(_UNCHANGING) else [*_HEADERS, _NO_STORE]

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(k, v) for k, v in message.get("headers", []) if not _dropped(k.lower(), added)]
                message = {**message, "headers": [*kept, *added]}
            await send(message)

        await self._app(scope, receive, send_with_policy)


def _dropped(name: bytes, added: list[tuple[bytes, bytes]]) -> bool:
    return name in _REPLACED or name.startswith(b"access-control-") or (name == b"cache-control" and _NO_STORE in added)
