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
from pathlib import Path
seen = []

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        seen.append([event, str(arguments[1])])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        seen.append([event, str(arguments[0])])

sys.addaudithook(watch)
library, seeds = sys.argv[1:]
settings = ["--library", library, "--seeds", seeds]
from rag.cli import main
calls = (["index", *settings], ["ask", "刘奕是谁？", *settings], ["search", "人口", *settings])
for call in (*calls, ["check", "--library", library]):
    assert main(call) == 0, call

from eval.gold import GoldQuestion, save_set
card = dict.fromkeys(("name", "source", "licence", "labelled_by", "revision"), "test") | {"date": "2026-11-26"}
asked = GoldQuestion("a", "明天天气怎么样？", answerable=False)
test_set = Path(library).with_name("set.jsonl")
save_set(test_set, [asked], card)
assert main(["eval", "run", str(test_set), "--out", str(test_set.with_name("run")), *settings]) == 0

from rag.config import Settings
from rag.session import open_assistant
from tests.web.hostile import hostile_requests
from tests.web.sending import send, serving, port_of
import asyncio, httpx, time, urllib.request
from eval.chat_client import ChatClient

async def ask(address):
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        page = await ChatClient.open(http)
        assert "yj-answer" in await page.ask("2024年我国60岁及以上人口有多少？")
        assert "yj-refusal" in await page.ask("怎样做红烧肉？")

with serving(open_assistant(Settings(library=Path(library)))) as page:
    html = urllib.request.urlopen(page.address).read().decode()
    assert "引据" in html
    asyncio.run(ask(page.address))
    call = {"data": ["问"], "event_data": None, "fn_index": 0, "trigger_id": 5, "session_hash": "abcdefghij"}
    hostile = hostile_requests(page.gradio, port_of(page), call)
    assert len(hostile) > 700
    for one in hostile:
        send(port_of(page), one.raw)
    time.sleep(3)  # telemetry and version checks run in threads behind the start
print("SEEN:" + json.dumps(seen))
"""


def is_here(event: str, target: str) -> bool:
    return any(name in target for name in ("127.0.0.1", "localhost", "'::1'", "0.0.0.0")) or target in ("None", "::1")


def test_the_whole_run_stays_on_this_machine(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "library"), str(SEEDS)],
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
