"""Work for readers who have left is dropped, and nothing of it is kept."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence

import httpx
import pytest

from eval.chat_client import ChatClient
from rag.assistant import Assistant
from rag.schema import Evidence, Turn
from rag.web import Listeners, Served
from tests.web.sending import serving

QUESTION = "2024年我国60岁及以上人口有多少？"


class SlowWriter:
    """A generator that writes a piece every 50 ms, for 20 s if it is let."""

    name = fingerprint = "slow"

    def __init__(self) -> None:
        self.begun = 0
        self.stopped = 0
        self.finished = 0

    def draft(self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn] = ()) -> Iterator[str]:
        self.begun += 1
        try:
            for _ in range(400):
                time.sleep(0.05)
                yield "人口"
        except GeneratorExit:
            self.stopped += 1
            raise
        self.finished += 1


@pytest.fixture
def writer() -> SlowWriter:
    return SlowWriter()


@pytest.fixture
def served(assistant: Assistant, writer: SlowWriter) -> Iterator[Served]:
    with serving(Assistant(assistant._retriever, writer, assistant.planner)) as found:
        yield found


def wait_until(condition: Callable[[], bool], seconds: float = 8.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def held(served: Served) -> list[int]:
    """Count what Gradio holds for questions: messages, pending ids, events, iterators, queued and running ones."""
    queue = served.page._queue
    running = sum(q.current_concurrency for q in queue.event_queue_per_concurrency_id.values())
    return [
        *(len(queue.pending_messages_per_session), len(queue.pending_event_ids_session)),
        *(len(queue.event_ids_to_events), len(served.gradio.iterators), len(queue), running),
    ]


async def ask_and_leave(address: str, readers: int) -> None:
    async def listen(page: ChatClient) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.8):
                async for _ in page.messages():
                    pass

    async with httpx.AsyncClient(base_url=address, timeout=20) as http:
        page = await ChatClient.open(http)
        them = [page.beside() for _ in range(readers)]
        await asyncio.gather(*(one.join("yj-question", "submit", QUESTION) for one in them))
        await asyncio.gather(*(listen(one) for one in them))


@pytest.mark.slow
def test_readers_who_leave_stop_the_generator_and_free_the_queue(served: Served, writer: SlowWriter) -> None:
    asyncio.run(ask_and_leave(served.address, 10))
    assert wait_until(lambda: writer.begun == writer.stopped and held(served)[2:] == [0, 0, 0, 0])
    assert 1 <= writer.begun < 10  # some still waited for their turn, and were never begun
    assert writer.finished == 0
    assert wait_until(lambda: held(served) == [0] * 6)


@pytest.mark.slow
def test_a_reader_who_never_listens_holds_nothing(assistant: Assistant) -> None:
    from dataclasses import replace

    from rag.web.limits import LIMITS
    from tests.web.test_limits import serve_with

    async def ask(address: str) -> None:
        async with httpx.AsyncClient(base_url=address, timeout=20) as http:
            page = await ChatClient.open(http)
            for _ in range(20):
                await page.beside().join("yj-question", "submit", QUESTION)

    served = serve_with(assistant, replace(LIMITS, listen_seconds=0.5))
    try:
        asyncio.run(ask(served.address))
        assert wait_until(lambda: held(served) == [0] * 6, 20)
    finally:
        served.close()


def test_a_session_is_wanted_while_it_listens_or_may_yet() -> None:
    now = [0.0]
    listeners = Listeners(listen_seconds=10, clock=lambda: now[0])

    async def visit() -> None:
        assert not listeners.wanted("a")
        listeners.joined("a")
        now[0] = 9
        assert listeners.wanted("a")
        now[0] = 11
        assert not listeners.wanted("a")
        listeners.joined("a")
        with listeners.listen("a"), listeners.listen("a"):
            now[0] = 1000
            assert listeners.wanted("a")
            assert not listeners.wanted("b")
        assert not listeners.wanted("a")
        for task in list(listeners._tasks):
            task.cancel()

    asyncio.run(visit())
