"""What happens on the page, without the page."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rag.assistant import Assistant
from rag.errors import YinjuError
from rag.schema import Answer, Sentence
from ui.exchange import Exchange
from ui.render import EMPTY_PANEL, panel_html

__all__ = ["ChatHandlers"]

_LOG = logging.getLogger(__name__)


class ChatHandlers:
    """Answers questions of a conversation and shows sources."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def respond(self, question: str, before: Sequence[Exchange], *, as_asked: bool = False) -> Iterator[list[Exchange]]:
        """Give the conversation again and again as the answer grows; with `as_asked` the question is not rewritten.

        A failure becomes an exchange with an error, never a refusal.
        """
        exchange = Exchange(question.strip()[:2000])
        history = [turn for e in before if (turn := e.turn)]
        yield [*before, exchange]
        try:
            for event in self._assistant.stream(question, history, as_asked=as_asked):
                if isinstance(event, Sentence):
                    exchange = replace(exchange, sentences=(*exchange.sentences, event))
                elif isinstance(event, Answer):
                    exchange = replace(exchange, answer=event, sentences=event.sentences)
                yield [*before, exchange]
            if exchange.answer and exchange.answer.status == "refused":
                yield [*before, replace(exchange, answer=self._assistant.with_suggestions(exchange.answer))]
        except YinjuError as error:
            yield [*before, replace(exchange, answer=None, error=str(error))]
        except Exception as error:  # noqa: BLE001 - the reader must see that it failed, whatever it was
            _LOG.exception("answering failed")
            yield [*before, replace(exchange, answer=None, error=f"{type(error).__name__}: see the log of the server")]

    def panel_of(self, exchanges: Sequence[Exchange]) -> str:
        """Show the first citation of the latest answer."""
        answer = exchanges[-1].answer if exchanges else None
        for sentence in answer.sentences if answer else ():
            for c in sentence.citations:
                return self.show(c.paragraph, c.start, c.end)
        return EMPTY_PANEL

    def show_clicked(self, data: Mapping[str, Any]) -> str:
        """Show the source that a clicked marker names."""
        return self.show(str(data["paragraph"]), int(data["start"]), int(data["end"]))

    def show(self, paragraph: str, start: int = 0, end: int = 0) -> str:
        """Show the article that a paragraph stands in, with `[start, end)` marked."""
        library = self._assistant.library
        row = library.row_of(paragraph)
        if row is None:
            return EMPTY_PANEL
        found = library.paragraph(row)
        return panel_html(library.article_of(found), library.in_article(found.article), paragraph, start, end)
