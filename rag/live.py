"""An assistant that follows its library: what a build made current is answered from the next question on."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rag.answer.reasons import not_indexed
from rag.assistant import Assistant, Found
from rag.errors import LibraryError
from rag.generate.base import Generator
from rag.index.generations import CURRENT
from rag.index.library import Library, open_current
from rag.index.watch import SourceWatch
from rag.schema import Answer, Sentence, Turn

__all__ = ["LiveAssistant"]

_LOOK_EVERY = (
    2.0  # seconds: at the sources, of which 10,000 take about 50 ms, and again at a library that failed to open
)


@dataclass(slots=True)
class _Served:
    """An assistant with the pointer to its generation, and what is known of its sources."""

    assistant: Assistant
    pointer: bytes
    watch: SourceWatch
    changed: tuple[str, ...] = ()
    look_at: float = 0.0  # by the clock
    looking: threading.Lock = field(default_factory=threading.Lock)

    def changed_sources(self) -> tuple[str, ...]:
        """Name the sources that are no longer as they were read; while another thread looks, what was known before."""
        if time.monotonic() >= self.look_at and self.looking.acquire(blocking=False):
            try:
                self.changed = tuple(self.watch.changed())
                self.look_at = time.monotonic() + _LOOK_EVERY
            finally:
                self.looking.release()
        return self.changed


class LiveAssistant:
    """Gives the assistant on the current generation of a library; for many threads at once.

    A question is answered to its end on the generation that it began with. Models stay loaded.
    """

    def __init__(self, folder: Path, make: Callable[[Library], Assistant]) -> None:
        """Follow the library in `folder`; `make` puts an assistant on one. Raises what `now` does."""
        self._folder, self._make = folder, make
        self._lock = threading.Lock()
        self._served: _Served | None = None
        self._failed: tuple[bytes, float, LibraryError] | None = None
        self.now()

    def now(self) -> Assistant:
        """Return the assistant on the library as it is now.

        Raises LibraryError where it is damaged, gone, or made with other models than are loaded: the text that was
        served before may have been withdrawn, so it is not answered from.
        """
        return self._now().assistant

    @property
    def library(self) -> Library:
        """The library as it is now. Raises LibraryError."""
        return self.now().library

    @property
    def generator(self) -> Generator:
        """What writes the drafts. Raises LibraryError."""
        return self.now().generator

    def stream(self, question: str, history: Sequence[Turn] = (), **more: Any) -> Iterator[Found | Sentence | Answer]:
        """Answer as `Assistant.stream` does, with a notice where a source changed and is not indexed yet."""
        served = self._now()
        for event in served.assistant.stream(question, history, **more):
            if isinstance(event, Answer) and (changed := served.changed_sources()):
                yield replace(event, notices=(*event.notices, not_indexed(changed)))
            else:
                yield event

    def with_suggestions(self, answer: Answer) -> Answer:
        """Add suggestions to a refusal, as `Assistant.with_suggestions` does."""
        return self.now().with_suggestions(answer)

    def _now(self) -> _Served:
        with self._lock:
            pointer = self._read_pointer()
            if self._served is not None and pointer == self._served.pointer:
                return self._served
            if self._failed and self._failed[0] == pointer and time.monotonic() < self._failed[1]:
                raise self._failed[2]
            try:
                library = open_current(self._folder, to_update=True)
                self._served = _Served(self._make(library), pointer, SourceWatch(library.manifest.sources))
            except LibraryError as error:
                self._failed = (pointer, time.monotonic() + _LOOK_EVERY, error)
                raise
            self._failed = None
            return self._served

    def _read_pointer(self) -> bytes:
        """Return what `current` holds; b"" where it can't be read, which opening the library then tells."""
        try:
            return (self._folder / CURRENT).read_bytes()
        except OSError:
            return b""
