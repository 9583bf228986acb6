"""The joint where generators are swapped."""

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from rag.schema import Article, Evidence, Paragraph, Turn

__all__ = ["Generator", "Quoter", "Rewriter", "Translator", "no_article"]


def no_article(paragraph: Paragraph) -> Article:
    """Stand in for a library that is not open yet: an article of which nothing is known."""
    return Article(paragraph.article, paragraph.source, title="", title_missing=True)


@runtime_checkable
class Generator(Protocol):
    """Writes a draft from evidence."""

    @property
    def name(self) -> str:
        """What the user called it."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever it would write something else."""

    def draft(self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn]) -> Iterator[str]:
        """Stream a draft. Each sentence ends with markers [n]: the ranks of the evidence that it rests on.

        Closing the iterator stops the work. Raises GeneratorError when it fails.
        """


@runtime_checkable
class Quoter(Protocol):
    """A generator that only repeats the quotes of the evidence: at once, and each time the same."""

    only_quotes: bool


@runtime_checkable
class Rewriter(Protocol):
    """A generator that can also make a follow-up question stand alone."""

    def rewrite(self, question: str, history: Sequence[Turn]) -> str:
        """Give the question so that it can be understood without what came before. Raises GeneratorError."""


@runtime_checkable
class Translator(Protocol):
    """A generator that can also put sentences into the language of a question."""

    def translate(self, sentences: Sequence[str], question: str) -> list[str]:
        """Give each sentence in the question's language. Raises GeneratorError."""
