"""An LLM behind any server that speaks OpenAI's protocol: vLLM, SGLang, Ollama, llama.cpp, a cluster of GPUs."""

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from importlib import import_module
from typing import Any, Self
from urllib.parse import urlsplit

from rag.errors import ConfigError, GeneratorError, first_line
from rag.generate.base import no_article
from rag.generate.passages import READING, as_drafted, passages
from rag.generate.prompts import (
    Message,
    answer_messages,
    rewrite_messages,
    rewritten,
    translated,
    translation_messages,
    without_reasoning,
)
from rag.schema import Article, Evidence, Paragraph, Turn

__all__ = ["KEY", "ServerGenerator"]

KEY = "YINJU_API_KEY"  # the only place that a key is taken from
_RETRIES = 3
_FIRST_WAIT = 0.5  # seconds, doubled each time
_MOST_TOKENS = 4096  # of a draft: 1,024, and what a model thinks before it, which is not shown
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class ServerGenerator:
    """Asks a model on a server. A failure names the server and what to do, never the key or the prompt."""

    def __init__(
        self,
        address: str,
        article_of: Callable[[Paragraph], Article] = no_article,
        *,
        seconds: float = 120.0,
        reading: int = READING,
        temperature: float = 0.0,
    ) -> None:
        """Take `URL#MODEL`; `reading` is how many characters of the evidence it is given.

        Raises ConfigError when the address is none.
        """
        url, _, model = address.partition("#")
        if not model or not _is_address(url):
            raise ConfigError(
                "the address of the generator's server is none, or holds a password: expected "
                f"server:http://HOST:PORT/v1#MODEL, and the key in {KEY}"
            )
        self.name = f"server:{address}"
        self.fingerprint = hashlib.sha256(f"{address} {temperature} {reading} prompts-2".encode()).hexdigest()[:16]
        self._url, self._model = url, model
        self._article_of = article_of
        self._seconds, self._reading, self._temperature = seconds, reading, temperature
        self._drafts = 0

    def over(self, article_of: Callable[[Paragraph], Article]) -> Self:
        """Return a generator for another library, that asks the same server."""
        other = copy(self)
        other._article_of = article_of
        return other

    def draft(self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn] = ()) -> Iterator[str]:
        """Stream a draft. Raises GeneratorError."""
        given = passages(evidence, [self._article_of(e.paragraph) for e in evidence], self._reading)
        self._drafts += 1
        pieces = without_reasoning(self._stream(answer_messages(question, given, history), self._drafts))
        yield from as_drafted(pieces, given)

    def reply(self, messages: list[Message], seed: int) -> str:
        """Give the whole reply to a conversation. Raises GeneratorError."""
        return "".join(without_reasoning(self._stream(messages, seed)))

    def rewrite(self, question: str, history: Sequence[Turn]) -> str:
        """Make a follow-up stand alone. Raises GeneratorError."""
        return rewritten(self.reply(rewrite_messages(question, history), 0), question)

    def translate(self, sentences: Sequence[str], question: str) -> list[str]:
        """Put sentences into the language of a question. Raises GeneratorError."""
        return translated(self.reply(translation_messages(sentences, question), 0), len(sentences))

    def _stream(self, messages: list[Message], seed: int) -> Iterator[str]:
        """Stream the reply; before its first piece a passing failure is tried again, after it the reply is broken."""
        openai: Any = import_module("openai")
        for name in ("openai", "httpcore"):  # their debug logs hold prompts; OPENAI_LOG is read when it is imported
            logging.getLogger(name).setLevel(logging.INFO)
        began = time.monotonic()
        finished = ""
        late = f"did not end within {self._seconds:g} s"
        with openai.OpenAI(
            base_url=self._url, api_key=os.environ.get(KEY, "none"), timeout=self._seconds, max_retries=0
        ) as client:
            try:
                with self._opened(openai, client, messages, seed, began) as reply, _closed_after(reply, self._seconds):
                    for event in reply:
                        if time.monotonic() - began > self._seconds:
                            raise GeneratorError(self._failed(late))
                        for choice in event.choices:
                            finished = choice.finish_reason or finished
                            if choice.delta and choice.delta.content:
                                yield choice.delta.content
            except openai.APITimeoutError as error:
                raise GeneratorError(self._failed(f"said nothing for {self._seconds:g} s")) from error
            except GeneratorError:
                raise
            except Exception as error:
                if time.monotonic() - began > self._seconds:
                    raise GeneratorError(self._failed(late)) from error
                raise GeneratorError(self._failed(f"broke off or sent what can't be read ({_kind(error)})")) from error
        if time.monotonic() - began > self._seconds:
            raise GeneratorError(self._failed(late))
        if finished == "content_filter":
            raise GeneratorError(self._failed("stopped itself by its content filter"))
        if not finished:
            raise GeneratorError(self._failed("broke off before the end of its reply"))
        if finished == "length":
            raise GeneratorError(self._failed(f"was cut off after {_MOST_TOKENS} tokens"))

    def _opened(self, openai: Any, client: Any, messages: list[Message], seed: int, began: float) -> Any:
        wait = _FIRST_WAIT
        for left in range(_RETRIES, -1, -1):
            try:
                return client.chat.completions.create(
                    model=self._model,
                    messages=messages,
                    stream=True,
                    temperature=self._temperature,
                    seed=seed,
                    max_tokens=_MOST_TOKENS,
                )
            except openai.APIStatusError as error:
                status = int(error.status_code)
                if status not in _PASSING or not left or time.monotonic() - began + wait > self._seconds:
                    raise GeneratorError(self._failed(f"answered with status {status}", status)) from error
            except openai.APITimeoutError:
                raise
            except openai.APIConnectionError as error:
                if not left or time.monotonic() - began + wait > self._seconds:
                    raise GeneratorError(self._failed("can't be reached")) from error
            time.sleep(wait)
            wait *= 2
        raise AssertionError("the last try returns or raises")

    def _failed(self, what: str, status: int = 0) -> str:
        advice = {
            401: f"set {KEY} to a key that the server takes",
            403: f"set {KEY} to a key that may use this model",
            404: "check the address, which mostly ends in /v1, and the model's name",
            429: "it has too much to do: try again later",
        }.get(status, "see whether it runs, try again, or choose --generator extractive")
        return f"the LLM server {self._url} (model {self._model}) {what}: {advice}"


def _is_address(url: str) -> bool:
    """Say whether this is an address without user and password."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
        )
    except ValueError:
        return False


@contextmanager
def _closed_after(reply: Any, seconds: float) -> Iterator[None]:
    """Close a reply in the end: a server that only keeps the line open sends no event to count time by."""
    timer = threading.Timer(seconds, reply.close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _kind(error: Exception) -> str:
    """Name an error without its text, which may hold the prompt."""
    return type(error).__name__ if not isinstance(error, OSError) else first_line(error)
