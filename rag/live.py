"""An assistant that follows its library: what a build made current is answered from the next question on."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.answer.reasons import not_indexed
from rag.assistant import Assistant, Found
from rag.index.generations import CURRENT
from rag.index.library import Library
from rag.schema import Answer, Sentence, Turn

__all__ = ["LiveAssistant"]

_LOOK_EVERY = 2.0  # seconds at the sources: a look at 10,000 sources takes about 50 ms


class LiveAssistant:
    """Gives the assistant on the current generation of a library; for many threads at once.

    A question is answered to its end on the generation that it began with. Models stay loaded.
    """

    def __init__(self, folder: Path, make: Callable[[Library], Assistant]) -> None:
        """Follow the library in `folder`; `make` puts an assistant on one. Raises what `now` does."""
        self._folder, self._make = folder, make
        self._lock = threading.Lock()
        self._pointer = b""
        self._assistant: Assistant | None = None
        self._changed: tuple[str, ...] = ()
        self._look_at = 0.0  # the sources again, by the clock
        self.now()

    def now(self) -> Assistant:
        """Return the assistant on the library as it is now.

        Raises LibraryError where it is damaged, gone, or made with other models than are loaded: the text that was
        served before may have been withdrawn, so it is not answered from.
        """
        with self._lock:
            pointer = self._read_pointer()
            if self._assistant is None or pointer != self._pointer:
                library = Library(self._folder, to_update=True)
                library.load()
                self._assistant, self._pointer = self._make(library), pointer
                self._look_at = 0.0
            return self._assistant

    @property
    def library(self) -> Library:
        """The library as it is now. Raises LibraryError."""
        return self.now().library

    def stream(self, question: str, history: Sequence[Turn] = (), **more: Any) -> Iterator[Found | Sentence | Answer]:
        """Answer as `Assistant.stream` does, with a notice where a source changed and is not indexed yet."""
        assistant = self.now()
        for event in assistant.stream(question, history, **more):
            if isinstance(event, Answer) and (changed := self._changed_sources(assistant.library)):
                yield replace(event, notices=(*event.notices, not_indexed(changed)))
            else:
                yield event

    def with_suggestions(self, answer: Answer) -> Answer:
        """Add suggestions to a refusal, as `Assistant.with_suggestions` does."""
        return self.now().with_suggestions(answer)

    def _changed_sources(self, library: Library) -> tuple[str, ...]:
        """Name the sources that are no longer as they were read, looked at now and then."""
        with self._lock:
            if time.monotonic() >= self._look_at:
                self._look_at = time.monotonic() + _LOOK_EVERY
                self._changed = tuple(library.manifest.changed_sources())
            return self._changed

    def _read_pointer(self) -> bytes:
        """Return what `current` holds; b"" where it can't be read, which opening the library then tells."""
        try:
            return (self._folder / CURRENT).read_bytes()
        except OSError:
            return b""
