"""The online half on one page: question → evidence → draft → answer."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answer.base import Generator
from rag.answer.reasons import ALL_WITHHELD, NOTHING_FOUND, TOO_FAR
from rag.answer.refusal import answerability
from rag.cite.check import Checker
from rag.errors import GeneratorError
from rag.index.library import Library
from rag.markers import drafted_sentences
from rag.retrieve.retriever import Retriever, checked_question
from rag.retrieve.rewrite import stand_alone
from rag.schema import Answer, Evidence, Sentence, Turn

__all__ = ["Assistant", "Found"]


@dataclass(frozen=True, slots=True)
class Found:
    """What was searched for and found: the first thing that a stream gives."""

    searched_for: str
    evidence: tuple[Evidence, ...]


class Assistant:
    """Answers questions from a library, and says nothing that it did not check."""

    def __init__(self, retriever: Retriever, generator: Generator, *, passages: int = 8) -> None:
        """Join the parts; `passages` is how much evidence a generator gets."""
        self.library: Library = retriever.library
        self.generator = generator
        self._retriever = retriever
        self._passages = passages
        self._checker = Checker(self.library.article_of)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question.

        Raises QuestionError, LibraryError, ModelError or GeneratorError; a failure is never a refusal.
        """
        *_, answer = self.stream(question, history)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Found | Sentence | Answer]:
        """Give what was found, then each sentence once it is checked, and the whole answer last."""
        began = time.perf_counter()
        asked = checked_question(question)
        searched_for = self._retriever.mended(stand_alone(asked, history))
        evidence = tuple(self._retriever.search(searched_for, self._passages))
        retrieved = time.perf_counter()
        yield Found(searched_for, evidence)
        reason = self._reason_to_refuse(searched_for, evidence)
        sentences: list[Sentence] = []
        if not reason:
            draft = self.generator.draft(searched_for, evidence, history)
            for drafted in drafted_sentences(draft):
                sentences.append(self._checker.check(drafted, evidence))
                yield sentences[-1]
            if not sentences:
                raise GeneratorError(
                    f"the generator {self.generator.name} wrote nothing: try again, or choose another with --generator"
                )
            if not any(s.status == "supported" for s in sentences):
                reason = ALL_WITHHELD
        yield Answer(
            question=asked,
            searched_for=searched_for,
            status="refused" if reason else "answered",
            reason=reason,
            sentences=tuple(sentences),
            evidence=evidence,
            library=self.library.manifest.fingerprint,
            generator=self.generator.name,
            seconds={"retrieve": retrieved - began, "answer": time.perf_counter() - retrieved},
        )

    def _reason_to_refuse(self, question: str, evidence: tuple[Evidence, ...]) -> str:
        """Say why the articles do not answer; "" where they may."""
        if not evidence:
            return NOTHING_FOUND
        articles = [self.library.article_of(e.paragraph) for e in evidence]
        odds = answerability(question, evidence, articles, self.library.lexical.statistics)
        return TOO_FAR if odds < 0 else ""
