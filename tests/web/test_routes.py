"""Only what the page asks for answers."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.web import Access, Served
from rag.web.routes import HEARTBEAT, ROUTES, OnlyRoutes
from tests.web.hostile import gradio_routes, hostile_requests
from tests.web.sending import port_of, request, send, serving, status_of

REFUSED = {400, 403, 404, 413, 421, 431}


@pytest.fixture(scope="module")
def served(assistant: Assistant) -> Iterator[Served]:
    with serving(assistant) as found:
        yield found


def call_of(served: Served) -> dict[str, Any]:
    """Return what the page sends when a question is asked."""
    (function,) = (f for f in served.page.fns.values() if ("submitted" in f.name))
    return {
        "data": ["问"],
        "event_data": None,
        "fn_index": function._id,
        "trigger_id": function.targets[0][0],
        "session_hash": "abcdefghij",
    }


def test_every_other_route_of_gradio_is_closed(served: Served) -> None:
    table = set(gradio_routes(served.gradio))
    assert len(table) > 70  # a new version adds some: they are closed until somebody opens them
    is_open = {
        (method, path) for path, methods in table for method in methods if any(r.matches(method, path) for r in ROUTES)
    }
    assert is_open == {
        *(("GET", "/"), ("HEAD", "/"), ("GET", "/theme.css"), ("GET", "/favicon.ico")),
        *(("POST", "/gradio_api/queue/join"), ("GET", "/gradio_api/queue/data")),
    }  # and files of the page under /assets/ by their plain names


def test_more_than_700_hostile_requests_are_refused(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    port = port_of(served)
    hostile = hostile_requests(served.gradio, port, call_of(served))
    assert len(hostile) >= 700
    answered, statuses = [], Counter[tuple[str, int]]()
    for one in hostile:
        received = send(port, one.raw)
        status = status_of(received)
        statuses[one.kind, status] += 1
        if status not in REFUSED:
            answered.append((one.kind, one.name, received[:100]))
        head, _, body = received.partition(b"\r\n\r\n")
        assert b"access-control-" not in head.lower(), one.name
        assert len(body) < 200, one.name  # one line
        assert b"Traceback" not in received
    with capsys.disabled():
        print()
        for (kind, status), count in sorted(statuses.items()):
            print(f"  {count:4d} {kind}: {status}")
    assert not answered
    assert status_of(send(port, request("GET", "/", port))) == 200  # and the page is still there


class Recorder:
    """An app that notes what reaches it."""

    def __init__(self) -> None:
        self.scopes: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def pass_through(scope: dict[str, Any], **access: Any) -> list[dict[str, Any]]:
    recorder = Recorder()
    sent = []

    async def note(message: Any) -> None:
        sent.append(message)

    defaults = {"type": "http", "method": "GET", "raw_path": b"/", "path": "/", "query_string": b"", "headers": []}
    await OnlyRoutes(recorder, [*ROUTES, HEARTBEAT], Access(**access))(
        {**defaults, "scheme": "http", "root_path": "", **scope}, None, note
    )
    return recorder.scopes


@pytest.mark.parametrize("path", ["/", "/theme.css", "/gradio_api/queue/data", "/gradio_api/heartbeat/abc1"])
def test_gradio_sees_a_plain_request(path: str) -> None:
    import asyncio

    headers = [
        *((b"host", b"127.0.0.1:7860"), (b"accept", b"*/*"), (b"x-forwarded-host", b"evil.test")),
        *((b"x-forwarded-proto", b"https"), (b"x-gradio-server", b"http://evil.test"), (b"cookie", b"a=b")),
        *((b"authorization", b"Basic x"), (b"x-gradio-history-bucket", b"a/b"), (b"origin", b"http://evil.test")),
    ]
    scope = {
        "raw_path": path.encode(),
        "path": "/config",
        "root_path": "/x",
        "headers": headers,
        "query_string": b"session_hash=abcd&deep_link=x&page=y&__theme=dark",
    }
    (seen,) = asyncio.run(pass_through(scope))
    assert (seen["path"], seen["root_path"], seen["scheme"]) == (path, "", "http")
    assert seen["headers"] == headers[:2]
    assert seen["query_string"] == (b"session_hash=abcd" if path.endswith("data") else b"")
    (seen,) = asyncio.run(pass_through(scope, behind_proxy=True))
    assert seen["scheme"] == "https"
    assert seen["headers"] == headers[:2]


def test_a_websocket_is_closed() -> None:
    import asyncio

    assert asyncio.run(pass_through({"type": "websocket"})) == []
