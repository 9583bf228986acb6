"""No question in any log, whether it is answered, refused, fails or is no question at all."""

import subprocess
import sys

import pytest

from rag.config import Settings
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

SECRET = "芝麻开门"
PROGRAM = f"""
import asyncio, json, logging, sys
from pathlib import Path
import httpx
from eval.chat_client import ChatClient
from rag.assistant import Assistant
from rag.config import Settings
from rag.errors import GeneratorError
from rag.session import open_assistant
from tests.web.hostile import hostile_requests
from tests.web.sending import port_of, request, send, serving

SECRET = {SECRET!r}
assistant = open_assistant(Settings(library=Path(sys.argv[1])))

class Failing:
    name = fingerprint = "failing"
    def draft(self, question, *_):
        yield "一"
        raise (GeneratorError if "模型" in question else RuntimeError)(f"could not answer {{question}}")

async def ask(address):
    shown = []
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        page = await ChatClient.open(http)
        for question in (
            f"{{SECRET}} 2024年我国60岁及以上人口有多少？", SECRET, f"{{SECRET}} 数字经济模型如何影响消费？", " ",
            SECRET * 5000,
        ):
            shown.append(await page.ask(question))
        for data in ({{"ask": 1}}, {{"paragraph": SECRET, "start": SECRET, "end": "1"}}):
            for event in ("submit", "click"):
                try:
                    await page.trigger("yj-chat", event, data=data)
                except RuntimeError as error:
                    shown.append(str(error))
    return shown

for one in (assistant, Assistant(assistant._retriever, Failing(), assistant.planner)):
    with serving(one) as served:
        shown = asyncio.run(ask(served.address))
        port = port_of(served)
        call = {{"data": [SECRET], "event_data": None, "fn_index": 0, "trigger_id": 5, "session_hash": "abcdefghij"}}
        for hostile in hostile_requests(served.gradio, port, call):
            if hostile.kind in ("body", "malformed"):
                send(port, hostile.raw)
        send(port, request("GET", "/?q=" + SECRET.encode().decode("latin-1"), port))
        print("SHOWN", len(shown), sum("yj-error" in s for s in shown), sum("无法识别" in s for s in shown))
print("END", file=sys.stderr)
"""


def test_no_question_is_logged(seed_settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(seed_settings.library)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    # Blank and too long are errors; each of the others failed with the failing generator, but for the one refused.
    answered, failed = (line.split() for line in done.stdout.splitlines() if line.startswith("SHOWN"))
    assert (answered[1], failed[1], answered[3], failed[3]) == ("9", "9", "4", "4")
    assert int(answered[2]) == 2 < int(failed[2])
    assert "answering failed: RuntimeError at" in done.stderr
    for written in (done.stdout, done.stderr):
        assert SECRET not in written
        assert "Traceback" not in written
        assert repr(SECRET)[1:-1].encode("unicode_escape").decode() not in written
    assert done.stderr.splitlines()[-1] == "END"
