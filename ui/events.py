"""What comes from the page, and what goes back to it; no Gradio in here."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ui.conversations import Busy, Conversation, Conversations
from ui.handlers import ChatHandlers
from ui.render import EMPTY_PANEL, exchanges_html, transcript_html

__all__ = ["NotDone", "PageEvents", "View"]

_SHOWN_SECONDS = 0.15  # between two states of an answer that grows: each costs the server about 8 ms
_BUSY = "上一个问题还没有答完 · the question before is still being answered"
_ODD = "无法识别的操作 · this click says nothing that the page knows"
_LONGEST_ID = 500
_MOST_OFFSET = 10_000_000


class NotDone(Exception):
    """What the page asked for was not done, for the reason told; to be shown to its reader."""


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the conversation, the source beside it, and what is written in the box."""

    transcript: str
    panel: str
    question: str = ""


class PageEvents:
    """Events of all pages; each belongs to a session."""

    def __init__(
        self,
        handlers: ChatHandlers,
        conversations: Conversations,
        wanted: Callable[[str], bool] = lambda session: True,
        clock: Callable[[], float] = time.monotonic,
        *,
        quick: bool = False,
    ) -> None:
        """Answer as long as `wanted` says that a session's reader is there.

        Where answers are `quick`, that one is being worked out is shown only once it takes longer.
        """
        self._first_seconds = _SHOWN_SECONDS if quick else 0.0
        self._handlers = handlers
        self._conversations = conversations
        self._wanted = wanted
        self._clock = clock

    def ask(self, session: str, question: object, *, as_asked: bool = False) -> Iterator[View]:
        """Answer a question, showing what there is of the answer now and then. Raises NotDone."""
        if not isinstance(question, str | None):
            raise NotDone(_ODD)
        try:
            with self._conversations.question(session) as before:
                yield from self._answer(session, question or "", before, as_asked=as_asked)
        except Busy:
            raise NotDone(_BUSY) from None

    def _answer(self, session: str, question: str, before: Conversation, *, as_asked: bool) -> Iterator[View]:
        def wanted() -> bool:
            return self._wanted(session) and self._conversations.goes_on(session, before)

        shown_before = exchanges_html(before.exchanges)
        exchange = None
        due = self._clock() + self._first_seconds
        for exchange in self._handlers.respond(question, before.exchanges, as_asked=as_asked, wanted=wanted):
            now = self._clock()
            # What is no answer is shown at once, the suggestions that take further searches come after it.
            if (now >= due and not exchange.is_over) or (exchange.answer and exchange.answer.status != "answered"):
                due = now + _SHOWN_SECONDS
                yield View(transcript_html([exchange], shown_before), before.panel or EMPTY_PANEL)
        if exchange is None or not exchange.is_over or not self._conversations.goes_on(session, before):
            return  # its reader has left, or begun anew
        exchanges = [*before.exchanges, exchange]
        panel = self._handlers.panel_of([exchange])
        self._conversations.keep(session, exchanges, panel)
        kept = self._conversations.of(session)
        dropped = len(exchanges) - len(kept)
        if dropped:
            shown_before = exchanges_html(kept[:-1])
        yield View(transcript_html([exchange], shown_before, dropped), panel)

    def click_question(self, session: str, data: object) -> Iterator[View]:
        """Ask the question that a button carries. Raises NotDone."""
        if not isinstance(data, Mapping) or not isinstance(data.get("ask"), str):
            raise NotDone(_ODD)
        yield from self.ask(session, data["ask"], as_asked="asAsked" in data)

    def click_place(self, session: str, data: object) -> str:
        """Return the panel with the place in an article that a button carries. Raises NotDone."""
        panel = self._handlers.show(*_place(data))
        self._conversations.show(session, panel)
        return panel

    def begin_anew(self, session: str) -> View:
        """Forget the conversation."""
        self._conversations.forget(session)
        return View(transcript_html([]), EMPTY_PANEL)


def _place(data: object) -> tuple[str, int, int]:
    """Read a paragraph and offsets from what a click carries. Raises NotDone."""
    if isinstance(data, Mapping):
        paragraph, start, end = (data.get(name) for name in ("paragraph", "start", "end"))
        if isinstance(paragraph, str) and len(paragraph) <= _LONGEST_ID and _is_offset(start) and _is_offset(end):
            return paragraph, int(str(start)), int(str(end))
    raise NotDone(_ODD)


def _is_offset(value: object) -> bool:
    digits = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return digits.isascii() and digits.isdigit() and len(digits) <= 9 and int(digits) <= _MOST_OFFSET
