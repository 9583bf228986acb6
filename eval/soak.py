"""Ask the chat many questions from many readers at once, and compare with one reader alone.

python -m eval.soak [--users 20] [--questions 500]

It starts `yinju chat` as a process of its own and speaks to it as the page does (HTTP and server-sent events). Every
conversation is asked twice: by one reader alone, then by `--users` readers at once; both must see the same, and a
question that opens a conversation must be answered as `yinju ask` answers it. Printed are the times from sending a
question to its whole answer, what a question costs in processor time (which other work on the machine disturbs less),
and the memory of the process from when the readers have begun to when they are done. Exit code 1 where anything
differs, an answer fails, or memory grew by more than 10 %.
"""

import argparse
import asyncio
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path

import httpx
import numpy as np

from eval.chat_client import ChatClient

__all__ = ["Measured", "ask_alone", "ask_at_once", "judge", "processor_seconds", "resident_bytes", "serve_chat"]

_TURNS = 5  # questions in a conversation
_START_SECONDS = 120.0
_GROWTH = 0.10
Script = Sequence[Sequence[str]]  # of one reader: conversations of questions


class Measured:
    """What readers saw, and how long each question took."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.seen: dict[tuple[int, int, int], str] = {}  # reader, conversation, turn -> HTML of the conversation
        self.errors: list[str] = []

    def percentiles(self) -> str:
        """Return p50 and p95 as text."""
        p50, p95 = np.quantile(np.array(self.seconds or [0.0]), [0.5, 0.95])
        return f"p50 {p50:.2f} s, p95 {p95:.2f} s, slowest {max(self.seconds, default=0.0):.2f} s"


async def _read(client: ChatClient, reader: int, script: Script, measured: Measured) -> None:
    for c, conversation in enumerate(script):
        await client.begin_anew()
        for t, question in enumerate(conversation):
            began = time.perf_counter()
            try:
                measured.seen[reader, c, t] = await client.ask(question)
            except (httpx.HTTPError, RuntimeError) as error:
                measured.errors.append(f"reader {reader}, conversation {c}, turn {t}: {type(error).__name__} {error}")
            measured.seconds.append(time.perf_counter() - began)


async def ask_alone(address: str, scripts: Sequence[Script]) -> Measured:
    """Let one reader after the other ask."""
    measured = Measured()
    async with _http(address) as http:
        page = await ChatClient.open(http)
        for reader, script in enumerate(scripts):
            await _read(page.beside(), reader, script, measured)
    return measured


async def ask_at_once(address: str, scripts: Sequence[Script]) -> Measured:
    """Let all readers ask at once."""
    measured = Measured()
    async with _http(address) as http:
        page = await ChatClient.open(http)
        await asyncio.gather(*(_read(page.beside(), n, script, measured) for n, script in enumerate(scripts)))
    return measured


def _http(address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=address, timeout=120, limits=httpx.Limits(max_connections=None))


@contextmanager
def serve_chat(library: Path, *flags: str) -> Iterator[tuple[str, int]]:
    """Run `yinju chat` in a process of its own; give its address and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "rag.cli", "chat", "--no-browser", "--port", str(port)]
    with subprocess.Popen([*command, "--library", str(library), *flags]) as process:  # noqa: S603 - our own command
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address)
            yield address, process.pid
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            httpx.get(address, timeout=10).raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def resident_bytes(process: int) -> int:
    """Return how much memory a process holds (Linux; elsewhere 0)."""
    status = Path(f"/proc/{process}/status")
    found = re.search(r"^VmRSS:\s*(\d+) kB$", status.read_text(), re.MULTILINE) if status.is_file() else None
    return int(found[1]) * 1024 if found else 0


def processor_seconds(process: int) -> float:
    """Return how long a process has computed (Linux; elsewhere 0)."""
    status = Path(f"/proc/{process}/stat")
    fields = status.read_text().rpartition(")")[2].split() if status.is_file() else []
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def _scripts(questions: Sequence[str], users: int, count: int) -> list[Script]:
    """Deal `count` questions to readers, in another order for each."""
    dealt: list[Script] = []
    each = count // users
    for user in range(users):
        pool = [q for _ in range(each // len(questions) + 1) for q in questions]
        order = random.Random(user).sample(pool, each)
        dealt.append([order[i : i + _TURNS] for i in range(0, each, _TURNS)])
    return dealt


def _expected(library: Path, questions: Sequence[str]) -> Mapping[str, list[str]]:
    """Return the sentences with which `yinju ask` answers each question; none where it refuses."""
    with tempfile.TemporaryDirectory() as name:
        asked, answered = Path(name) / "in.jsonl", Path(name) / "out.jsonl"
        rows = [{"id": str(n), "question": q} for n, q in enumerate(questions)]
        asked.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
        command = [sys.executable, "-m", "rag.cli", "ask", "--library", str(library), "--batch", str(asked)]
        subprocess.run([*command, "--out", str(answered)], check=True, capture_output=True)  # noqa: S603 - our own
        results = [json.loads(line) for line in answered.read_text(encoding="utf-8").splitlines()]
    return {
        r["question"]: [s["text"] for s in r["sentences"] if s["status"] != "withheld"]
        if r["status"] == "answered"
        else []
        for r in results
    }


def judge(scripts: Sequence[Script], alone: Measured, at_once: Measured, expected: Mapping[str, list[str]]) -> int:
    """Count the answers that are not those of their reader; `expected` are sentences of questions that open a talk."""
    wrong = 0
    for place, html in at_once.seen.items():
        reader, conversation, turn = place
        question = scripts[reader][conversation][turn]
        right = html == alone.seen.get(place)
        if turn == 0 and question in expected:
            right &= all(f">{escape(sentence)}" in html for sentence in expected[question])
            right &= ("yj-refusal" in html) == (not expected[question])
        wrong += not right
    return wrong


def main() -> int:
    """Run both, print what was measured, return 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--set", type=Path, default=Path("eval/testsets/seed-dev.jsonl"))
    parser.add_argument("--seeds", type=Path, default=Path("seeds"))
    arguments = parser.parse_args()
    lines = arguments.set.read_text(encoding="utf-8").splitlines()
    questions = list(dict.fromkeys(json.loads(line)["question"] for line in lines))
    scripts = _scripts(questions, arguments.users, arguments.questions)
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        index = [sys.executable, "-m", "rag.cli", "index", str(arguments.seeds), "--library", str(library)]
        subprocess.run(index, check=True, capture_output=True)  # noqa: S603 - our own command
        expected = _expected(library, questions)
        with serve_chat(library) as (address, process):
            began = processor_seconds(process)
            alone = asyncio.run(ask_alone(address, scripts))
            alone_done = processor_seconds(process)
            asyncio.run(ask_at_once(address, [script[:1] for script in scripts]))  # threads and caches grow once
            warm, before = processor_seconds(process), resident_bytes(process)
            at_once = asyncio.run(ask_at_once(address, scripts))
            all_done = processor_seconds(process)
            after = resident_bytes(process)
    errors = [*alone.errors, *at_once.errors]
    wrong = judge(scripts, alone, at_once, expected)
    growth = after / before - 1 if before else 0.0
    count = len(alone.seconds)
    cost_alone, cost_at_once = (alone_done - began) / count, (all_done - warm) / count
    print(f"1 reader alone, {count} questions: {alone.percentiles()}, {cost_alone * 1000:.0f} ms of processor each")
    print(
        f"{arguments.users} readers at once, {count} questions: {at_once.percentiles()}, "
        f"{cost_at_once * 1000:.0f} ms of processor each"
    )
    print(f"memory {before / 2**20:.0f} MiB before, {after / 2**20:.0f} MiB after ({growth:+.1%})")
    print(f"errors {len(errors)}, answers that are not their reader's {wrong}")
    for error in errors[:10]:
        print(f"  {error}")
    return 1 if errors or wrong or growth > _GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
