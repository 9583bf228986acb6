"""Bind each drafted sentence to the words that it rests on, or withhold it."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, islice
from operator import itemgetter

import numpy as np

from rag.deadline import NEVER, Deadline
from rag.embed.contextual import ContextualEncoder
from rag.markers import DraftedSentence
from rag.schema import Article, Citation, Evidence, Paragraph, Sentence, Span, Verdict, sub_spans
from rag.text.folding import fold
from rag.text.script import same_script
from rag.text.sentences import sentence_spans
from rag.verify.binding import Binder
from rag.verify.claims import Claim, claim_of
from rag.verify.entailment import Entailment
from rag.verify.features import figures_stand
from rag.verify.guards import broken_guard
from rag.verify.meaning import compared, describe_paraphrase, paraphrase_odds
from rag.verify.reasons import MEANS_ELSE, not_in_source
from rag.verify.restate import restated
from rag.verify.source import SourceText
from rag.verify.support import BOUND, support_model

__all__ = ["Checker", "cite"]

_REMEMBERED = 64  # paragraphs made ready
_MOST_RESTATED = 64  # ways to say a paragraph again: each is laid beside the sentence like a paragraph
# Characters of a sentence times those of the longest sentence beside it: laying one along the other costs more than
# that where both repeat themselves. 100 characters are compared with 5,000; a sentence of an article, word for word,
# may be longer.
_MOST_COMPARED = 500_000
_LONGEST_CLAIM = 1_000  # characters: a longer one is laid along the text, and nothing else
_JOINED = 3  # named paragraphs that are looked at together, two by two

Found = tuple[float, list[tuple[Paragraph, Span]]]


class Checker:
    """Checks sentences against evidence, whoever wrote them.

    A whole sentence of an article, word for word, is supported. Any other is laid beside the paragraphs by
    `rag.verify.support`: the evidence that it names is looked at first, then the rest. With an encoder what the strict
    check does not pass is bound to the sentences that it comes nearest to; where no guard is broken and the meaning is
    near, it is paraphrased. Everything else is withheld, with the reason where one is known.
    """

    def __init__(
        self,
        article_of: Callable[[Paragraph], Article],
        entailment: Entailment | None = None,
        encoder: ContextualEncoder | None = None,
    ) -> None:
        """With `entailment` that model judges instead of the built-in network; figures are compared all the same."""
        self._article_of = article_of
        self._entailment = entailment
        self._source = lru_cache(_REMEMBERED)(SourceText)
        self._model = support_model()
        self._binder = Binder(article_of, encoder) if encoder else None

    def check(
        self, drafted: DraftedSentence, evidence: Sequence[Evidence], question: str = "", deadline: Deadline = NEVER
    ) -> Sentence:
        """Give the verdict on one sentence that was drafted for a question."""
        named = [e.paragraph for e in evidence if e.rank in drafted.ranks]
        others = [e.paragraph for e in evidence if e.rank not in drafted.ranks]
        if not any(c.isalnum() for c in drafted.text):
            return Sentence(drafted.text, "withheld", 0.0)
        for paragraph in (*named, *others):
            whole = _find_whole(paragraph.text, drafted.text)
            if whole:
                return self._shown(drafted.text, "supported", 1.0, [(paragraph, whole)])
        claim = claim_of(drafted.text, question, fold("\n".join(e.paragraph.text for e in evidence)))
        best, places = self._strictly(claim.text, named, others, deadline)
        if self._binder is None or len(claim.text) > _LONGEST_CLAIM:
            status: Verdict = "supported" if best >= BOUND else "withheld"
            return self._shown(claim.text, status, best, places if best >= BOUND else [])
        return self._beside_grounds(claim, evidence, best, places, self._binder)

    def _beside_grounds(
        self,
        claim: Claim,
        evidence: Sequence[Evidence],
        strict: float,
        places: Sequence[tuple[Paragraph, Span]],
        binder: Binder,
    ) -> Sentence:
        """Judge a claim by guards and meaning; `strict` is what the strict check found, at these places."""
        if strict >= BOUND:
            grounds = binder.standing_on(claim, places, evidence)
        else:
            bound = binder.bound(claim, evidence)
            if bound is None:
                return Sentence(claim.text, "withheld", strict)
            grounds = bound
        beside = compared(claim, grounds, binder)
        broken = broken_guard(beside)
        if broken:
            return Sentence(claim.text, "withheld", strict, reason=not_in_source(broken.guard, broken.words))
        if strict >= BOUND:
            return self._shown(claim.text, "supported", strict, places)
        odds = paraphrase_odds(describe_paraphrase(claim, grounds, beside, binder, _log_odds(strict)))
        support = float(1 / (1 + np.exp(-odds)))
        if odds < 0:
            return Sentence(claim.text, "withheld", support, reason=MEANS_ELSE)
        return self._shown(claim.text, "paraphrased", support, [(p.paragraph, p.span) for p in grounds.places])

    def check_strictly(self, text: str, evidence: Sequence[Evidence]) -> float:
        """Give the log odds of the strict check for a claim, 0 at its bound."""
        return _log_odds(self._strictly(text, (), [e.paragraph for e in evidence], NEVER)[0])

    def _strictly(
        self, text: str, named: Sequence[Paragraph], others: Sequence[Paragraph], deadline: Deadline
    ) -> Found:
        """Find the paragraphs that support a claim best; the first ones that do are taken."""
        best: Found = (0.0, [])
        for found in self._looked_at(text, named, others):
            deadline.check("checking what was drafted")
            best = max(best, found, key=itemgetter(0))
            if best[0] >= BOUND:
                break
        return best

    def _looked_at(self, text: str, named: Sequence[Paragraph], others: Sequence[Paragraph]) -> Iterator[Found]:
        """Lay a sentence beside each paragraph in turn, the named ones also two by two."""
        for paragraph in named:
            yield self._beside(text, [paragraph])
        for pair in combinations(named[:_JOINED], 2):
            yield self._beside(text, pair)
        for paragraph in others:
            yield self._beside(text, [paragraph])

    def _beside(self, text: str, paragraphs: Sequence[Paragraph]) -> Found:
        """Give the support of a sentence by paragraphs, and the sentences that it rests on, whole."""
        joined = "\n".join(p.text for p in paragraphs)
        source = self._source(joined)
        support, used = self._judged(text, source)
        if support < BOUND:
            authors = self._article_of(paragraphs[0]).authors if len(paragraphs) == 1 else ()
            again = islice(restated(joined, authors), _MOST_RESTATED)
            others = (self._judged(text, self._source(other)) for other in again)
            support, used = max(((support, used), *others), key=itemgetter(0))
        spans = [source.sentences[n].span for n in used]
        places = []
        begin = 0
        for paragraph in paragraphs:
            own = [(a - begin, b - begin) for a, b in spans if begin <= a < begin + len(paragraph.text)]
            places += [(paragraph, span) for span in _side_by_side(own)]
            begin += len(paragraph.text) + 1
        return support if places else 0.0, places

    def _judged(self, text: str, source: SourceText) -> tuple[float, list[int]]:
        """Give the support of a sentence by a text, and which of its sentences it rests on."""
        if len(text) * source.longest > _MOST_COMPARED:
            return 0.0, []
        own = same_script(text, source.text)
        support, used = self._model.support(text, source) if own else (0.0, [])
        if self._entailment is None:
            return support, used
        if not own:
            used = list(range(len(source.sentences)))
        if not used or not figures_stand(text, source):
            return 0.0, used
        return float(self._entailment.entailed([(source.text, text)])[0]), used

    def _shown(self, text: str, status: Verdict, support: float, places: Sequence[tuple[Paragraph, Span]]) -> Sentence:
        citations = tuple(cite(p, self._article_of(p), start, end) for p, (start, end) in places)
        return Sentence(text, status, support, citations)


def _log_odds(share: float) -> float:
    return float(np.log(max(share, 1e-9) / max(1 - share, 1e-9)))


def _side_by_side(spans: Sequence[Span]) -> list[Span]:
    """Join spans that follow each other."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] <= 1:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _find_whole(text: str, sentence: str) -> Span | None:
    """Find a sentence in a text, from the beginning of one of its sentences to the end of one.

    Part of a sentence may say the opposite of the whole: 不只是“物”的现代化 holds 是“物”的现代化, 3.1亿 holds 1亿.
    """
    spans = sentence_spans(text)
    ends = {end for _, end in spans}
    for start, _ in spans:
        if text.startswith(sentence, start) and start + len(sentence) in ends:
            return start, start + len(sentence)
    return None


def cite(paragraph: Paragraph, article: Article, start: int, end: int) -> Citation:
    """Cite `[start, end)` of a paragraph."""
    exact = sum(b - a for a, b in paragraph.spans) == len(paragraph.text)
    return Citation(
        paragraph=paragraph.id,
        article=article.shown_title,
        authors=article.authors,
        section=paragraph.section,
        quote=paragraph.text[start:end],
        start=start,
        end=end,
        source=paragraph.source,
        spans=sub_spans(paragraph.spans, start, end) if exact else paragraph.spans,
        date=article.date,
        version=article.version,
        superseded_by=article.superseded_by,
        context=paragraph.context,
        page=paragraph.page,
    )
