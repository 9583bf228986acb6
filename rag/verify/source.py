"""A paragraph made ready to be compared with, and where the clauses of a draft lie along it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.schema import Span
from rag.text.folding import fold
from rag.text.sentences import sentence_spans
from rag.verify.align import Alignment, align
from rag.verify.units import Unit, units

__all__ = ["Placed", "SourceText", "home_of", "joined", "nowhere", "placed"]


@dataclass(frozen=True, slots=True)
class _Sentence:
    span: Span
    units: tuple[Unit, ...]
    folded: str


class SourceText:
    """A paragraph made ready to be compared with."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sentences = [_Sentence((a, b), tuple(units(text[a:b])), fold(text[a:b])) for a, b in sentence_spans(text)]
        self.longest = max((s.span[1] - s.span[0] for s in self.sentences), default=0)  # characters of a sentence
        self.forms = {u.form for s in self.sentences for u in s.units}
        self.joined = "\x1f".join(joined(s.units) for s in self.sentences)


@dataclass(frozen=True, slots=True)
class Placed:
    """A clause of the draft and the source sentence that it lies along best."""

    clause: tuple[Unit, ...]
    sentence: int
    alignment: Alignment


def home_of(own: Sequence[Unit], source: SourceText) -> int:
    """Find the sentence that the whole draft lies along best."""
    matched = [len(align(sentence.units, own).matched) for sentence in source.sentences]
    return int(np.argmax(matched)) if matched else 0


def placed(clause: tuple[Unit, ...], home: int, source: SourceText) -> Placed:
    """Find the sentence that a clause lies along best; another than `home` must do so by more than a unit."""
    if not source.sentences:
        return Placed(clause, 0, align((), clause))
    best = Placed(clause, home, align(source.sentences[home].units, clause))
    most = len(best.alignment.matched) + 1
    forms = {u.form for u in clause}
    for n, sentence in enumerate(source.sentences):
        if most >= len(clause) or sum(u.form in forms for u in sentence.units) <= most:
            continue
        found = align(sentence.units, clause)
        if len(found.matched) > most:
            best, most = Placed(clause, n, found), len(found.matched)
    return best


def nowhere(run: Sequence[Unit], source: SourceText) -> int:
    """Count the units of a run that stand nowhere in the paragraph: words alone, characters with a neighbour."""
    missing = 0
    for n, unit in enumerate(run):
        if unit.kind != "han":
            missing += unit.form not in source.forms
            continue
        pairs = [joined(run[m : m + 2]) for m in (n - 1, n) if m >= 0 and m + 1 < len(run)]
        there = any(pair in source.joined for pair in pairs) if pairs else unit.form in source.forms
        missing += not there
    return missing


def joined(run: Sequence[Unit]) -> str:
    """Write units side by side, words and numbers between blanks."""
    return "".join(u.form if u.kind == "han" else f" {u.form} " for u in run)
