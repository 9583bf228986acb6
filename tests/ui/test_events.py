"""What comes from the page, expected or odd."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from rag.assistant import Assistant
from ui.conversations import Conversations
from ui.events import NotDone, PageEvents, View
from ui.handlers import ChatHandlers
from ui.render import EMPTY_PANEL, WITHDRAWN_PANEL

QUESTION = "2024年我国60岁及以上人口有多少？"
ANSWER = "2024年我国60岁及以上人口、65岁及以上人口分别达3.1亿、2.2亿。"


def words_of(html: str) -> str:
    """What a reader sees of a page: no marks of emphasis."""
    return re.sub(r"<[^>]+>", "", html)


@pytest.fixture
def events(assistant: Assistant) -> PageEvents:
    return PageEvents(ChatHandlers(assistant), Conversations(exchanges=3))


def test_a_conversation_belongs_to_its_session(events: PageEvents) -> None:
    *_, first = events.ask("a", QUESTION)
    assert ANSWER in words_of(first.transcript)
    assert ANSWER in first.panel
    *_, follow_up = events.ask("a", "那65岁及以上呢？")
    assert follow_up.transcript.count("yj-question") == 2
    *_, other = events.ask("b", "刘奕是谁？")
    assert other.transcript.count("yj-question") == 1
    assert events.begin_anew("a").panel == EMPTY_PANEL
    *_, anew = events.ask("a", "刘奕是谁？")
    assert anew.transcript.count("yj-question") == 1


def test_what_is_no_longer_kept_is_told(events: PageEvents) -> None:
    for _ in range(3):
        *_, shown = events.ask("a", "刘奕是谁？")
        assert "不再保留" not in shown.transcript
    *_, shown = events.ask("a", QUESTION)
    assert "更早的问答已不再保留" in shown.transcript
    assert shown.transcript.count("yj-question") == 3


def test_a_growing_answer_is_shown_now_and_then(assistant: Assistant) -> None:
    now = [0.0]

    def clock() -> float:
        now[0] += 0.1
        return now[0]

    slow = list(PageEvents(ChatHandlers(assistant), Conversations(), clock=clock).ask("a", "数字经济如何影响消费？"))
    quick = list(
        PageEvents(ChatHandlers(assistant), Conversations(), clock=lambda: 0.0).ask("a", "数字经济如何影响消费？")
    )
    assert len(quick) == 2  # that it is being answered, and the answer
    assert len(slow) > 2
    assert quick[-1] == slow[-1]
    assert "yj-busy" in quick[0].transcript
    extractive = PageEvents(ChatHandlers(assistant), Conversations(), clock=lambda: 0.0, quick=True)
    assert list(extractive.ask("a", "数字经济如何影响消费？")) == quick[-1:]


def test_a_reader_who_left_keeps_nothing(assistant: Assistant) -> None:
    conversations = Conversations()
    views = list(PageEvents(ChatHandlers(assistant), conversations, wanted=lambda session: False).ask("a", QUESTION))
    assert all("yj-busy" in v.transcript for v in views)
    assert conversations.of("a") == ()


def test_a_second_question_meanwhile_is_told(events: PageEvents) -> None:
    first = events.ask("a", QUESTION)
    next(first)
    with pytest.raises(NotDone, match="上一个问题还没有答完"):
        next(events.ask("a", "刘奕是谁？"))
    *_, shown = first
    assert ANSWER in words_of(shown.transcript)
    next(events.ask("b", "刘奕是谁？")).transcript.index("yj-busy")


def test_who_begins_anew_gets_no_answer_of_before(events: PageEvents) -> None:
    first = events.ask("a", QUESTION)
    next(first)
    events.begin_anew("a")
    *_, other = events.ask("a", "刘奕是谁？")
    assert all("yj-busy" in view.transcript for view in first)
    *_, other = events.ask("a", "刘奕是谁？")
    assert other.transcript.count("yj-question") == 2
    assert QUESTION not in other.transcript


def test_clicks(events: PageEvents, assistant: Assistant) -> None:
    *_, shown = events.click_question("a", {"ask": QUESTION})
    assert ANSWER in words_of(shown.transcript)
    paragraph = next(p for p in assistant.library.paragraphs() if ANSWER in p.text)
    start = paragraph.text.index(ANSWER)
    panel = events.click_place("a", {"paragraph": paragraph.id, "start": str(start), "end": str(start + 4)})
    assert ">2024</mark>" in panel
    assert events.click_place("a", {"paragraph": "nothing", "start": 0, "end": 1}) == WITHDRAWN_PANEL
    assert "<mark" in events.click_place("a", {"paragraph": paragraph.id, "start": "9000000", "end": "1"})


PLACE = {"paragraph": "p", "start": "0", "end": "1"}
ODD_PLACES = [
    *(None, [], "x", 1, {}, {"paragraph": "p"}, {**PLACE, "paragraph": None}, {**PLACE, "paragraph": ["p"]}),
    *({**PLACE, "paragraph": "p" * 501}, {**PLACE, "start": "x"}, {**PLACE, "start": None}, {**PLACE, "start": -1}),
    *({**PLACE, "end": "1e3"}, {**PLACE, "end": 10**30}, {**PLACE, "end": float("nan")}, {**PLACE, "end": "٣"}),
    *({**PLACE, "end": "²"}, {**PLACE, "start": True}, {**PLACE, "start": {"a": 1}}, {**PLACE, "end": "9" * 5000}),
]


@pytest.mark.parametrize("data", ODD_PLACES)
def test_an_odd_click_is_told_in_one_line(events: PageEvents, data: object) -> None:
    with pytest.raises(NotDone, match=r"^无法识别的操作.*$"):
        events.click_place("a", data)


@pytest.mark.parametrize("data", [None, [], {}, {"ask": None}, {"ask": 1}, {"ask": ["x"]}, {"asAsked": "1"}])
def test_an_odd_question_is_told_in_one_line(events: PageEvents, data: Any) -> None:
    calls: list[Callable[[], View]] = [lambda: next(events.click_question("a", data))]
    if isinstance(data, list | dict):
        calls.append(lambda: next(events.ask("a", data)))
    for call in calls:
        with pytest.raises(NotDone, match="无法识别"):
            call()
