"""The online half on one page: question → evidence → draft → answer."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from types import GeneratorType

from rag.answer.base import Generator, Rewriter, Translator
from rag.answer.extractive import ExtractiveGenerator
from rag.answer.prompts import DECLINES
from rag.answer.ranking import SentenceRanker
from rag.answer.reasons import ALL_WITHHELD, DECLINED, NOTHING_FOUND, TOO_FAR, left_out, not_translated
from rag.answer.refusal import answerability, part_odds
from rag.answer.suggest import suggestions
from rag.cite.check import Checker
from rag.cite.entailment import Entailment
from rag.errors import GeneratorError
from rag.index.library import Library
from rag.markers import drafted_sentences
from rag.retrieve.parts import parts
from rag.retrieve.retriever import Retriever, checked_question
from rag.retrieve.rewrite import stand_alone
from rag.schema import Answer, Evidence, Sentence, Turn
from rag.script import same_script

__all__ = ["Assistant", "Found"]

_SUGGESTED = 3  # questions with a refusal
_TRIED = 8  # of those that come into question


@dataclass(frozen=True, slots=True)
class Found:
    """What was searched for and found: the first thing that a stream gives."""

    searched_for: str
    evidence: tuple[Evidence, ...]


class Assistant:
    """Answers questions from a library, and says nothing that it did not check."""

    def __init__(
        self,
        retriever: Retriever,
        generator: Generator,
        ranker: SentenceRanker,
        *,
        passages: int = 8,
        drafts: int = 1,
        entailment: Entailment | None = None,
        translator: Translator | None = None,
    ) -> None:
        """Join the parts; `passages` is how much evidence a generator gets, of `drafts` the best supported is kept.

        What is shown in another script than the question's is translated, by `translator` or a generator that can.
        """
        self.library: Library = retriever.library
        self.generator = generator
        self._retriever = retriever
        self.ranker = ranker
        self._tokens = retriever.tokens
        self._passages = passages
        self._drafts = drafts
        self._translator = translator or (generator if isinstance(generator, Translator) else None)
        self._checker = Checker(self.library.article_of, entailment)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question.

        Raises QuestionError, LibraryError, ModelError or GeneratorError; a failure is never a refusal.
        """
        *_, answer = self.stream(question, history)
        assert isinstance(answer, Answer)
        return answer

    def evidence_for(self, question: str, passages: int = 0) -> tuple[Evidence, ...]:
        """Give what a generator is given for a question: of one for several things, the best for each in turn.

        With `passages` so many paragraphs, the first of which are the same.
        """
        wanted = max(passages, self._passages)
        asked = parts(question, self._tokens)
        if asked:
            found = self._retriever.search_for_each([part.question for part in asked], wanted)
        else:
            found = self._retriever.search(question, wanted)
        return tuple(found[: passages or self._passages])

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        as_asked: bool = False,
        wanted: Callable[[], bool] = lambda: True,
    ) -> Iterator[Found | Sentence | Answer]:
        """Give what was found, then each sentence once it is checked, and the whole answer last.

        With `as_asked` the question is searched for in its own words, whatever went before. Once `wanted` returns
        False, which is asked at every piece of a draft, the generator is stopped and no answer comes.
        """
        began = time.perf_counter()
        asked = checked_question(question)
        searched_for = asked if as_asked else self.alone(asked, history)
        evidence = self.evidence_for(searched_for)
        retrieved = time.perf_counter()
        yield Found(searched_for, evidence)
        if not wanted():
            return
        reason = self._reason_to_refuse(searched_for, evidence)
        sentences: list[Sentence] = []
        notices: tuple[str, ...] = ()
        if not reason:
            given = tuple(self.generator.fitting(searched_for, evidence, history))
            if len(given) < len(evidence):
                notices = (left_out(len(evidence) - len(given)),)
            for sentence in self._sentences(searched_for, given, history, wanted):
                sentences.append(sentence)
                yield sentence
            if not wanted():
                return
            if not any(s.status == "supported" for s in sentences):
                self._check_language(sentences, given)
                reason = ALL_WITHHELD if sentences else DECLINED
            sentences, told = self._translated(sentences, searched_for)
            notices += told
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
            notices=notices,
            suggestions=tuple(self._suggestions(searched_for, evidence)) if reason else (),
        )

    def _check_language(self, sentences: Sequence[Sentence], evidence: tuple[Evidence, ...]) -> None:
        """Raise GeneratorError where nothing could be checked: that is no finding about the articles."""
        foreign = [not any(same_script(s.text, e.paragraph.text) for e in evidence) for s in sentences]
        if sentences and all(foreign) and not self._checker.judges_across_scripts:
            raise GeneratorError(
                f"{self.generator.name} answered in another language than the articles', which can't be checked: "
                "ask in theirs, set --entailment to an NLI model of both languages, or --generator extractive"
            )

    def _translated(self, sentences: list[Sentence], question: str) -> tuple[list[Sentence], tuple[str, ...]]:
        """Add translations of what is shown in another script; a failure is told and takes nothing away."""
        foreign = [n for n, s in enumerate(sentences) if s.status == "supported" and not same_script(question, s.text)]
        if not foreign or self._translator is None:
            return sentences, ()
        try:
            texts = self._translator.translate([sentences[n].text for n in foreign], question)
        except GeneratorError as error:
            return sentences, (not_translated(str(error)),)
        found = dict(zip(foreign, texts, strict=True))
        return [replace(s, translation=found.get(n, "")) for n, s in enumerate(sentences)], ()

    def alone(self, question: str, history: Sequence[Turn]) -> str:
        """Give a question as it is searched for: able to stand alone, without slips of the pen."""
        if history and isinstance(self.generator, Rewriter):
            return self._retriever.mended(self.generator.rewrite(question, history))
        return self._retriever.mended(stand_alone(question, history, self._tokens))

    def _sentences(
        self, question: str, evidence: tuple[Evidence, ...], history: Sequence[Turn], wanted: Callable[[], bool]
    ) -> Iterator[Sentence]:
        """Give the sentences of the draft, checked; of several drafts those of the best supported one.

        None where the generator says that it found no answer. Raises GeneratorError when it wrote nothing at all.
        """
        if self._drafts == 1 or isinstance(self.generator, ExtractiveGenerator):
            yield from self._checked(question, evidence, history, wanted)
            return
        drafts: list[list[Sentence]] = []
        failed: GeneratorError | None = None
        for _ in range(self._drafts):
            try:
                drafts.append(list(self._checked(question, evidence, history, wanted)))
            except GeneratorError as error:  # the others count
                failed = error
        if not drafts and failed:
            raise failed
        yield from max(drafts, key=_quality)

    def _checked(
        self, question: str, evidence: tuple[Evidence, ...], history: Sequence[Turn], wanted: Callable[[], bool]
    ) -> Iterator[Sentence]:
        wrote = False
        for drafted in drafted_sentences(_while_wanted(self.generator.draft(question, evidence, history), wanted)):
            wrote = True
            if drafted.text not in DECLINES:
                yield self._checker.check(drafted, evidence)
        if not wrote and wanted():
            raise GeneratorError(
                f"the generator {self.generator.name} wrote nothing: try again, or choose another with --generator"
            )

    def _suggestions(self, question: str, evidence: tuple[Evidence, ...]) -> Iterator[str]:
        """Give questions near to this one that the articles answer, each tried."""
        found = 0
        for suggested in islice(suggestions(evidence, self.library), _TRIED):
            if found == _SUGGESTED:
                return
            near = self.evidence_for(suggested)
            if suggested != question and not self._reason_to_refuse(suggested, near):
                found += 1
                yield suggested

    def odds(self, question: str, evidence: tuple[Evidence, ...] = ()) -> float:
        """Give the log odds that the articles answer a question; below 0 it is refused.

        With `evidence` that was found for it, nothing is searched for again.
        """
        return self._odds(question, evidence or self.evidence_for(question))

    def _odds(self, question: str, evidence: tuple[Evidence, ...]) -> float:
        """Of a question for several things: the odds that one of them at least is answered."""
        odds = [odds for _, odds, _ in part_odds(question, evidence, self.ranker)]
        return max([answerability(question, evidence, self.ranker), *odds])

    def _reason_to_refuse(self, question: str, evidence: tuple[Evidence, ...]) -> str:
        """Say why the articles do not answer; "" where they may."""
        if not evidence:
            return NOTHING_FOUND
        return TOO_FAR if self._odds(question, evidence) < 0 else ""


def _while_wanted(pieces: Iterator[str], wanted: Callable[[], bool]) -> Iterator[str]:
    """Give the pieces of a draft, and stop the generator once they are no longer wanted."""
    for piece in pieces:
        if not wanted():
            if isinstance(pieces, GeneratorType):  # a plain iterator has nothing to stop
                pieces.close()
            return
        yield piece


def _quality(sentences: Sequence[Sentence]) -> tuple[float, int]:
    """Rate a checked draft: the mean support, a withheld sentence counting nothing, then what it says."""
    supported = [s.support for s in sentences if s.status == "supported"]
    return sum(supported) / max(len(sentences), 1), len(supported)
