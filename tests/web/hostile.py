"""More than 700 requests that no reader's page makes: every one must be refused."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.web.sending import request

__all__ = ["Hostile", "gradio_routes", "hostile_requests"]

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_JOIN = "/gradio_api/queue/join"
_DATA = "/gradio_api/queue/data"


@dataclass(frozen=True, slots=True)
class Hostile:
    """What is tried, and the bytes of it."""

    kind: str
    name: str
    raw: bytes


def gradio_routes(app: Any) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield every path of a Gradio app with its methods, those of included routers too."""

    def walk(routes: Any) -> Iterator[tuple[str, frozenset[str]]]:
        for route in routes:
            included = getattr(route, "original_router", None)
            if included is not None:
                yield from walk(included.routes)
            else:
                yield route.path, frozenset(getattr(route, "methods", None) or ("GET",))

    yield from walk(app.routes)


def hostile_requests(app: Any, port: int, call: dict[str, Any]) -> list[Hostile]:
    """Make them all; `call` is the body of an event that the page would send."""
    found = [*_routes(app, port), *_paths(port), *_queries(port), *_hosts(port), *_origins(port, call)]
    return [*found, *_bodies(port, call), *_malformed(port)]


def _routes(app: Any, port: int) -> Iterator[Hostile]:
    from rag.web.routes import ROUTES

    fills = {"path": "a.txt", "path_or_url": "http://192.0.2.1/a", "url_path": "https://a.hf.space/", "ext": "ts"}
    for path, _ in sorted(set(gradio_routes(app))):
        filled = path
        while "{" in filled:
            before, _, rest = filled.partition("{")
            name, _, after = rest.partition("}")
            filled = before + fills.get(name.split(":")[0], "x1") + after
        for method in _METHODS:
            if not any(r.matches(method, filled) for r in ROUTES):
                body = b"{}" if method in ("POST", "PUT", "PATCH") else b""
                yield Hostile("route", f"{method} {path}", request(method, filled, port, body))


def _paths(port: int) -> Iterator[Hostile]:
    closed = (
        *("/gradio_api/file=http://192.0.2.1/a.png", "/gradio_api/file=/etc/passwd", "/gradio_api/info", "/config"),
        *("/gradio_api/proxy=https://a.hf.space/x", "/monitoring/summary", "/gradio_api/runs", "/static/img/x.svg"),
    )
    for target in closed:
        for trick in _tricks(target):
            yield Hostile("path", trick, request("GET", trick, port))
    for target in ("/theme.css", "/assets/index.js", _DATA):
        for trick in _tricks(target):
            if trick != target:
                yield Hostile("path", trick, request("GET", trick, port))
    for target in (
        *("/assets/../config", "/assets/..%2fconfig", "/assets/%2e%2e/config", "/assets/a/../../config", "/assets/"),
        *(
            "/assets/..;/config",
            "/assets/.env",
            "/assets/index.html",
            "/static/js/../../config",
            "/assets/x.js/../../..",
        ),
        *(
            "/.git/config",
            "/.env",
            "/admin",
            "/wp-login.php",
            "/server-status",
            "/cgi-bin/x",
            "/api/predict",
            "/run/predict",
        ),
        *("/index.html", "/docs", "/redoc", "/healthz", "/metrics", "/ws", "/queue/join", "/queue/data", "/gradio_api"),
    ):
        yield Hostile("path", target, request("GET", target, port))


def _tricks(path: str) -> tuple[str, ...]:
    return (
        *(path + "/", path + "//", "/" + path, "//" + path, path + ".", path + "%00", path + "%20", path + ";a=b"),
        *(path + "%2f", path.upper(), path.replace("/", "%2f"), path.replace("/", "//"), path.replace("/", "/./")),
        *("/x/.." + path, "/%2e" + path, "/..;" + path, path.replace("i", "%69", 1), path.replace("a", "%61", 1)),
        *("http://192.0.2.1" + path, "http://127.0.0.1" + path, "\\" + path, path.replace("/", "\\"), path + "\\"),
        *(path + "%3fa", path + "%23a", "/gradio_api" + path, path + "/x", path + "%c0%af", path + "%ff"),
    )


def _queries(port: int) -> Iterator[Hostile]:
    for query in (
        *("", "?", "?session_hash=", "?session_hash=../x", "?session_hash=A", "?session_hash=a%00b", "?x=1"),
        *("?session_hash=abc&session_hash=abd", "?session_hash=" + "a" * 41, "?session_hash=" + "a" * 4000),
        *(
            "?" + "a=1&" * 20 + "session_hash=abc",
            "?session_hash=neverasked",
            "?SESSION_HASH=abc",
            "?session_hash[]=abc",
        ),
    ):
        yield Hostile("query", query[:40], request("GET", _DATA + query, port))


def _hosts(port: int) -> Iterator[Hostile]:
    for host in (
        *("evil.test", f"evil.test:{port}", "127.0.0.1", "localhost", "127.0.0.1:1", f"127.0.0.1.evil.test:{port}"),
        *(f"localhost.:{port}", f"localhost.evil.test:{port}", f"evil.test#127.0.0.1:{port}", f"a@127.0.0.1:{port}"),
        *(
            f"0.0.0.0:{port}",
            f"[::]:{port}",
            f"127.1:{port}",
            f"2130706433:{port}",
            f"0x7f000001:{port}",
            f"127.0.0.2:{port}",
        ),
        *(
            f"127.0.0.1:{port}:1",
            f"127.0.0.1:0{port}0",
            "*",
            ":",
            f":{port}",
            f"[127.0.0.1]x:{port}",
            f"127.0.0.1:{port}/x",
        ),
        *(
            f"127.0.0.1 :{port}",
            f"127.0.0.1:{port},evil.test",
            f"192.168.0.1:{port}",
            f"[fe80::1]:{port}",
            "169.254.169.254",
        ),
    ):
        yield Hostile("host", host, request("GET", "/", port, host=host))
    for name in ("X_Forwarded_Host", "X_Host", "Forwarded", "X_Original_Url", "X_Rewrite_Url", "X_Gradio_Server"):
        yield Hostile("host", name, request("GET", "/", port, host="evil.test", **{name: f"127.0.0.1:{port}"}))
        yield Hostile("host", f"{name} /config", request("GET", "/config", port, **{name: "/theme.css"}))
    yield Hostile("host", "no host", b"GET / HTTP/1.0\r\n\r\n")
    two = f"GET / HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nhost: evil.test\r\n\r\n"
    yield Hostile("host", "two hosts", two.encode())


def _origins(port: int, call: dict[str, Any]) -> Iterator[Hostile]:
    body = json.dumps(call).encode()
    for origin in (
        *(
            "http://evil.test",
            "https://evil.test",
            "null",
            "",
            "file://",
            f"http://127.0.0.1:{port + 1}",
            "http://127.0.0.1",
        ),
        *(f"http://localhost:{port}", f"http://127.0.0.1:{port}.evil.test", f"http://evil.test@127.0.0.1:{port}x"),
        *(
            f"ftp://127.0.0.1:{port}",
            f"http:127.0.0.1:{port}",
            f"http://127.0.0.1:{port}/x",
            f"chrome-extension://{'a' * 32}",
        ),
    ):
        yield Hostile("origin", f"join {origin}", request("POST", _JOIN, port, body, origin=origin))
        yield Hostile("origin", f"data {origin}", request("GET", f"{_DATA}?session_hash=abc", port, origin=origin))
    for site in ("cross-site", "same-site", "x"):
        yield Hostile("origin", f"join {site}", request("POST", _JOIN, port, body, sec_fetch_site=site))
        for target in (f"{_DATA}?session_hash=abc", "/theme.css", "/assets/x.js", "/"):
            yield Hostile("origin", f"{target} {site}", request("GET", target, port, sec_fetch_site=site))
        for mode, dest in (("navigate", "iframe"), ("navigate", "embed"), ("cors", "document"), ("no-cors", "image")):
            sent = {"sec_fetch_site": site, "sec_fetch_mode": mode, "sec_fetch_dest": dest}
            yield Hostile("origin", f"/ {site} {mode} {dest}", request("GET", "/", port, **sent))
    preflight = {"origin": "http://evil.test", "access_control_request_method": "POST"}
    yield Hostile("origin", "preflight", request("OPTIONS", _JOIN, port, **preflight))


def _bodies(port: int, call: dict[str, Any]) -> Iterator[Hostile]:
    def join(name: str, body: bytes) -> Hostile:
        return Hostile("body", name, request("POST", _JOIN, port, body, origin=f"http://127.0.0.1:{port}"))

    odd: tuple[Any, ...] = (
        *(
            None,
            True,
            -1,
            99,
            1.5,
            10**30,
            "",
            "1",
            [],
            [1],
            {},
            {"a": 1},
            "sub_mitted",
            "../",
            float("nan"),
            float("inf"),
        ),
    )
    for field in ("fn_index", "data", "session_hash", "trigger_id"):
        for value in odd:
            if field == "trigger_id" and value is None:
                continue  # not sent by clients without a page
            yield join(f"{field}={value!r}", json.dumps({**call, field: value}).encode())
        if field != "trigger_id":
            yield join(f"no {field}", json.dumps({k: v for k, v in call.items() if k != field}).encode())
    for value in (1, True, ["a"], {"a": 1}, 1.5):
        yield join(f"question={value!r}", json.dumps({**call, "data": [value]}).encode())
    for count in (0, 2, 1000):
        yield join(f"{count} inputs", json.dumps({**call, "data": ["问"] * count}).encode())
    for session in ("A" * 10, "a b", "a/b", "a\n", "a" * 41, "é" * 5, "ab", "\ud800abc"):
        yield join(f"session {session!r}", json.dumps({**call, "session_hash": session}).encode())
    for name, body in (
        *(
            ("empty", b" "),
            ("text", b"hello"),
            ("half", b'{"data": ['),
            ("bytes", b"\xff\xfe"),
            ("bom", b"\xef\xbb\xbf{}"),
        ),
        *(("nested", b"[" * 100_000), ("number", b'{"fn_index": ' + b"9" * 5000 + b"}"), ("form", b"a=1&b=2")),
        *(("utf-16", '{"a": 1}'.encode("utf-16")), ("xml", b"<a/>"), ("long", b"[" + b"1," * 200_000 + b"1]")),
    ):
        yield join(name, body)


def _malformed(port: int) -> Iterator[Hostile]:
    host = f"host: 127.0.0.1:{port}\r\n"
    post = f"POST {_JOIN} HTTP/1.1\r\n{host}"
    chunks = "transfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
    upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: YQ==\r\n"
    for name, raw in (
        *(
            ("no version", f"GET /\r\n{host}\r\n"),
            ("http/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            ("text", "hello\r\n\r\n"),
        ),
        *(("no path", f"GET  HTTP/1.1\r\n{host}\r\n"), ("asterisk", f"OPTIONS * HTTP/1.1\r\n{host}\r\n")),
        *(
            ("connect", f"CONNECT evil.test:443 HTTP/1.1\r\n{host}\r\n"),
            ("tls", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"),
        ),
        *(
            ("absolute", f"GET http://evil.test/ HTTP/1.1\r\n{host}\r\n"),
            ("blank in path", f"GET /a b HTTP/1.1\r\n{host}\r\n"),
        ),
        *(
            ("two lengths", f"{post}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}"),
            ("minus", f"{post}content-length: -1\r\n\r\n"),
        ),
        *(("no number", f"{post}content-length: 1e3\r\n\r\n"), ("coding", f"{post}transfer-encoding: gzip\r\n\r\n")),
        *(
            ("no chunk", f"{post}transfer-encoding: chunked\r\n\r\nxyz\r\n"),
            ("fold", f"GET / HTTP/1.1\r\n folded: x\r\n{host}\r\n"),
        ),
        *(
            ("long path", f"GET /{'a' * 20_000} HTTP/1.1\r\n{host}\r\n"),
            ("long header", f"GET / HTTP/1.1\r\n{host}a: {'a' * 20_000}\r\n\r\n"),
        ),
        *(
            ("many headers", f"GET / HTTP/1.1\r\n{host}" + "a: b\r\n" * 5000 + "\r\n"),
            ("nul", f"GET / HTTP/1.1\r\n{host}a: \0\r\n\r\n"),
        ),
        *(
            ("name", f"GET / HTTP/1.1\r\n{host}a b: c\r\n\r\n"),
            ("body", f"GET / HTTP/1.1\r\n{host}content-length: 2\r\n\r\nab"),
        ),
        *(
            ("websocket", f"GET /gradio_api/queue/ws HTTP/1.1\r\n{host}{upgrade}\r\n"),
            ("lower", f"get / HTTP/1.1\r\n{host}\r\n"),
        ),
        *(
            ("chunks", f"GET / HTTP/1.1\r\n{host}{chunks}"),
            ("huge", f"{post}content-length: 300000000\r\n\r\n{{"),
            ("odd method", f"FOO / HTTP/1.1\r\n{host}\r\n"),
        ),
    ):
        yield Hostile("malformed", name, raw.encode("latin-1"))
