"""A real HTTP server on this machine that speaks OpenAI's protocol, and misbehaves on request."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Script:
    """What the server does, request by request; the last one for ever."""

    steps: Sequence[object]  # a text to stream, a status, or one of "stall", "break", "garbage", "cut", "ping"
    requests: list[dict[str, object]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@contextmanager
def serving(*steps: object) -> Iterator[tuple[str, Script]]:
    """Give the address of a server, up to /v1, and what it was asked."""
    script = Script(steps)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Be quiet."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            step = script.steps[min(len(script.requests), len(script.steps) - 1)]
            script.requests.append(body)
            script.keys.append(self.headers.get("authorization", ""))
            if isinstance(step, int):
                self._send_status(step)
                return
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            self.close_connection = True
            if step == "garbage":
                self.wfile.write(b"data: {this is no json\n\n")
                return
            if step == "ping":
                for _ in range(8):
                    self.wfile.write(b": still here\n\n")
                    self.wfile.flush()
                    time.sleep(0.4)
                return
            text = "这是开头。" if step in ("stall", "break", "cut") else str(step)
            for n in range(0, len(text), 3):
                self._send_piece(text[n : n + 3], None)
            if step == "stall":
                time.sleep(3)
            elif step == "cut":
                self._send_piece("", "length")
            elif step != "break":
                self._send_piece("", "stop")
                self.wfile.write(b"data: [DONE]\n\n")

        def _send_piece(self, text: str, finished: str | None) -> None:
            choice = {"index": 0, "delta": {"content": text}, "finish_reason": finished}
            event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            self.wfile.flush()

        def _send_status(self, status: int) -> None:
            body = b'{"error": {"message": "no"}}'
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
