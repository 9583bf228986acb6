"""A chat that is killed in the middle of answers leaves the library as it was, and starts again."""

import asyncio
import hashlib
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from eval.chat_client import ChatClient
from rag.config import Settings
from rag.session import index_sources
from tests.conftest import ROOT, SEEDS

pytestmark = pytest.mark.slow

QUESTION = "2024年我国60岁及以上人口有多少？"


def content(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file() and not p.name.endswith(".lock")
    }


def start(library: Path) -> tuple[subprocess.Popen[str], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    arguments = ["chat", "--no-browser", "--port", port, "--library", str(library)]
    chat = subprocess.Popen([sys.executable, "-m", "rag.cli", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert chat.stdout
    assert "127.0.0.1" in chat.stdout.readline()
    return chat, f"http://127.0.0.1:{port}"


def end(chat: subprocess.Popen[str], how: signal.Signals) -> int:
    chat.send_signal(how)
    assert chat.stdout
    with chat.stdout:
        return chat.wait(timeout=30)


async def asked(address: str, *, wait: bool) -> str:
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        reader = await ChatClient.open(http)
        if wait:
            return await reader.ask(QUESTION)
        await asyncio.gather(*(reader.beside().join("yj-question", "submit", QUESTION) for _ in range(3)))
        return ""


def test_a_killed_chat_leaves_the_library_as_it_was(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "library", seeds=SEEDS)
    index_sources(settings, [])
    before = content(settings.library)
    for delay in (0.0, 0.15):
        chat, address = start(settings.library)
        asyncio.run(asked(address, wait=False))
        time.sleep(delay)
        assert end(chat, signal.SIGKILL) == -signal.SIGKILL
        assert content(settings.library) == before
    chat, address = start(settings.library)
    try:
        assert "3.1亿" in asyncio.run(asked(address, wait=True))
    finally:
        end(chat, signal.SIGTERM)
    assert content(settings.library) == before
