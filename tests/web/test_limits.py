"""How much a client may ask for; each limit is told in one line."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from eval.soak import resident_bytes
from rag.assistant import Assistant
from rag.web import Access, Served
from rag.web.limits import LIMITS, Limits
from tests.web.sending import free_port, port_of, request, send, status_of
from tests.web.test_routes import call_of

SMALL = replace(
    LIMITS, head_seconds=0.5, body_seconds=0.5, connections=12, connections_per_client=8, keep_alive_seconds=1
)
JOIN = "/gradio_api/queue/join"


def serve_with(assistant: Assistant, limits: Limits) -> Served:
    from rag.web import Listeners, serve_page
    from ui.app import build

    listeners = Listeners(limits.listen_seconds)
    access = Access(port=free_port())
    return serve_page(lambda: build(assistant, listeners), access=access, css="", listeners=listeners, limits=limits)


@pytest.fixture(scope="module")
def served(assistant: Assistant) -> Iterator[Served]:
    found = serve_with(assistant, SMALL)
    yield found
    found.close()


def line_of(received: bytes) -> str:
    head, _, body = received.partition(b"\r\n\r\n")
    text = body.decode()
    detail = str(json.loads(text)["detail"]) if b"application/json" in head else text.strip()
    assert "\n" not in detail
    return detail


def chunked(port: int, pieces: int) -> bytes:
    head = f"POST {JOIN} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ntransfer-encoding: chunked\r\n\r\n".encode()
    return head + b"10000\r\n" + (b"x" * 0x10000 + b"\r\n10000\r\n") * (pieces - 1) + b"x" * 0x10000 + b"\r\n0\r\n\r\n"


def test_a_long_body_is_refused_with_or_without_its_length(served: Served) -> None:
    port = port_of(served)
    body = json.dumps({**call_of(served), "data": ["问" * 100_000]}).encode()
    for raw in (request("POST", JOIN, port, body), chunked(port, 10), chunked(port, 100)):
        received = send(port, raw)
        assert status_of(received) == 413
        assert line_of(received) == "内容太长 · too long: 262,144 bytes at most"


def test_300_mb_cost_no_memory(served: Served) -> None:
    import os

    port = port_of(served)
    before = resident_bytes(os.getpid())
    head = f"POST {JOIN} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
    for framing in ("content-length: 300000000\r\n\r\n", "transfer-encoding: chunked\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall((head + framing).encode())
            sent = 0
            try:
                while sent < 300_000_000:
                    connection.sendall(b"10000\r\n" + b"1" * 0x10000 + b"\r\n")
                    sent += 0x10000
            except (BrokenPipeError, ConnectionResetError):
                pass
        assert sent < 30_000_000
    assert resident_bytes(os.getpid()) - before < 30_000_000


def test_a_slow_body_and_a_slow_head_are_given_up(served: Served) -> None:
    port = port_of(served)
    received = send(port, f"POST {JOIN} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-length: 9\r\n\r\n{{".encode())
    assert status_of(received) == 408
    assert "did not arrive" in line_of(received)
    for begun in (
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nhost: 127",
        request("GET", "/theme.css", port).replace(b"close", b"keep-alive") + b"GET / HT",
    ):
        began = time.monotonic()
        send(port, begun, seconds=10)
        assert time.monotonic() - began < 5


def test_connections_are_counted_and_one_too_many_is_told(served: Served) -> None:
    port = port_of(served)
    time.sleep(1.2)  # those of the tests before are over
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(SMALL.connections_per_client)]
    try:
        time.sleep(0.1)
        received = send(port, b"")
        assert status_of(received) == 503
        assert "too many connections" in line_of(received)
    finally:
        for connection in held:
            connection.close()
    time.sleep(0.2)
    assert status_of(send(port, request("GET", "/", port))) == 200


@pytest.mark.parametrize("bounds", [{"waiting": 6}, {"waiting_per_client": 6}])
def test_waiting_questions_are_counted(assistant: Assistant, bounds: dict[str, int]) -> None:
    served = serve_with(assistant, replace(LIMITS, **bounds, waiting_per_session=3))
    try:
        port = port_of(served)

        def join(session: str) -> bytes:
            return send(
                port, request("POST", JOIN, port, json.dumps({**call_of(served), "session_hash": session}).encode())
            )

        assert [status_of(join("one1")) for _ in range(4)] == [200, 200, 200, 429]
        assert [status_of(join(f"other{n}")) for n in range(4)] == [200, 200, 200, 429]
        assert line_of(join("one1")) == "前面的操作还没有完成，请稍候 · what you asked before is still being answered"
        assert "too many questions" in line_of(join("another1"))
    finally:
        served.close()


def test_many_at_once_are_served_within_the_limit(served: Served) -> None:
    port = port_of(served)
    statuses = []

    def read() -> None:
        statuses.append(status_of(send(port, request("GET", "/theme.css", port))))

    threads = [threading.Thread(target=read) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 503}
    assert status_of(send(port, request("GET", "/theme.css", port))) == 200
