"""Choose which of the ranked sentences make the answer: one or two, or a list with its items."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rag.answer.coverage import QuestionTerms
from rag.answer.kinds import Asked, asked_for, bears
from rag.answer.lists import FoundList, header_of, list_of
from rag.answer.ranking import RankedSentence
from rag.index.library import Library
from rag.index.terms import content_terms, terms
from rag.retrieve.parts import Part
from rag.schema import LEVEL, Paragraph, Span
from rag.text.folding import fold
from rag.text.numbers import numbers
from rag.text.sentences import sentence_spans

__all__ = ["MOST_LISTED", "Chosen", "Selection", "about", "disagreeing", "selected"]

_SURE = 0.99  # probability of having the answer from which no further sentence is given
_LIKELY = 0.005  # probability that a further sentence must have
_RIVAL = 0.15  # probability of the second sentence from which it comes before what the first leans on
_LOOKED_AT = 40  # sentences
_SAME = 0.6  # share of its terms that makes a sentence say what is said already
_GAIN = 4.0  # log odds for all of the question's terms: what a sentence adds beside those chosen
_LISTS_LOOKED_AT = 3  # paragraphs whose list may be the answer
_NEAR = 2.0  # log odds that such a sentence may be behind the first
_LONGEST_WHOLE = 400  # characters of a quotation or a head that is given whole
_LEAST_ONLY_HERE = 2  # terms of a question that only one item of a list holds, before that item alone is asked for
_SINGLED_OUT = 0.2  # of what a question asks beside its topic: so much more of it than any other item names an item
_DISAGREES = 0.6  # share of terms, figures aside, from which two sentences tell the same thing
_COMPARED = 12  # sentences
_LISTED = frozenset({Asked.LIST, Asked.MEANS, Asked.REASON, Asked.COMPARISON, Asked.OPINION})
_ONE_THING = frozenset({Asked.TIME, Asked.AMOUNT, Asked.PERSON, Asked.PLACE, Asked.ORGANISATION})
_DONE = frozenset({Asked.LIST, Asked.MEANS})
_CERTAIN = frozenset({Asked.TIME, Asked.AMOUNT})  # their signs are never absent
_QUOTATION_ENDS = ("”", "」", "』", '"')
_LONGEST_TAG = 12  # characters of a sentence that only says who said it
MOST_LISTED = 8  # items, or sentences of an enumeration
_LEANS = re.compile(
    r"^(?:[他她它]们?|其(?!中|他|次|实|余)|这|该|此(?!外)|上述|前者|后者|对此|为此|因此|所以|由此|(?:he|she|it|they|this|these|that|those|its|his|her|their)\b)",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"^(?:[“「]?)(?:第?[一二三四五六七八九十]+(?:是|[、，,]|要)|其[一二三四五]|首先|其次|再次|再者|最后|一方面|另一方面|此外|同时|\(?\d+[).、]|[①②③④⑤⑥⑦⑧⑨]|firstly|secondly|finally)",
    re.IGNORECASE,
)
_WANTED = re.compile(r"(?:什么|哪些|哪几[个项种类])(?P<thing>[\u4e00-\u9fff]{2})")
_ANNOUNCES = re.compile(
    r"[:：]$|(?:以下|如下|下列|[二两三四五六七八九十几多]个?(?:方面|点|条|类|种|项|大)[^，。]{0,10})[。:：]?$"
)

Chosen = tuple[Paragraph, Span]


class Selection(NamedTuple):
    """The sentences chosen, in no order, and of how many items the list is that they were taken from; 0 of none."""

    chosen: list[Chosen]
    items: int = 0


def selected(question: str, ranked: Sequence[RankedSentence], library: Library) -> Selection:
    """Choose the sentences that answer, in no order; of a long list the first items, and the likeliest."""
    best = ranked[0]
    paragraph, kind = best.evidence.paragraph, asked_for(question)
    asked = QuestionTerms(question, library.lexical.statistics)
    first = {r.evidence.paragraph.id: r for r in reversed(ranked)}  # the best sentence of each paragraph
    likely_first = sorted(first.values(), key=lambda r: -r.score)
    for likely in likely_first[: _LISTS_LOOKED_AT if kind is Asked.LIST else 1]:
        whole = list_of(likely.evidence.paragraph, library)
        near = best.score - likely.score < _NEAR
        if whole and near and (_asks_for_what_is_listed(question, whole) or _asks_for_all(whole, likely, kind, asked)):
            return Selection(_quoted_list(whole, likely), len(whole))
    spans = sentence_spans(paragraph.text)
    if paragraph.kind in ("quote", "head") and len(paragraph.text) <= _LONGEST_WHOLE:
        # The last line says who said it; title, number and date are one.
        return Selection([(paragraph, span) for span in spans])
    sentences = [paragraph.text[a:b] for a, b in spans]
    listed = _enumeration(sentences, best.position) if kind in _LISTED else []
    if not listed and kind in _DONE:
        listed = _enumerated_below(sentences, best.position)
    if listed:
        return Selection([(paragraph, spans[n]) for n in listed])
    header = header_of(paragraph, library) if paragraph.kind == "table_row" else None
    above = [(header, span) for span in sentence_spans(header.text)] if header else []
    return Selection([*above, (paragraph, best.span), *_beside(best, ranked, sentences, spans, asked)])


def _beside(
    best: RankedSentence,
    ranked: Sequence[RankedSentence],
    sentences: Sequence[str],
    spans: Sequence[Span],
    asked: QuestionTerms,
) -> list[Chosen]:
    """Choose what the best sentence needs beside it: what it announces or leans on, or what it leaves unsaid."""
    paragraph = best.evidence.paragraph
    scores = np.array([r.score for r in ranked], dtype=np.float64)
    likely = np.exp(scores - scores[0])
    likely /= likely.sum()
    second = float(likely[1]) if len(ranked) > 1 else 0.0
    if best.position and _tells_who_said(sentences, best.position):
        return [(paragraph, spans[best.position - 1])]
    if asked.announced_by(sentences[best.position]) and best.position + 1 < len(sentences):
        return [(paragraph, spans[best.position + 1])]
    if best.position and second < _RIVAL and _LEANS.match(sentences[best.position]):
        return [(paragraph, spans[best.position - 1])]
    if second >= _LIKELY and likely[0] < _SURE:
        return [(r.evidence.paragraph, r.span) for r in _complementing(ranked, asked)]
    return []


def _tells_who_said(sentences: Sequence[str], position: int) -> bool:
    """Say whether a sentence only says who said the quotation before it."""
    return sentences[position - 1].endswith(_QUOTATION_ENDS) and len(sentences[position]) <= _LONGEST_TAG


def about(part: Part, ranked: Sequence[RankedSentence]) -> Sequence[RankedSentence]:
    """Leave the sentences that bear a sign of the kind of thing asked for, and name what this part asks of.

    A thing is named in the sentence or at the beginning of its paragraph. What no sentence does is not asked of any.
    """
    named = set(content_terms(part.thing))
    kind = asked_for(part.question)

    def names(sentence: RankedSentence) -> bool:
        text = sentence.evidence.paragraph.text
        return named <= set(terms(sentence.text)) | set(terms(text[slice(*sentence_spans(text)[0])]))

    left = [r for r in ranked if names(r)] or ranked
    return [r for r in left if kind not in _CERTAIN or bears(kind, fold(r.text))] or left


def disagreeing(ranked: Sequence[RankedSentence]) -> list[RankedSentence]:
    """Give the sentences of other articles that tell what the best one tells, with other figures."""
    said, figures = _told(ranked[0].text)
    found = []
    for other in ranked[1:_COMPARED]:
        own, theirs = _told(other.text)
        shared = len(said & own) / max(len(said | own), 1)
        elsewhere = other.evidence.paragraph.article != ranked[0].evidence.paragraph.article
        if elsewhere and shared >= _DISAGREES and theirs and figures and theirs != figures:
            found.append(other)
    return found


def _told(sentence: str) -> tuple[set[str], set[str]]:
    """Give the terms of a sentence without its figures, and the figures."""
    return {t for t in content_terms(sentence) if not t[0].isdigit()}, {n.canonical for n in numbers(fold(sentence))}


def _asks_for_what_is_listed(question: str, whole: FoundList) -> bool:
    """Say whether a question asks for the things that a list's heading or lead-in names: 什么材料 of 需要申请材料."""
    wanted = _WANTED.search(fold(question))
    heading = fold(whole.items[0].context.rpartition(LEVEL)[2] + (whole.lead_in.text if whole.lead_in else ""))
    return wanted is not None and wanted["thing"] in heading


def _asks_for_all(whole: FoundList, best: RankedSentence, kind: Asked, asked: QuestionTerms) -> bool:
    """Say whether a question asks for a list, and not for one of its items."""
    paragraph = best.evidence.paragraph
    if paragraph not in whole.items:
        return kind in _LISTED or best.span[1] == len(paragraph.text.rstrip())  # a lead-in alone is no answer
    if kind in _ONE_THING:
        return False
    rest = asked.without(set(terms(paragraph.context)))
    shares = {item.id: rest.covered(set(terms(item.text))) for item in whole.items}
    own = shares.pop(paragraph.id)
    others = set().union(*(terms(item.text) for item in whole.items if item.id != paragraph.id))
    only_here = rest.held_by(set(terms(paragraph.text)) - others)
    return own - max(shares.values()) < _SINGLED_OUT or (kind in _LISTED and only_here < _LEAST_ONLY_HERE)


def _quoted_list(whole: FoundList, best: RankedSentence) -> list[Chosen]:
    lead_in: list[Chosen] = []
    if whole.lead_in:
        lead_in = [(whole.lead_in, sentence_spans(whole.lead_in.text)[-1])]
    shown = list(whole.items[:MOST_LISTED])
    if best.evidence.paragraph in whole.items[MOST_LISTED:]:
        shown[-1] = best.evidence.paragraph
    return [*lead_in, *((item, span) for item in shown for span in sentence_spans(item.text))]


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
    return [*before, *run][:MOST_LISTED]


def _enumerated_below(sentences: Sequence[str], position: int) -> list[int]:
    """Give a sentence with the enumeration that stands further down in its paragraph, if there is one.

    A paragraph that is itself an item of an enumeration (三是…) brings its first sentence, which names it.
    """
    items = [n for n, s in enumerate(sentences) if n > position and _ITEM.match(s)]
    run = _run_of(items, items[0]) if items else []
    names = {0} if _ITEM.match(sentences[0]) else set()
    return sorted({*names, position, *run})[:MOST_LISTED] if len(run) > 1 else []


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
