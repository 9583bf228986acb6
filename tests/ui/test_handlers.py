"""The conversation, without a page."""

from collections.abc import Iterator

from rag.assistant import Assistant
from rag.errors import GeneratorError
from ui.exchange import Exchange
from ui.handlers import ChatHandlers
from ui.render import EMPTY_PANEL, WITHDRAWN_PANEL


def last(handlers: ChatHandlers, question: str, before: list[Exchange] | None = None) -> list[Exchange]:
    *_, exchange = handlers.respond(question, before or [])
    return [*(before or []), exchange]


def test_an_answer_grows_sentence_by_sentence(assistant: Assistant) -> None:
    steps = list(ChatHandlers(assistant).respond("数字经济如何影响消费？", []))
    counts = [len(s.sentences) for s in steps]
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert steps[0].answer is None
    assert steps[-1].answer is not None


def test_a_follow_up_sees_what_went_before(assistant: Assistant) -> None:
    handlers = ChatHandlers(assistant)
    first = last(handlers, "2024年我国60岁及以上人口有多少？")
    second = last(handlers, "那65岁及以上呢？", first)
    assert len(second) == 2
    assert second[1].answer
    assert second[1].answer.searched_for.startswith("2024年")


def test_the_panel_shows_the_first_citation(assistant: Assistant) -> None:
    handlers = ChatHandlers(assistant)
    exchanges = last(handlers, "2024年我国60岁及以上人口有多少？")
    panel = handlers.panel_of(exchanges)
    assert ">2024年我国60岁及以上人口、65岁及以上人口分别达3.1亿、2.2亿。</mark>" in panel
    assert handlers.panel_of(last(handlers, "怎样做红烧肉")) == EMPTY_PANEL
    assert handlers.panel_of([]) == EMPTY_PANEL
    assert handlers.show("nothing") == WITHDRAWN_PANEL


class Failing:
    """A generator that fails, with an error of ours or with any other."""

    name = fingerprint = "failing"

    def __init__(self, error: Exception) -> None:
        self._error = error

    def draft(self, *_: object) -> Iterator[str]:
        raise self._error
        yield ""


def test_a_failure_is_shown_as_one(assistant: Assistant) -> None:
    for error, message in (
        (GeneratorError("the model timed out"), "the model timed out"),
        (RuntimeError("x"), "RuntimeError"),
    ):
        handlers = ChatHandlers(Assistant(assistant._retriever, Failing(error), assistant.planner))
        (exchange,) = last(handlers, "2024年我国60岁及以上人口有多少？")
        assert message in exchange.error
        assert exchange.answer is None
        assert exchange.turn is None
    (exchange,) = last(ChatHandlers(assistant), "  ")
    assert "empty" in exchange.error
