"""What every page of ours is served with: it loads nothing from elsewhere, and its address is checked first."""

import socket
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import UsageError

__all__ = ["SameOriginOnly", "check_address", "launch"]

# Gradio compiles its HTML templates in the browser: hence unsafe-eval. connect-src and the rest stay with this server.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "frame-ancestors 'self'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
_FONTS = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
_REPLACED = frozenset(name for name, _ in _HEADERS)


class SameOriginOnly:
    """ASGI middleware: a content security policy on every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its response."""

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(k, v) for k, v in message.get("headers", []) if k.lower() not in _REPLACED]
                message = {**message, "headers": [*kept, *_HEADERS]}
            await send(message)

        await self._app(scope, receive, send_with_policy if scope["type"] == "http" else send)


def check_address(host: str, port: int) -> None:
    """Raise UsageError when nothing can listen there."""
    if not 1 <= port <= 65535:
        raise UsageError(f"--port is {port}: expected 1 to 65535")
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise UsageError(f"--host {host} is no address of this machine ({error.strerror}): try 127.0.0.1") from error
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise UsageError(
                f"can't listen on {host} port {port} ({error.strerror}): choose another --port or --host"
            ) from error


def launch(page: Any, *, host: str, port: int, open_browser: bool, css: str) -> str:
    """Serve a Gradio page in a thread, to itself alone; give its address."""
    import gradio as gr
    from starlette.middleware import Middleware

    _, address, _ = page.launch(
        server_name=host,
        server_port=port,
        inbrowser=open_browser,
        share=False,
        quiet=True,
        ssr_mode=False,
        footer_links=[],
        enable_monitoring=False,
        prevent_thread_lock=True,
        theme=gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"]),
        css=css,
        app_kwargs={"middleware": [Middleware(SameOriginOnly)]},
    )
    return str(address)
