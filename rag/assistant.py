"""The online half on one page: question → evidence → plan → draft → answer."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from rag.answer.extractive import ExtractiveGenerator
from rag.answer.focus import focus_of
from rag.answer.plan import AnswerPlan, Planner
from rag.answer.reasons import DECLINED, NOT_SURE, UNSUPPORTED, not_translated
from rag.answer.suggest import suggestions
from rag.deadline import NEVER, Deadline, Unwanted
from rag.embed.contextual import ContextualEncoder
from rag.errors import DeadlineExceeded, GeneratorError
from rag.generate.base import Generator, Quoter, Rewriter, Translator
from rag.generate.passages import declines
from rag.index.library import Library
from rag.markers import drafted_sentences
from rag.retrieve.parts import parts
from rag.retrieve.retriever import LONGEST_QUESTION, Retriever, checked_question, without_controls
from rag.retrieve.rewrite import MORE, stand_alone
from rag.schema import Answer, Evidence, Nearest, Sentence, Turn
from rag.text.folding import fold
from rag.text.script import same_script
from rag.verify.check import Checker, cite
from rag.verify.entailment import Entailment

__all__ = ["Assistant", "Found"]

_SUGGESTED = 3  # questions with a refusal
_TRIED = 8  # of those that come into question
_SECONDS = 30.0  # for a question, without what a language model takes; one of 2,000 characters needs 1
_SUGGESTING_SECONDS = 5.0  # what is not found by then is left out
_REMEMBERED = 10_000  # suggestions
_REPEATED = 0.8  # share of a quote's pairs of characters that tells that a draft repeats it
_TURNS = 100  # of a conversation that are looked back at


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
        planner: Planner,
        *,
        passages: int = 8,
        drafts: int = 1,
        seconds: float | None = _SECONDS,
        entailment: Entailment | None = None,
        encoder: ContextualEncoder | None = None,
        translator: Translator | None = None,
    ) -> None:
        """Join the parts; `passages` is how much evidence a generator gets, of `drafts` the best supported is kept.

        A question that takes more than `seconds` is given up; what a language model takes does not count, it has its
        own limit. What is shown in another script than the question's is translated, by `translator` or a generator
        that can.
        """
        self.library: Library = retriever.library
        self.generator = generator
        self._retriever = retriever
        self.planner = planner
        self._tokens = retriever.tokens
        self._passages = passages
        self._drafts = drafts
        self._seconds = seconds
        self._translator = translator or (generator if isinstance(generator, Translator) else None)
        self._checker = Checker(self.library.article_of, entailment, encoder)
        self._quoter: Generator = ExtractiveGenerator()
        # Which suggestions the articles answer. They are made of the articles, so this tells nothing of a reader; with
        # it 20 readers cost 100 ms of processor a question, without it 160.
        self._tried: dict[str, bool] = {}

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question.

        Raises QuestionError, LibraryError, ModelError, GeneratorError or DeadlineExceeded: a failure is no refusal.
        """
        *_, answer = self.stream(question, history)
        assert isinstance(answer, Answer)
        return answer

    def evidence_for(self, question: str, passages: int = 0, deadline: Deadline = NEVER) -> tuple[Evidence, ...]:
        """Give what a generator is given for a question: of one for several things, the best for each in turn.

        With `passages` so many paragraphs, the first of which are the same.
        """
        wanted = max(passages, self._passages)
        asked = parts(question, self._tokens)
        if asked:
            found = self._retriever.search_for_each([part.question for part in asked], wanted, deadline)
        else:
            found = self._retriever.search(question, wanted, deadline)
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
        False the work stops, in the middle of a draft too, and no answer comes. A refusal comes without suggestions,
        which take further searches: ask for them by `with_suggestions`.
        """
        deadline = Deadline(self._seconds, wanted)
        try:
            for event in self._events(question, [_clean(turn) for turn in history[-_TURNS:]], as_asked, deadline):
                with deadline.paused():
                    yield event
        except Unwanted:
            return

    def _events(
        self, question: str, history: Sequence[Turn], as_asked: bool, deadline: Deadline
    ) -> Iterator[Found | Sentence | Answer]:
        began = time.perf_counter()
        asked = checked_question(question)
        searched_for = asked if as_asked else self.alone(asked, history, deadline)
        evidence = self.evidence_for(searched_for, deadline=deadline)
        retrieved = time.perf_counter()
        yield Found(searched_for, evidence)
        plan = self.planner.plan(searched_for, evidence, _told(searched_for, history), deadline)
        sentences: list[Sentence] = []
        for sentence in self._answering(searched_for, plan, history, deadline):
            sentences.append(sentence)
            yield sentence
        notices, author = plan.notices, self.generator.name
        own = [s for s in sentences if not s.generator]
        if len(own) < len(sentences) and not any(s.is_shown for s in own):
            notices += (UNSUPPORTED if own else DECLINED,)
            author = self._quoter.name
        if sentences:
            with deadline.paused():
                sentences, told = self._translated(sentences, searched_for)
            notices += told
        answered = any(s.is_shown for s in sentences)
        yield Answer(
            question=asked,
            searched_for=searched_for,
            status="answered" if answered else "unsure" if plan.decision == "unsure" else "refused",
            reason="" if answered else plan.reason or NOT_SURE,
            sentences=tuple(sentences),
            evidence=plan.evidence,
            nearest=() if answered else self._nearest(searched_for, plan),
            odds=plan.odds,
            library=self.library.manifest.fingerprint,
            generator=author,
            seconds={"retrieve": retrieved - began, "answer": time.perf_counter() - retrieved},
            notices=notices,
        )

    def _answering(
        self, question: str, plan: AnswerPlan, history: Sequence[Turn], deadline: Deadline
    ) -> Iterator[Sentence]:
        """Give the sentences of the draft, checked, and quote what the plan found and a model left untold.

        Where the plan is not sure, a model's answer counts if it is more than a quote: those are listed anyway.
        """
        if plan.decision == "refuse" or (plan.decision == "unsure" and self._only_quotes):
            return
        drafted = self._sentences(question, plan.evidence, history, deadline)
        if plan.decision == "unsure":
            some = list(drafted)
            yield from some if any(s.is_shown and not _is_quote(s) for s in some) else ()
            return
        shown: list[Sentence] = []
        for sentence in drafted:
            shown += [sentence] * sentence.is_shown
            yield sentence
        if not self._only_quotes:
            for sentence in self._checked(self._quoter, question, plan.evidence, history, deadline):
                if not _is_told(sentence, shown):
                    yield replace(sentence, generator=self._quoter.name)

    def _nearest(self, question: str, plan: AnswerPlan) -> tuple[Nearest, ...]:
        cited = (cite(p, self.library.article_of(p), *span) for p, span in plan.nearest)
        return tuple(Nearest(citation, focus_of(question, citation.quote)) for citation in cited)

    def suggestions(self, answer: Answer) -> tuple[str, ...]:
        """Give questions near to one that was not answered that the articles do answer, each tried.

        () where it was answered. What is not found within five seconds is left out.
        """
        if answer.status == "answered":
            return ()
        deadline = Deadline(_SUGGESTING_SECONDS)
        found: list[str] = []
        try:
            for suggested in islice(suggestions(answer.evidence, self.library), _TRIED):
                if suggested not in self._tried:
                    near = self.evidence_for(suggested, deadline=deadline)
                    plan = self.planner.plan(suggested, near, deadline=deadline)
                    self._tried[suggested] = plan.decision == "answer"
                if self._tried[suggested] and suggested != answer.searched_for:
                    found.append(suggested)
                if len(found) == _SUGGESTED:
                    break
                if len(self._tried) > _REMEMBERED:
                    self._tried.clear()
        except DeadlineExceeded:
            return tuple(found)  # the answer stands without them
        return tuple(found)

    def with_suggestions(self, answer: Answer) -> Answer:
        """Give an answer with its suggestions and the seconds that they took; as it is where it was no refusal."""
        if answer.status == "answered":
            return answer
        began = time.perf_counter()
        found = self.suggestions(answer)
        spent = {**(answer.seconds or {}), "suggestions": time.perf_counter() - began}
        return replace(answer, suggestions=found, seconds=spent)

    def _translated(self, sentences: list[Sentence], question: str) -> tuple[list[Sentence], tuple[str, ...]]:
        """Add translations of what is shown in another script; a failure is told and takes nothing away."""
        foreign = [n for n, s in enumerate(sentences) if s.is_shown and not same_script(question, s.text)]
        if not foreign or self._translator is None:
            return sentences, ()
        try:
            texts = self._translator.translate([sentences[n].text for n in foreign], question)
        except GeneratorError as error:
            return sentences, (not_translated(str(error)),)
        found = dict(zip(foreign, texts, strict=True))
        return [replace(s, translation=found.get(n, "")) for n, s in enumerate(sentences)], ()

    def alone(self, question: str, history: Sequence[Turn], deadline: Deadline = NEVER) -> str:
        """Give a question as it is searched for: able to stand alone, without slips of the pen.

        One that would become longer than a question may be is left in its own words.
        """
        if history and isinstance(self.generator, Rewriter):
            with deadline.paused():
                whole = self.generator.rewrite(question, history)
        else:
            whole = stand_alone(question, history, self._tokens)
        if len(whole) > LONGEST_QUESTION:
            whole = question
        return self._retriever.mended(without_controls(whole), deadline)

    def _sentences(
        self, question: str, evidence: tuple[Evidence, ...], history: Sequence[Turn], deadline: Deadline
    ) -> Iterator[Sentence]:
        """Give the sentences of the draft, checked; of several drafts those of the best supported one.

        None where the generator says that it found no answer. Raises GeneratorError when it wrote nothing at all.
        """
        if self._drafts == 1 or self._only_quotes:
            yield from self._checked(self.generator, question, evidence, history, deadline)
            return
        drafts: list[list[Sentence]] = []
        failed: GeneratorError | None = None
        for _ in range(self._drafts):
            try:
                drafts.append(list(self._checked(self.generator, question, evidence, history, deadline)))
            except GeneratorError as error:  # the others count
                failed = error
        if not drafts and failed:
            raise failed
        yield from max(drafts, key=_quality)

    def _checked(
        self,
        generator: Generator,
        question: str,
        evidence: tuple[Evidence, ...],
        history: Sequence[Turn],
        deadline: Deadline,
    ) -> Iterator[Sentence]:
        wrote = False  # a language model has a limit of its own, and its time does not count
        quotes = _only_quotes(generator)
        pieces = deadline.follow(
            generator.draft(question, evidence, history), "checking what was drafted", counts=quotes
        )
        for drafted in drafted_sentences(pieces, lines=not quotes):
            wrote = True
            if not declines(drafted.text):
                checked = self._checker.check(drafted, evidence, question, deadline)
                yield replace(checked, focus=focus_of(question, checked.text))
        if not wrote:
            raise GeneratorError(
                f"the generator {generator.name} wrote nothing: try again, or choose another with --generator"
            )

    @property
    def _only_quotes(self) -> bool:
        return _only_quotes(self.generator)

    def plan(self, question: str, evidence: tuple[Evidence, ...] = ()) -> AnswerPlan:
        """Decide what to do with a question. With `evidence` that was found for it, nothing is searched for again."""
        return self.planner.plan(question, evidence or self.evidence_for(question))


def _only_quotes(generator: Generator) -> bool:
    return isinstance(generator, Quoter) and generator.only_quotes


def _told(question: str, history: Sequence[Turn]) -> str:
    """Give what was told before, where a question asks for more than that."""
    return "\n".join(turn.answer for turn in history) if MORE.search(question) else ""


def _is_quote(sentence: Sentence) -> bool:
    """Say whether a sentence repeats the source word for word: where all is in doubt such are listed anyway."""
    return any(c.quote == sentence.text for c in sentence.citations)


def _is_told(quote: Sentence, shown: Sequence[Sentence]) -> bool:
    """Say whether an answer cites the words of a quote already, or repeats nearly all of them."""
    cited = {(c.paragraph, c.start, c.end) for s in shown for c in s.citations}
    for c in quote.citations:
        if any(p == c.paragraph and start < c.end and c.start < end for p, start, end in cited):
            return True
    told = fold(" ".join(s.text for s in shown))
    words = fold(quote.text)
    pairs = [pair for n in range(len(words) - 1) if (pair := words[n : n + 2]).isalnum()]
    return bool(pairs) and sum(pair in told for pair in pairs) >= _REPEATED * len(pairs)


def _quality(sentences: Sequence[Sentence]) -> tuple[float, int]:
    """Rate a checked draft: the mean support, a withheld sentence counting nothing, then what it says."""
    shown = [s.support for s in sentences if s.is_shown]
    return sum(shown) / max(len(sentences), 1), len(shown)


def _clean(turn: Turn) -> Turn:
    """Give a turn as a question may refer to it: no half surrogate pair, its question no longer than one may be."""
    return Turn(without_controls(turn.question)[:LONGEST_QUESTION], without_controls(turn.answer))
