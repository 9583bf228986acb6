"""A page is served to its own origin."""

import json
from collections.abc import Iterator

import pytest

from rag.assistant import Assistant
from rag.web import Served
from tests.web.sending import port_of, request, send, serving, status_of
from tests.web.test_routes import call_of


@pytest.fixture(scope="module")
def served(assistant: Assistant) -> Iterator[Served]:
    with serving(assistant, "wiki.test", behind_proxy=True) as found:
        yield found


def test_the_page_and_command_line_clients_may_post(served: Served) -> None:
    port = port_of(served)
    for n, (host, sent) in enumerate(
        (
            ("", {}),  # curl
            ("", {"origin": f"http://127.0.0.1:{port}", "sec_fetch_site": "same-origin"}),
            (f"localhost:{port}", {"origin": f"http://localhost:{port}"}),
            ("wiki.test", {"origin": "https://wiki.test", "x_forwarded_proto": "https"}),
            ("wiki.test:443", {"origin": "https://wiki.test"}),
        )
    ):
        body = json.dumps({**call_of(served), "session_hash": f"session{n}"}).encode()
        assert status_of(send(port, request("POST", "/gradio_api/queue/join", port, body, host=host, **sent))) == 200
    for host, sent in (
        ("wiki.test", {"origin": "http://wiki.test:81"}),
        ("wiki.test", {"origin": f"http://127.0.0.1:{port}"}),
        ("", {"origin": "https://wiki.test"}),
    ):
        assert status_of(send(port, request("POST", "/gradio_api/queue/join", port, body, host=host, **sent))) == 403


def test_a_link_from_another_site_leads_to_the_page(served: Served) -> None:
    sent = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert status_of(send(port_of(served), request("GET", "/", port_of(served), **sent))) == 200
    assert status_of(send(port_of(served), request("GET", "/theme.css", port_of(served), **sent))) == 403


def test_behind_a_proxy_only_the_scheme_is_believed(served: Served) -> None:
    port = port_of(served)
    sent = {
        "x_forwarded_proto": "https",
        "x_forwarded_host": "evil.test",
        "x_forwarded_prefix": "/evil",
        "forwarded": "host=evil.test",
    }
    page = send(port, request("GET", "/", port, host="wiki.test", **sent)).decode()
    assert "https://wiki.test" in page
    assert "evil" not in page


def test_headers_keep_the_page_to_itself(served: Served) -> None:
    port = port_of(served)
    for target in ("/", "/theme.css", "/nothing"):
        head = (
            send(port, request("GET", target, port, origin=f"http://127.0.0.1:{port}"))
            .partition(b"\r\n\r\n")[0]
            .decode()
            .lower()
        )
        lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
        assert lines["cache-control"] == "no-store"
        assert lines["cross-origin-resource-policy"] == lines["cross-origin-opener-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in lines["content-security-policy"]
        assert not {name for name in lines if name.startswith("access-control-")} | ({"server"} & set(lines))
    assert head.count("content-security-policy") == 1
