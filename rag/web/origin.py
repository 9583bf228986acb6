"""Requests of this page only: not of another site that a reader's browser has open."""

from starlette.types import ASGIApp, Receive, Scope, Send

from rag.web.address import Access, split_host
from rag.web.replies import reply

__all__ = ["SameOriginOnly"]

_OURS = frozenset({"", "same-origin", "none"})  # of Sec-Fetch-Site: not sent, from the page, typed by the reader
_PORTS = {"http": 80, "https": 443}


class SameOriginOnly:
    """ASGI middleware: serves the hosts of `access`, and requests that do not come from another origin."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it: 421 for another host, 403 for another origin."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        local = scope.get("server") or ("", 0)
        if not self._access.serves(host, str(local[0])):
            text = "此地址未开放 · this host name is not served here: see `yinju chat --help`, --allow-host"
            await reply(scope, send, 421, text)
        elif not _same_origin(scope, headers, host):
            await reply(scope, send, 403, "拒绝来自其他网站的请求 · requests from another site are refused")
        else:
            await self._app(scope, receive, send)


def _same_origin(scope: Scope, headers: dict[str, str], host: str) -> bool:
    origin = headers.get("origin")
    if origin is not None and not _names(origin, host):
        return False
    if headers.get("sec-fetch-site", "").lower() in _OURS:
        return True
    # A link on another site may lead to the page, in a window of its own.
    navigates = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return navigates and scope["method"] in ("GET", "HEAD") and scope["path"] == "/"


def _names(origin: str, host: str) -> bool:
    """Say whether an `Origin` has the same name and port as the `Host`, whichever of them left out a default port."""
    scheme, found, rest = origin.partition("://")
    default = _PORTS.get(scheme.lower())
    if not found or default is None:
        return False
    name, port = split_host(rest)
    wanted, wanted_port = split_host(host)
    return bool(name) and name == wanted and (port or default) == (wanted_port or default)
