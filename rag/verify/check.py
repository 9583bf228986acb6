"""Bind each drafted sentence to the words that it rests on, or withhold it."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, islice
from operator import itemgetter

from rag.deadline import NEVER, Deadline
from rag.markers import DraftedSentence
from rag.schema import Article, Citation, Evidence, Paragraph, Sentence, Span, sub_spans
from rag.script import same_script
from rag.sentences import sentence_spans
from rag.verify.entailment import Entailment
from rag.verify.features import figures_stand
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
_JOINED = 3  # named paragraphs that are looked at together, two by two

Found = tuple[float, list[tuple[Paragraph, Span]]]


class Checker:
    """Checks sentences against evidence, whoever wrote them.

    A whole sentence of an article, word for word, is supported. Any other is laid beside the paragraphs by
    `rag.verify.support`. The evidence that it names is looked at first, then the rest: a sentence whose words stand in
    other evidence than it names is cited from where they stand.
    """

    def __init__(self, article_of: Callable[[Paragraph], Article], entailment: Entailment | None = None) -> None:
        """With `entailment` that model judges instead of the built-in network; figures are compared all the same."""
        self._article_of = article_of
        self._entailment = entailment
        self._source = lru_cache(_REMEMBERED)(SourceText)
        self._model = support_model()

    @property
    def judges_across_scripts(self) -> bool:
        """Whether a sentence can be supported by a paragraph in another script."""
        return self._entailment is not None

    def check(self, drafted: DraftedSentence, evidence: Sequence[Evidence], deadline: Deadline = NEVER) -> Sentence:
        """Give the verdict on one sentence."""
        named = [e.paragraph for e in evidence if e.rank in drafted.ranks]
        others = [e.paragraph for e in evidence if e.rank not in drafted.ranks]
        if not any(c.isalnum() for c in drafted.text):
            return Sentence(drafted.text, "withheld", 0.0)
        best = 0.0
        for some in (named, others):
            for paragraph in some:
                whole = _find_whole(paragraph.text, drafted.text)
                if whole:
                    return self._supported(drafted.text, 1.0, [(paragraph, whole)])
        for support, places in self._looked_at(drafted.text, named, others):
            deadline.check("checking what was drafted")
            if support >= BOUND:
                return self._supported(drafted.text, support, places)
            best = max(best, support)
        return Sentence(drafted.text, "withheld", best)

    def _looked_at(self, text: str, named: Sequence[Paragraph], others: Sequence[Paragraph]) -> Iterator[Found]:
        """Lay a sentence beside each paragraph in turn, the named ones also two by two."""
        for paragraph in named:
            yield self._beside(text, [paragraph])
        for pair in combinations(named[:_JOINED], 2):
            yield self._beside(text, pair)
        for paragraph in others:
            yield self._beside(text, [paragraph])

    def _beside(self, text: str, paragraphs: Sequence[Paragraph]) -> Found:
        """Give the support of a sentence by paragraphs, and the places that it rests on."""
        joined = "\n".join(p.text for p in paragraphs)
        source = self._source(joined)
        support, used = self._judged(text, source)
        if support < BOUND:
            authors = self._article_of(paragraphs[0]).authors if len(paragraphs) == 1 else ()
            again = islice(restated(joined, authors), _MOST_RESTATED)
            others = (self._judged(text, self._source(other)) for other in again)
            support, used = max(((support, used), *others), key=itemgetter(0))
        words = text.strip(" 。.;；")
        at = joined.find(words)
        spans = [source.sentences[n].span for n in used]
        if at >= 0 and any(a <= at and at + len(words) <= b for a, b in spans):
            spans = [(at, at + len(words))]  # part of a sentence, word for word: that is the quote
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

    def _supported(self, text: str, support: float, places: Sequence[tuple[Paragraph, Span]]) -> Sentence:
        citations = tuple(cite(p, self._article_of(p), start, end) for p, (start, end) in places)
        return Sentence(text, "supported", support, citations)


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
