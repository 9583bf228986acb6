"""Watched at the socket: the whole run, page included, connects to nothing but this machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SEEDS

pytestmark = pytest.mark.slow

PROXY = "http://192.0.2.1:9"  # a documentation address: nobody answers
PROGRAM = """
import json, sys
seen = []

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        seen.append([event, str(arguments[1])])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        seen.append([event, str(arguments[0])])

sys.addaudithook(watch)
library, seeds, port = sys.argv[1:]
settings = ["--library", library, "--seeds", seeds]
from rag.cli import main
calls = (["index", *settings], ["ask", "刘奕是谁？", *settings], ["search", "人口", *settings])
for call in (*calls, ["check", "--library", library]):
    assert main(call) == 0, call

from rag.config import Settings
from rag.session import open_assistant
from pathlib import Path
from ui.app import serve
assistant = open_assistant(Settings(library=Path(library)))
from rag.web import Access
page = serve(assistant, access=Access(port=int(port)))
import time, urllib.request
html = urllib.request.urlopen(page.address).read().decode()
assert "引据" in html
time.sleep(3)  # telemetry and version checks run in threads behind the start
page.close()
print("SEEN:" + json.dumps(seen))
"""


def is_here(event: str, target: str) -> bool:
    return any(name in target for name in ("127.0.0.1", "localhost", "'::1'", "0.0.0.0")) or target in ("None", "::1")


def test_the_whole_run_stays_on_this_machine(tmp_path: Path) -> None:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "library"), str(SEEDS), port],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=180,
        env={**os.environ, **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "ALL_PROXY"), PROXY)},
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.rsplit("SEEN:", 1)[1])
    assert seen  # the page was fetched, so the watch does watch
    assert [s for s in seen if not is_here(*s)] == []
