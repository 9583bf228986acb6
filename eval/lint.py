"""What is wrong with a test set: broken references, duplicates, leaks, facts that no relevant paragraph holds."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from eval.gold import GoldQuestion, GoldSet, found_paragraphs, squeezed
from eval.metrics import holds
from rag.config import Settings
from rag.index.library import Library
from rag.session import index_sources, open_library

__all__ = ["Finding", "findings", "library_for"]

_LEAK = 14  # characters in a row that a question shares with a paragraph that answers it
_ALIKE = 0.9  # share of character pairs that two questions have in common


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a question."""

    question: str
    problem: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.question}: {self.problem}"


@contextmanager
def library_for(gold_set: GoldSet, settings: Settings) -> Iterator[Library]:
    """Open the library that a set asks about: one of its own corpus, or that of the settings."""
    if gold_set.corpus is None:
        yield open_library(settings)
        return
    with tempfile.TemporaryDirectory() as folder:
        made = replace(settings, library=Path(folder) / "library")
        index_sources(made, [gold_set.corpus])
        yield open_library(made)


def findings(gold_set: GoldSet, library: Library) -> Iterator[Finding]:
    """Give everything that is wrong."""
    texts = {p.id: p.text for p in library.paragraphs()}
    folded = {name: squeezed(text) for name, text in texts.items()}
    for question in gold_set.questions:
        yield from _of_question(question, library, texts, folded)
    yield from _duplicates(gold_set.questions)


def _of_question(
    question: GoldQuestion, library: Library, texts: dict[str, str], folded: dict[str, str]
) -> Iterator[Finding]:
    if question.answerable and not question.relevant:
        yield Finding(question.id, "is answerable, but no paragraph is relevant")
    if question.answerable and not (question.facts or question.answers):
        yield Finding(question.id, "is answerable, but has neither facts nor answers")
    found = found_paragraphs(question, library, folded)
    for reference, names in zip(question.relevant, found, strict=True):
        shown = reference.paragraph or f"“{reference.quote}”"
        if not names:
            yield Finding(question.id, f"{shown} stands in no paragraph of the library")
        elif len(names) > 1:
            yield Finding(question.id, f"{shown} stands in {len(names)} paragraphs: quote more of it")
    meant = [name for names in found for name in names]
    for fact in question.facts:
        if meant and not any(holds(texts[name], fact) for name in meant):
            yield Finding(question.id, f"no relevant paragraph holds {' / '.join(fact)}")
    copied = _copied(squeezed(question.question), [folded[name] for name in meant])
    if copied:
        yield Finding(question.id, f"is copied from the paragraph that answers it: “{copied}”")


def _copied(question: str, texts: list[str]) -> str:
    """Give the longest run that a question shares with a text, where it is too long; "" else."""
    for length in range(len(question), _LEAK - 1, -1):
        for start in range(len(question) - length + 1):
            run = question[start : start + length]
            if any(run in text for text in texts):
                return run
    return ""


def _duplicates(questions: tuple[GoldQuestion, ...]) -> Iterator[Finding]:
    pairs = [_pairs(q) for q in questions]
    for n, mine in enumerate(pairs):
        for m in range(n):
            shared = len(mine & pairs[m])
            if mine and shared >= _ALIKE * len(mine | pairs[m]):
                yield Finding(questions[n].id, f"asks what {questions[m].id} asks")


def _pairs(question: GoldQuestion) -> set[str]:
    text = squeezed(" ".join([*(t.question for t in question.history), question.question]))
    return {text[n : n + 2] for n in range(len(text) - 1)}
