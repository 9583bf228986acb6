"""Requests as bytes on a socket, and a chat to send them to."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rag.assistant import Assistant
from rag.web import Access, Served

__all__ = ["free_port", "port_of", "request", "send", "serving", "status_of"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(assistant: Assistant, *names: str, behind_proxy: bool = False) -> Iterator[Served]:
    from ui.app import serve

    served = serve(assistant, access=Access(port=free_port(), names=names, behind_proxy=behind_proxy))
    try:
        yield served
    finally:
        served.close()


def port_of(served: Served) -> int:
    return int(served.address.rsplit(":", 1)[1].strip("/"))


def request(method: str, target: str, port: int, body: bytes = b"", *, host: str = "", **headers: str) -> bytes:
    """Write a request; `headers` have underscores for hyphens."""
    lines = [f"{method} {target} HTTP/1.1", f"host: {host or f'127.0.0.1:{port}'}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += [f"content-length: {len(body)}", "content-type: application/json"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def send(port: int, raw: bytes, *, seconds: float = 20.0, most: int = 1 << 20) -> bytes:
    """Send bytes and return what comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before it was all sent
            connection.sendall(raw)
        received = b""
        while len(received) < most:
            try:
                piece = connection.recv(65536)
            except ConnectionResetError:
                break
            if not piece:
                break
            received += piece
        return received


def status_of(received: bytes) -> int:
    """Return the status of a response; 0 where there is none."""
    parts = received.split(b" ", 2)
    return int(parts[1]) if len(parts) == 3 and parts[0].startswith(b"HTTP/") else 0
