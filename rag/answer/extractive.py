"""Answer in the articles' own words: choose the sentences that answer, in the order in which they stand."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from rag.answer.coverage import QuestionTerms
from rag.answer.kinds import Asked, asked_for, bears
from rag.answer.prompts import DECLINES
from rag.answer.ranking import RankedSentence, SentenceRanker
from rag.answer.refusal import part_odds
from rag.folding import fold
from rag.index.library import Library
from rag.index.terms import content_terms, terms
from rag.markers import escaped, marker
from rag.retrieve.parts import Part
from rag.retrieve.rewrite import MORE
from rag.schema import Evidence, Turn
from rag.sentences import sentence_spans

__all__ = ["ExtractiveGenerator"]

_SURE = 0.99  # probability of having the answer from which no further sentence is given
_LIKELY = 0.005  # probability that a further sentence must have
_RIVAL = 0.15  # probability of the second sentence from which it comes before what the first leans on
_LOOKED_AT = 40  # sentences
_SAME = 0.6  # share of its terms that makes a sentence say what is said already
_GAIN = 4.0  # log odds for all of the question's terms: what a sentence adds beside those chosen
_LISTED = frozenset({Asked.LIST, Asked.MEANS, Asked.REASON, Asked.COMPARISON, Asked.OPINION})
_DONE = frozenset({Asked.LIST, Asked.MEANS})
_CERTAIN = frozenset({Asked.TIME, Asked.AMOUNT})  # their signs are never absent
_MOST_LISTED = 8  # sentences of an enumeration
_LEANS = re.compile(
    r"^(?:[他她它]们?|其(?!中|他|次|实|余)|这|该|此(?!外)|上述|前者|后者|对此|为此|因此|所以|由此|(?:he|she|it|they|this|these|that|those|its|his|her|their)\b)",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"^(?:[“「]?)(?:第?[一二三四五六七八九十]+(?:是|[、，,]|要)|其[一二三四五]|首先|其次|再次|再者|最后|一方面|另一方面|此外|同时|\(?\d+[).、]|[①②③④⑤⑥⑦⑧⑨]|firstly|secondly|finally)",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"[:：]$|(?:以下|如下|下列|[二两三四五六七八九十几多]个?(?:方面|点|条|类|种|项|大)[^，。]{0,10})[。:：]?$"
)
Place = tuple[int, int]  # the rank of a paragraph, and the position of a sentence in it


class ExtractiveGenerator:
    """Quotes, and adds nothing.

    As a rule one or two sentences: the likeliest, and with it the next likeliest, or the one that it leans on (他…,
    这…), or what it announces. An enumeration that is asked for comes whole.
    """

    name = "extractive"
    fingerprint = "extractive-3"

    def __init__(self, library: Library, ranker: SentenceRanker) -> None:
        self._library = library
        self._ranker = ranker

    def fitting(self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn]) -> Sequence[Evidence]:
        """Give all of the evidence."""
        return evidence

    def draft(self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn] = ()) -> Iterator[str]:
        """Stream the sentences that answer, each with its marker; for more of what was asked, only what is new."""
        shown = "\n".join(turn.answer for turn in history) if MORE.search(question) else ""
        ranked = [r for r in self._ranker.rank(question, evidence) if r.text not in shown]
        if not ranked:
            yield DECLINES[0]
            return
        places = self._places(question, ranked, evidence)
        first = ranked[0].evidence.paragraph.article
        by_rank = {e.rank: e for e in evidence}
        order = sorted(
            places,
            key=lambda place: (
                by_rank[place[0]].paragraph.article != first,
                self._library.place(self._library.row_of(by_rank[place[0]].paragraph.id) or 0),
                place[1],
            ),
        )
        said: set[str] = set()
        for rank, position in order:
            paragraph = by_rank[rank].paragraph
            spans = sentence_spans(paragraph.text)
            wanted = [spans[position]] if paragraph.kind != "quote" else spans  # its last line says who said it
            for start, end in wanted:
                sentence = paragraph.text[start:end]
                if sentence not in said and sentence not in shown:
                    said.add(sentence)
                    yield f"{escaped(sentence)}{marker(rank)}\n"
        if not said:
            yield DECLINES[0]

    def _places(self, question: str, ranked: Sequence[RankedSentence], evidence: Sequence[Evidence]) -> set[Place]:
        """Choose sentences: of a question for several things those that answer each of them."""
        statistics = self._library.lexical.statistics
        places: set[Place] = set()
        rank_of = {e.paragraph.id: e.rank for e in evidence}
        for part, odds, some in part_odds(question, evidence, self._ranker):
            if odds >= 0:
                own = _about(part, self._ranker.rank(part.question, some))
                found = _chosen(part.question, own, QuestionTerms(part.question, statistics))
                names = {e.rank: e.paragraph.id for e in some}
                places |= {(rank_of[names[rank]], position) for rank, position in found}
        return places or _chosen(question, ranked, QuestionTerms(question, statistics))


def _about(part: Part, ranked: Sequence[RankedSentence]) -> Sequence[RankedSentence]:
    """Leave the sentences that bear a sign of the kind of thing asked for, and name what this part asks of.

    A thing is named in the sentence or at the beginning of its paragraph. What no sentence does is not asked of any.
    """
    named = set(content_terms(part.thing))
    kind = asked_for(part.question)

    def names(sentence: RankedSentence) -> bool:
        text = sentence.evidence.paragraph.text
        return named <= set(terms(sentence.text)) | set(terms(text[slice(*sentence_spans(text)[0])]))

    about = [r for r in ranked if names(r)] or ranked
    return [r for r in about if kind not in _CERTAIN or bears(kind, fold(r.text))] or about


def _chosen(question: str, ranked: Sequence[RankedSentence], asked: QuestionTerms) -> set[Place]:
    """Choose sentences by the rank of their evidence and their position in it."""
    kind = asked_for(question)
    scores = np.array([r.score for r in ranked], dtype=np.float64)
    likely = np.exp(scores - scores[0])
    likely /= likely.sum()
    best = ranked[0]
    text, rank = best.evidence.paragraph.text, best.evidence.rank
    sentences = [text[a:b] for a, b in sentence_spans(text)]
    listed = _enumeration(sentences, best.position) if kind in _LISTED else []
    if not listed and kind in _DONE:
        listed = _enumerated_below(sentences, best.position)
    if listed:
        return {(rank, position) for position in listed}
    chosen = {(rank, best.position)}
    second = float(likely[1]) if len(ranked) > 1 else 0.0
    if asked.announced_by(sentences[best.position]) and best.position + 1 < len(sentences):
        chosen.add((rank, best.position + 1))
    elif best.position and second < _RIVAL and _LEANS.match(sentences[best.position]):
        chosen.add((rank, best.position - 1))
    elif second >= _LIKELY and likely[0] < _SURE:
        chosen |= {(r.evidence.rank, r.position) for r in _complementing(ranked, asked)}
    return chosen


def _complementing(ranked: Sequence[RankedSentence], asked: QuestionTerms) -> list[RankedSentence]:
    """Give the sentence that adds most to the first one: what the question asks, and the first does not say already."""
    said = set(content_terms(ranked[0].text))
    held = set(terms(ranked[0].text))
    new = [(r, set(content_terms(r.text))) for r in ranked[1:_LOOKED_AT]]
    left = [r for r, own in new if len(said & own) < _SAME * max(len(own), 1)]
    before = asked.covered(held)
    best = max(left, key=lambda r: r.score + _GAIN * (asked.covered(held | set(terms(r.text))) - before), default=None)
    return [best] if best else []


def _enumeration(sentences: Sequence[str], position: int) -> list[int]:
    """Give the positions of the enumeration that a sentence stands in or announces, with what announces it."""
    items = [n for n, s in enumerate(sentences) if _ITEM.match(s)]
    run = _run_of(items, position if position in items else position + 1)
    if len(run) < 2 or not (position in items or _ANNOUNCES.search(sentences[position])):
        return []
    before = [run[0] - 1] if run[0] > 0 and _ANNOUNCES.search(sentences[run[0] - 1]) else []
    return [*before, *run][:_MOST_LISTED]


def _enumerated_below(sentences: Sequence[str], position: int) -> list[int]:
    """Give a sentence with the enumeration that stands further down in its paragraph, if there is one.

    A paragraph that is itself an item of an enumeration (三是…) brings its first sentence, which names it.
    """
    items = [n for n, s in enumerate(sentences) if n > position and _ITEM.match(s)]
    run = _run_of(items, items[0]) if items else []
    names = {0} if _ITEM.match(sentences[0]) else set()
    return sorted({*names, position, *run})[:_MOST_LISTED] if len(run) > 1 else []


def _run_of(items: Sequence[int], position: int) -> list[int]:
    """Give the unbroken run of positions that one stands in."""
    if position not in items:
        return []
    first = last = position
    while first - 1 in items:
        first -= 1
    while last + 1 in items:
        last += 1
    return list(range(first, last + 1))
