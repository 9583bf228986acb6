"""Rank the sentences of the evidence: which one answers?

A sentence is described by what it shares with the question (pieces by meaning, terms, figures and names), by where it
stands, and by the signs that it bears of the kind of thing asked for: 为什么 wants 由于, 多少 wants a figure. The
weights are fitted on questions whose answering sentence is known (`python -m eval.fit.answering`): a softmax over the
sentences of the evidence must put a right one first. One set of weights serves questions in the script of the
sentence, another those in another script, where hardly a term can match.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answer.coverage import QuestionTerms
from rag.answer.kinds import SIGNS, SIGNS_OF, Asked, asked_for, defines, signs
from rag.answer.lists import list_of
from rag.deadline import NEVER, Deadline
from rag.embed.contextual import ContextualEncoder
from rag.embed.static import StaticEmbedder
from rag.index.library import Library
from rag.index.terms import content_terms, terms
from rag.retrieve.fusion import log_odds
from rag.retrieve.late import best_matches
from rag.retrieve.meaning import encoded_topics, mean_nearness, nearest_pieces, topic_of
from rag.schema import Evidence, Span
from rag.text.folding import fold
from rag.text.script import same_script
from rag.text.sentences import sentence_spans

__all__ = [
    "MEANT",
    "MOST_MEANT",
    "PLAIN",
    "RANKING_FEATURES",
    "Known",
    "RankedSentence",
    "SentenceRanker",
    "ranking_weights",
    "what_is_lost",
]

_COMPARED = ("late", "late beside its topic", "content", "content beside its topic", "cosine")
_BY_WORDS = (
    "late",
    "late with its neighbours",
    "late with its topic",
    "late beside its topic",
    "least piece with its topic",
    "least piece with its neighbours",
    "cosine",
    "content",
    "content with its neighbours",
    "content with its topic",
    "content beside its topic",
    "content of the paragraph",
    "figures and names",
    "log odds of the paragraph",
    "first paragraph",
    "first sentence",
    "log length",
    "log new terms",
    "defines",
    "bears a sign",
    "bears a sign, late beside its topic",
    "late beside its topic, before",
    "late beside its topic, after",
    *(f"{name}, below the best" for name in _COMPARED),
)
_MEANT_COMPARED = ("meant", "meant late", "meant late with its topic")
MEANT = (
    "meant",
    "meant with its neighbours",
    "meant with its topic",
    "meant by its topic",
    "meant late",
    "meant late with its topic",
    "meant late with its neighbours",
    "meant late by its topic",
    "meant by its least piece",
    *(f"{name}, {beside}" for name, beside in product(_MEANT_COMPARED, ("below the best", "below its paragraph's"))),
)  # by the encoder, where there is one
PLAIN = (*_BY_WORDS, *MEANT)
RANKING_FEATURES = (*PLAIN, *(f"{kind}: {sign}" for kind, sign in product(Asked, SIGNS)))
_NAMED = 0.85  # cosine from which the topic names a piece of the question
_ASKS = re.compile(r"[？?][”’」』\"]?$")
_LETTER = re.compile(r"[^\W\d]")
_REST_OF_DATE = re.compile(r"\w{3},? [\W\d]*+$")
MOST_MEANT = 40  # sentences that the encoder looks at: those that rank best without it
_LOSS = 4.0  # log odds that such a sentence loses: the sets that the weights are fitted on hold none
_WEIGHTS = Path(__file__).with_name("ranking.json")

Features = NDArray[np.float32]
Found = tuple[Evidence, int, Span]  # a sentence: of which paragraph, the how manieth of it, and where


class Known(StrEnum):
    """What sentences are described by; what is fitted goes by it."""

    WORDS = "without encoder"
    MEANING = "with encoder"


@dataclass(frozen=True, slots=True)
class RankedSentence:
    """A sentence `[start, end)` of an evidence paragraph."""

    evidence: Evidence
    position: int  # in its paragraph, from 0
    span: Span
    score: float  # log odds up to a constant of the question, higher is better
    features: Features = field(repr=False, compare=False)

    @property
    def text(self) -> str:
        """Its words."""
        return self.evidence.paragraph.text[slice(*self.span)]


class SentenceRanker:
    """Ranks sentences for questions to one library."""

    def __init__(self, library: Library, tokens: StaticEmbedder, encoder: ContextualEncoder | None = None) -> None:
        self.library = library
        self.tokens = tokens
        self.encoder = encoder
        self.known = Known.MEANING if encoder else Known.WORDS

    def rank(self, question: str, evidence: Sequence[Evidence], deadline: Deadline = NEVER) -> list[RankedSentence]:
        """Give the sentences of the evidence, best first, ties in the order of the evidence."""
        deadline.check("comparing sentences")
        found = [(e, n, span) for e in evidence for n, span in enumerate(sentence_spans(e.paragraph.text))]
        if not found:
            return []
        texts = self._texts(found)
        features = self._describe(question, found, texts, deadline)
        same = [same_script(question, e.paragraph.text) for e, _, _ in found]
        lost = [what_is_lost(e.paragraph.text[a:b]) for e, _, (a, b) in found]

        def ranked(some: Sequence[int], known: Known) -> list[tuple[int, RankedSentence]]:
            own, other = ranking_weights(known)
            scores = {n: float(features[n] @ (own if same[n] else other)) - lost[n] for n in some}
            rows = [(n, RankedSentence(*found[n], scores[n], features[n])) for n in some]
            return sorted(rows, key=lambda row: (-row[1].score, row[1].evidence.rank, row[1].position))

        order = ranked(range(len(found)), Known.WORDS)
        if self.encoder:
            deadline.check("comparing meanings")
            looked_at = sorted(n for n, _ in order[:MOST_MEANT])
            some = [found[n] for n in looked_at]
            meant = self._meant(self.encoder, question, some, [texts[n] for n in looked_at])
            features[np.ix_(looked_at, _columns(MEANT))] = meant
            order = [*ranked(looked_at, Known.MEANING), *order[MOST_MEANT:]]
        return _falling([sentence for _, sentence in order])

    def _texts(self, found: Sequence[Found]) -> list[str]:
        """Give the words of sentences; what leads in to a list is read with its items."""
        texts = [e.paragraph.text[a:b] for e, _, (a, b) in found]
        for n, (item, _, (_, end)) in enumerate(found):
            paragraph = item.paragraph
            if paragraph.kind != "list_item" and end == len(paragraph.text.rstrip()):
                below = list_of(paragraph, self.library)
                texts[n] += "".join(i.text for i in below.items) if below else ""
        return texts

    def _meant(
        self, encoder: ContextualEncoder, question: str, found: Sequence[Found], texts: Sequence[str]
    ) -> Features:
        """Compare the question with sentences by the encoder: (n, len(MEANT)) float32."""
        asked, *sentences = encoder.encode_pieces([question, *texts])
        owner = [item.rank for item, _, _ in found]
        topics = {item.rank: topic_of(self.library, item.paragraph) for item, _, _ in found}
        known = dict(zip(topics, encoded_topics(list(topics.values()), encoder), strict=True))
        around = [_around(n, found) for n in range(len(found))]

        def cosines(some: Features) -> Features:
            lengths = np.maximum(np.linalg.norm(some, axis=1), 1e-9)
            near: Features = np.einsum("ij,j->i", some, asked.vector) / lengths
            return near

        vectors = np.stack([s.vector for s in sentences])
        about = np.stack([known[rank].vector for rank in owner])
        beside = np.stack([vectors[some].sum(axis=0) for some in around])
        own = nearest_pieces(asked, sentences)
        topic = nearest_pieces(asked, [known[rank] for rank in topics])[:, [list(topics).index(r) for r in owner]]
        met = np.maximum(own, topic)
        near = np.stack([met[:, some].max(axis=1) for some in around], axis=1)
        columns = {
            "meant": cosines(vectors),
            "meant with its neighbours": cosines(beside),
            "meant with its topic": cosines(vectors + about),
            "meant by its topic": cosines(about),
            "meant late": mean_nearness(own),
            "meant late with its topic": mean_nearness(met),
            "meant late with its neighbours": mean_nearness(near),
            "meant late by its topic": mean_nearness(topic),
            "meant by its least piece": met.min(axis=0, initial=1),
        }
        for name in _MEANT_COMPARED:
            some = columns[name]
            best = {rank: max(some[n] for n, o in enumerate(owner) if o == rank) for rank in topics}
            columns[f"{name}, below the best"] = some - some.max()
            columns[f"{name}, below its paragraph's"] = some - np.array([best[rank] for rank in owner])
        return np.stack([columns[name] for name in MEANT], axis=1).astype(np.float32)

    def _describe(self, question: str, found: Sequence[Found], texts: Sequence[str], deadline: Deadline) -> Features:
        """Describe sentences: (n, len(RANKING_FEATURES)) float32.

        The topic of a sentence is what the article's title, the section and the paragraph's first sentence name: it is
        rarely named again, so what a question asks beside its topic decides.
        """
        owner = [e.rank for e, _, _ in found]
        first = [n - position for n, (_, position, _) in enumerate(found)]  # the first sentence of its paragraph
        around = [_beside(n, owner) for n in range(len(found))]
        rows = np.zeros((len(found), len(RANKING_FEATURES)), dtype=np.float32)
        column = {name: n for n, name in enumerate(RANKING_FEATURES)}
        contexts = {e.rank: self.context(e) for e, _, _ in found}
        ranks = list(contexts)

        pieces = self.tokens.pieces(texts)
        weights, best = best_matches(
            self.tokens, question, [*pieces, *self.tokens.pieces([contexts[r] for r in ranks])]
        )
        titles = best[:, len(found) :]
        best = best[:, : len(found)]
        topic = np.maximum(best[:, first], titles[:, [ranks.index(r) for r in owner]])
        near = np.stack([best[:, some].max(axis=1) for some in around], axis=1)
        left = weights[:, None] * (topic < _NAMED)
        says = weights >= np.median(weights) if len(weights) else weights > 0
        if says.any():
            rows[:, column["least piece with its topic"]] = np.maximum(best, topic)[says].min(axis=0)
            rows[:, column["least piece with its neighbours"]] = np.maximum(near, topic)[says].min(axis=0)
        rows[:, column["late"]] = weights @ best
        rows[:, column["late with its neighbours"]] = weights @ near
        rows[:, column["late with its topic"]] = weights @ np.maximum(best, topic)
        rows[:, column["late beside its topic"]] = (left * best).sum(axis=0) / np.maximum(left.sum(axis=0), 0.05)
        query = self.tokens.encode([question], kind="query")[0]
        rows[:, column["cosine"]] = np.einsum("ij,j->i", self.tokens.pool(pieces), query)

        asked = QuestionTerms(question, self.library.lexical.statistics)
        held = [set(terms(text)) for text in texts]
        around_terms = {r: set(terms(context)) for r, context in contexts.items()}
        whole: dict[int, set[str]] = {}
        for rank, found_terms in zip(owner, held, strict=True):
            whole.setdefault(rank, set()).update(found_terms)
        told = set(content_terms(question))
        kind = asked_for(question)
        begins = column[f"{kind}: {next(iter(SIGNS))}"]
        for n, (item, position, _) in enumerate(found):
            deadline.check("comparing sentences")
            named = held[first[n]] | around_terms[item.rank]
            values = {
                "content": asked.covered(held[n]),
                "content with its neighbours": asked.covered(set().union(*(held[m] for m in around[n]))),
                "content with its topic": asked.covered(held[n] | named),
                "content beside its topic": asked.without(named).covered(held[n]),
                "content of the paragraph": asked.covered(whole[item.rank]),
                "figures and names": 1 - asked.exact_missing(held[n]),
                "log odds of the paragraph": log_odds(item.score),
                "first paragraph": item.rank == 1,
                "first sentence": position == 0,
                "log length": math.log(len(texts[n])),
                "log new terms": math.log1p(len(set(content_terms(texts[n])) - told)),
                "defines": kind is Asked.DEFINITION and defines(question, texts[n]),
            }
            for name, value in values.items():
                rows[n, column[name]] = value
            rows[n, begins : begins + len(SIGNS)] = signs(fold(texts[n]))
        wanted = [begins + list(SIGNS).index(sign) for sign in SIGNS_OF.get(kind, ())]
        rows[:, column["bears a sign"]] = rows[:, wanted].max(axis=1) if wanted else 1
        beside = rows[:, column["late beside its topic"]]
        rows[:, column["bears a sign, late beside its topic"]] = rows[:, column["bears a sign"]] * beside
        for n, some in enumerate(around):
            rows[n, column["late beside its topic, before"]] = beside[n - 1] if n - 1 in some else 0
            rows[n, column["late beside its topic, after"]] = beside[n + 1] if n + 1 in some else 0
        for name in _COMPARED:
            best_of = {r: rows[[m for m, o in enumerate(owner) if o == r], column[name]].max() for r in ranks}
            rows[:, column[f"{name}, below the best"]] = rows[:, column[name]] - [best_of[r] for r in owner]
        return rows

    def context(self, item: Evidence) -> str:
        """Give what stands around a paragraph: title, section, authors, date."""
        article = self.library.article_of(item.paragraph)
        title = "" if article.title_missing else article.title
        return " ".join((title, item.paragraph.section, *article.authors, article.date)).strip()


def _columns(names: Sequence[str]) -> list[int]:
    return [RANKING_FEATURES.index(name) for name in names]


def _falling(ranked: Sequence[RankedSentence]) -> list[RankedSentence]:
    """Give sentences none of which scores higher than one before it: what was looked at less stays behind."""
    falling: list[RankedSentence] = []
    for sentence in ranked:
        least = falling[-1].score if falling else math.inf
        falling.append(sentence if sentence.score <= least else replace(sentence, score=least))
    return falling


def what_is_lost(sentence: str) -> float:
    """Give the log odds that a sentence loses because it tells nothing: 4 or 0."""
    return _LOSS * _tells_nothing(sentence)


def _tells_nothing(sentence: str) -> bool:
    """Say whether a sentence asks, or is a bare date: figures and marks with at most one word of three letters."""
    if _ASKS.search(sentence):
        return True
    letter = _LETTER.search(sentence)
    if letter is None:
        return True
    starts = range(max(0, letter.start() - 2), letter.start() + 1)  # figures may belong to the word: 5th
    return any(_REST_OF_DATE.match(sentence, at) for at in starts)


def _beside(n: int, owner: Sequence[int]) -> list[int]:
    """Give the places of a sentence and its neighbours in the same paragraph."""
    return [m for m in (n - 1, n, n + 1) if 0 <= m < len(owner) and owner[m] == owner[n]]


def _around(n: int, found: Sequence[Found]) -> list[int]:
    """Give the places of a sentence and of those beside it that are there."""
    item, position, _ = found[n]
    near = range(max(0, n - 1), min(len(found), n + 2))
    return [m for m in near if found[m][0].rank == item.rank and abs(found[m][1] - position) <= 1]


@cache
def ranking_weights(known: Known) -> tuple[Features, Features]:
    """Give the weights of RANKING_FEATURES for questions in the script of the sentence, and in another."""
    stored = json.loads(_WEIGHTS.read_text(encoding="utf-8"))[known]
    own, other = (
        np.array([stored[script].get(name, 0.0) for name in RANKING_FEATURES], dtype=np.float32)
        for script in ("same script", "other script")
    )
    return own, other
