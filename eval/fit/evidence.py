"""Questions whose answer is known, with the sentences of their evidence: what ranking and refusal are fitted on."""

import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.fit.encoder.texts import reported_on
from eval.gold import found_paragraphs, load_set, squeezed
from eval.sets import library_of, read_answered
from rag.answer.ranking import RankedSentence, SentenceRanker
from rag.answer.refusal import refused_outright, strangeness
from rag.answer.scope import Scope
from rag.config import Settings
from rag.embed.contextual import ContextualEncoder
from rag.embed.registry import NO_ENCODER
from rag.retrieve.retriever import Retriever
from rag.schema import Evidence
from rag.session import index_sources, open_retriever

__all__ = [
    "PASSAGES",
    "Described",
    "Side",
    "described_pages",
    "described_real",
    "described_squad",
    "holds_fact",
]

PASSAGES = 8
_TESTSETS = Path(__file__).parents[1] / "testsets"
_SEEDS = Path(__file__).parents[2] / "seeds"

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Side:
    """The evidence of a question, with its sentences as they rank, and whether it is refused whatever they say."""

    evidence: Sequence[Evidence] = field(repr=False)
    ranked: Sequence[RankedSentence] = field(repr=False)
    outright: bool
    strange: float  # how strange a word of the question is to the first paragraphs


@dataclass(frozen=True, slots=True)
class Described:
    """A question with its evidence.

    `asked` is asked of texts that answer it, `unanswered` of texts that do not; one of them may be missing. Of the
    sentences of `asked`, in their order: in which a gold answer begins, and which hold one.
    """

    question: str
    asked: Side | None
    unanswered: Side | None
    right: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))
    holds: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))


def described_squad(
    texts: Path, questions: Path, encoder: ContextualEncoder | None, *, reported: bool = False, every: int = 1
) -> list[Described]:
    """Ask the questions of a file in SQuAD's format of the paragraphs of a parallel one: with their own, and without.

    With `reported` only those to paragraphs on which the encoder was not trained.
    """
    rows, asked = read_answered(texts, questions)
    own = {row["id"]: row["text"] for row in rows}
    found = []
    with tempfile.TemporaryDirectory() as folder:
        retriever = library_of(Path(folder), "library", rows, encoder=NO_ENCODER)
        retriever.encoder = encoder
        ranker = SentenceRanker(retriever.library, retriever.tokens, encoder)
        for question in [q for q in asked if not reported or reported_on(own[q.paragraph])][::every]:
            evidence = retriever.search(question.text, PASSAGES + 1)
            yes = _side(question.text, evidence[:PASSAGES], ranker)
            left = [e for e in evidence if e.paragraph.id != question.paragraph][:PASSAGES]
            no = _side(question.text, [replace(e, rank=n) for n, e in enumerate(left, 1)], ranker)
            right = [
                s.evidence.paragraph.id == question.paragraph
                and any(s.span[0] <= start < s.span[1] for start in question.starts)
                for s in yes.ranked
            ]
            holds = [any(gold in s.text for gold in question.answers) for s in yes.ranked]
            found.append(Described(question.text, yes, no, np.array(right), np.array(holds)))
    return found


def described_real(folder: Path, split: str, encoder: ContextualEncoder | None) -> list[Described]:
    """Ask the questions of a split of real documents, set by set, without follow-ups."""
    sets: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["split"] == split and not row["history"]:
            sets[row["set"]].append(row)
    found: list[Described] = []
    for name, rows in sets.items():
        with _opened([folder / "sets" / name], encoder) as (retriever, ranker):
            for row in rows:
                side = _side(row["question"], retriever.search(row["question"], PASSAGES), ranker)
                sources = [retriever.library.article_of(s.evidence.paragraph).source for s in side.ranked]
                here = [Path(source).name in row["files"] for source in sources]
                found.append(_described(row["question"], side, row["facts"] if row["answerable"] else None, here))
    return found


def described_pages(name: str, encoder: ContextualEncoder | None) -> list[Described]:
    """Ask the questions of a shipped test set of the page in `seeds/`, without follow-ups."""
    gold = load_set(_TESTSETS / f"{name}.jsonl")
    found = []
    with _opened([_SEEDS], encoder) as (retriever, ranker):
        folded = {p.id: squeezed(p.text) for p in retriever.library.paragraphs()}
        for row in gold.questions:
            if not row.history:
                side = _side(row.question, retriever.search(row.question, PASSAGES), ranker)
                own = {name for names in found_paragraphs(row, retriever.library, folded) for name in names}
                here = [s.evidence.paragraph.id in own for s in side.ranked]
                found.append(_described(row.question, side, row.facts if row.answerable else None, here))
    return found


def holds_fact(text: str, fact: str) -> bool:
    """Say whether a text holds a fact, blanks aside; a figure does not stand inside another."""
    wanted = squeezed(fact)
    before = r"(?<![\d.])" if wanted[:1].isdigit() else ""
    after = r"(?!\.?\d)" if wanted[-1:].isdigit() else ""
    return bool(re.search(f"{before}{re.escape(wanted)}{after}", squeezed(text)))


def _side(question: str, evidence: Sequence[Evidence], ranker: SentenceRanker) -> Side:
    ranked = ranker.rank(question, evidence)
    scope = Scope(question, ranked, ranker.library)
    left, unmet = scope.within(), scope.unmet()
    outright = not left or bool(unmet) or refused_outright(question, evidence, left, ranker)
    return Side(evidence, left or ranked, outright, strangeness(question, evidence, ranker))


def _described(question: str, side: Side, facts: Sequence[Sequence[str]] | None, here: Sequence[bool]) -> Described:
    """Describe a question: its facts, None where the texts do not answer, and which sentences stand where they are."""
    if facts is None:
        return Described(question, None, side)
    wanted = [text for fact in facts for text in fact]
    holds = [own and any(holds_fact(s.text, t) for t in wanted) for own, s in zip(here, side.ranked, strict=True)]
    return Described(question, side, None, np.array(holds), np.array(holds))


@contextmanager
def _opened(sources: Sequence[Path], encoder: ContextualEncoder | None) -> Iterator[tuple[Retriever, SentenceRanker]]:
    """Make a library of these sources for a while."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(library=Path(folder) / "library", encoder=NO_ENCODER)
        index_sources(settings, list(sources))
        retriever = open_retriever(settings)
        retriever.encoder = encoder
        yield retriever, SentenceRanker(retriever.library, retriever.tokens, encoder)
