"""Other sites, in a real browser: they neither read the page nor ask in a reader's name."""

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.web import Served
from tests.ui.browsing import ask, open_page
from tests.web.sending import port_of, serving

pytestmark = [pytest.mark.slow, pytest.mark.browser]

pytest.importorskip("playwright.sync_api", reason="needs the extra `test`")

TRY = """async (target) => {
  const text = (promise) => promise.then((r) => r.text()).then((t) => "read " + t.slice(0, 40), () => "refused");
  const body = JSON.stringify({data: ["问"], fn_index: 0, trigger_id: null, session_hash: "abcdefgh"});
  const image = new Promise((done) => {
    const made = new Image();
    made.onload = () => done("read"); made.onerror = () => done("refused");
    made.src = target + "gradio_api/file=http://192.0.2.1/a.png";
  });
  const script = new Promise((done) => {
    const made = document.createElement("script");
    made.onload = () => done("read"); made.onerror = () => done("refused");
    made.src = target + "theme.css";
    document.head.append(made);
  });
  const frame = new Promise((done) => {
    const made = document.createElement("iframe");
    made.onload = () => { try { done(made.contentDocument ? "read" : "refused"); } catch { done("refused"); } };
    made.src = target;
    document.body.append(made);
  });
  const join = target + "gradio_api/queue/join", listen = target + "gradio_api/queue/data?session_hash=abcdefgh";
  return Promise.all([
    text(fetch(target)), text(fetch(target + "config")), text(fetch(listen)),
    text(fetch(join, {method: "POST", body, headers: {"content-type": "application/json"}})),
    text(fetch(join, {method: "POST", body})), image, script, frame,
  ]);
}"""


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Another site."""

    def do_GET(self) -> None:
        body = b"<!doctype html><title>evil</title><body>evil</body>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("host", ["evil.test", "localhost", "127.0.0.1"])
def test_another_site_reads_nothing_and_asks_nothing(browser: Any, served: Served, elsewhere: int, host: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://{host}:{elsewhere}/")
    assert page.evaluate(TRY, served.address) == ["refused"] * 8
    assert len(served.page._queue.pending_event_ids_session.get("abcdefgh", ())) == 0
    context.close()


def test_a_name_that_was_pointed_here_reads_nothing(browser: Any, served: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    reply = page.goto(f"http://evil.test:{port_of(served)}/")
    assert reply.status == 421
    assert "--allow-host" in reply.text()
    assert page.evaluate(TRY, f"http://evil.test:{port_of(served)}/")[1].startswith(
        "read 此地址未开放"
    )  # our line alone
    assert "gradio" not in page.content()
    context.close()


def test_a_configured_name_is_served(browser: Any, assistant: Assistant) -> None:
    with serving(assistant, "wiki.test") as served:
        context = browser.new_context()
        page = open_page(context, f"http://wiki.test:{port_of(served)}/")
        ask(page, "刘奕是谁？")
        context.close()
