"""Headers are ours, whatever stands behind says; errors are told in one line without their message."""

import asyncio
from typing import Any

import pytest

from rag.web.policy import Policy
from rag.web.replies import ReplyToCrashes, place_of


def run(app: Any, path: str = "/", method: str = "GET") -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app({"type": "http", "path": path, "method": method}, None, send))
    return sent


def replying(*headers: tuple[bytes, bytes]) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})

    return app


def test_what_lets_others_read_is_dropped_and_ours_is_set() -> None:
    behind = replying(
        (b"Access-Control-Allow-Origin", b"*"), (b"access-control-allow-credentials", b"true"), (b"server", b"x"),
        (b"content-security-policy", b"default-src *"), (b"cache-control", b"public"), (b"etag", b"1"),
    )  # fmt: skip
    for path, kept in (("/", b"no-store"), ("/assets/x.js", b"public")):
        (start,) = run(Policy(behind), path)
        names = [name.lower() for name, _ in start["headers"]]
        assert len(names) == len(set(names))
        assert not [n for n in names if n.startswith(b"access-control") or n == b"server"]
        headers = dict(start["headers"])
        assert headers[b"cache-control"] == kept
        assert headers[b"etag"] == b"1"
        assert b"connect-src 'self'" in headers[b"content-security-policy"]


def test_a_crash_is_told_without_its_message(caplog: pytest.LogCaptureFixture) -> None:
    async def crash(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("secret question")

    start, body = run(ReplyToCrashes(crash), method="POST")
    assert start["status"] == 500
    assert "服务器出错了" in body["body"].decode()
    assert "secret" not in caplog.text + body["body"].decode()
    assert "RuntimeError at " in caplog.text
    with pytest.raises(ValueError, match="secret") as caught:
        int("secret")
    assert place_of(caught.value).startswith("ValueError at ")
    assert "secret" not in place_of(caught.value)
