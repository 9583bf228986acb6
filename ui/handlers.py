"""What happens on the page, without the page."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rag.assistant import Assistant
from rag.errors import YinjuError
from rag.live import LiveAssistant
from rag.retrieve.retriever import without_controls
from rag.schema import Answer, Sentence
from rag.web.replies import place_of
from ui.exchange import Exchange
from ui.render import EMPTY_PANEL, WITHDRAWN_PANEL, panel_html

__all__ = ["ChatHandlers"]

_SHOWN_CHARS = 2000  # of a question that is too long to be asked
_LOG = logging.getLogger(__name__)


class ChatHandlers:
    """Answers questions of a conversation and shows sources."""

    def __init__(self, assistant: Assistant | LiveAssistant) -> None:
        self._assistant = assistant

    def respond(
        self,
        question: str,
        before: Sequence[Exchange],
        *,
        as_asked: bool = False,
        wanted: Callable[[], bool] = lambda: True,
    ) -> Iterator[Exchange]:
        """Yield the exchange again and again as the answer grows; with `as_asked` the question is not rewritten.

        A failure becomes an exchange with an error, never a refusal. Once `wanted` returns False, nobody waits for the
        answer: it ends unfinished.
        """
        exchange = Exchange(without_controls(question).strip()[:_SHOWN_CHARS])
        history = [turn for e in before if (turn := e.turn)]
        yield exchange
        try:
            for event in self._assistant.stream(question, history, as_asked=as_asked, wanted=wanted):
                if isinstance(event, Sentence):
                    exchange = replace(exchange, sentences=(*exchange.sentences, event))
                elif isinstance(event, Answer):
                    exchange = replace(exchange, answer=event, sentences=event.sentences)
                yield exchange
            if exchange.answer and exchange.answer.status != "answered":
                yield replace(exchange, answer=self._assistant.with_suggestions(exchange.answer))
        except YinjuError as error:
            yield replace(exchange, answer=None, error=str(error))
        except Exception as error:  # noqa: BLE001 - the reader must see that it failed, whatever it was
            # Not its message, which may hold the question.
            _LOG.error("answering failed: %s", place_of(error))
            yield replace(exchange, answer=None, error=f"{type(error).__name__}: see the log of the server")

    def panel_of(self, exchanges: Sequence[Exchange]) -> str:
        """Show the first citation of the latest answer."""
        answer = exchanges[-1].answer if exchanges else None
        cited = [c for sentence in answer.sentences for c in sentence.citations] if answer else []
        nearest = [n.citation for n in answer.nearest] if answer and answer.status == "unsure" else []
        for c in (*cited, *nearest):
            return self.show(c.paragraph, c.start, c.end)
        return EMPTY_PANEL

    def show(self, paragraph: str, start: int = 0, end: int = 0) -> str:
        """Show the article that a paragraph stands in, with `[start, end)` marked."""
        library = self._assistant.library
        row = library.row_of(paragraph)
        if row is None:
            return WITHDRAWN_PANEL
        found = library.paragraph(row)
        return panel_html(library.article_of(found), library.in_article(found.article), paragraph, start, end)
