"""A question that takes too long is an error; what a language model or a reader takes does not count."""

import time
from collections.abc import Iterator, Sequence

import pytest

from rag.assistant import Assistant
from rag.deadline import NEVER, Deadline, Unwanted
from rag.errors import DeadlineExceeded, YinjuError
from rag.schema import Answer, Evidence, Turn
from ui.handlers import ChatHandlers


def test_a_step_after_the_end_is_told() -> None:
    deadline = Deadline(0)
    with pytest.raises(
        DeadlineExceeded, match=r"^no answer within 0 seconds \(stopped while searching\): ask in fewer"
    ):
        deadline.check("searching")
    Deadline(60).check("searching")
    NEVER.check("searching")
    assert issubclass(DeadlineExceeded, YinjuError)
    assert DeadlineExceeded("x").exit_code == 1


def test_what_is_waited_for_does_not_count() -> None:
    deadline = Deadline(0.05)
    with deadline.paused():
        time.sleep(0.1)
    deadline.check("searching")

    def slow() -> Iterator[str]:
        for piece in "ab":
            time.sleep(0.1)
            yield piece

    assert list(deadline.follow(slow(), "drafting", counts=False)) == ["a", "b"]
    deadline.check("searching")
    with pytest.raises(DeadlineExceeded, match="stopped while drafting"):
        list(deadline.follow(slow(), "drafting", counts=True))


def test_what_nobody_waits_for_is_stopped() -> None:
    closed = []

    def endless() -> Iterator[str]:
        try:
            while True:
                yield "a"
        finally:
            closed.append(True)

    here = iter([True, True, True, False])
    deadline = Deadline(None, lambda: next(here))
    with pytest.raises(Unwanted):
        list(deadline.follow(endless(), "drafting", counts=False))
    assert closed == [True]


class Slow:
    """A language model that takes its time."""

    name = fingerprint = "slow"

    def draft(self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn]) -> Iterator[str]:
        time.sleep(1)
        yield f"{evidence[0].paragraph.text}[1]"


def test_a_question_out_of_time_is_an_error_and_no_refusal(assistant: Assistant) -> None:
    hasty = Assistant(assistant._retriever, assistant.generator, assistant.planner, seconds=0)
    for question in ("数字经济如何影响消费？", "怎样做红烧肉？"):
        with pytest.raises(DeadlineExceeded):
            hasty.ask(question)
    *_, exchange = ChatHandlers(hasty).respond("数字经济如何影响消费？", [])
    assert "no answer within 0 seconds" in exchange.error
    assert exchange.answer is None


@pytest.mark.parametrize("step", ["looking for slips", "comparing paragraphs", "comparing sentences", "checking"])
def test_every_step_asks_whether_it_may_go_on(assistant: Assistant, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(_: Deadline, doing: str) -> None:
        if doing.startswith(step):
            raise DeadlineExceeded(doing)

    monkeypatch.setattr(Deadline, "check", check)
    with pytest.raises(DeadlineExceeded, match=step):
        assistant.ask("什么是人工只能？")


def test_a_slow_model_and_a_slow_reader_are_waited_for(assistant: Assistant) -> None:
    patient = Assistant(assistant._retriever, Slow(), assistant.planner, seconds=1.5)
    events = []
    for event in patient.stream("2024年我国60岁及以上人口有多少？"):
        time.sleep(0.5)
        events.append(event)
    assert isinstance(events[-1], Answer)
    assert events[-1].status == "answered"


def test_a_refusal_does_not_wait_for_its_suggestions(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    searched = []
    search = assistant._retriever.search
    monkeypatch.setattr(assistant._retriever, "search", lambda q, *rest: (searched.append(q), search(q, *rest))[1])
    refused = assistant.ask("今天北京天气怎么样？")
    assert refused.status == "refused"
    assert len(searched) == 1
    assert not refused.suggestions
    assert set(refused.seconds or {}) == {"retrieve", "answer"}
    more = assistant.with_suggestions(refused)
    assert more.suggestions == assistant.suggestions(refused)
    assert set(more.seconds or {}) == {"retrieve", "answer", "suggestions"}
    answered = assistant.ask("数字经济如何影响消费？")
    assert assistant.with_suggestions(answered) is answered
    assert assistant.suggestions(answered) == ()


def test_suggestions_that_take_too_long_are_left_out(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant._tried.clear()
    refused = assistant.ask("今天北京天气怎么样？")
    monkeypatch.setattr("rag.assistant._SUGGESTING_SECONDS", 0.0)
    assert assistant.suggestions(refused) == ()


def test_the_page_shows_a_refusal_first_and_its_suggestions_then(assistant: Assistant) -> None:
    *_, before, last = (e.answer for e in ChatHandlers(assistant).respond("今天北京天气怎么样？", []))
    assert before
    assert last
    assert before.status == "refused"
    assert not before.suggestions
    assert last.suggestions
