"""Test sets: questions with what a right answer needs, and the card that says where they come from.

A set is a file of JSON lines, one question each, with a card of the same name that ends in .toml. The card states the
file's checksum: a set that was changed without its card is not loaded.
"""

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

from rag.answer.kinds import Asked
from rag.errors import EvaluationError
from rag.index.library import Library
from rag.schema import Turn
from rag.text.folding import fold, simplified_characters
from rag.text.script import is_han

__all__ = [
    "Card",
    "GoldQuestion",
    "GoldSet",
    "Reference",
    "found_paragraphs",
    "language_of",
    "load_set",
    "restamp",
    "save_set",
    "squeezed",
]

_SHORTEST_QUOTE = 4  # characters
_LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@dataclass(frozen=True, slots=True)
class Reference:
    """A paragraph that answers: by its id, or by words that stand in it alone."""

    paragraph: str = ""
    quote: str = ""

    def __post_init__(self) -> None:
        if not all(isinstance(name, str) for name in (self.paragraph, self.quote)):
            raise ValueError("paragraph and quote are texts")
        if bool(self.paragraph) == bool(self.quote):
            raise ValueError("a reference has either a paragraph or a quote")
        if self.quote and len(squeezed(self.quote)) < _SHORTEST_QUOTE:
            raise ValueError(f"the quote {self.quote!r} is too short to mean one paragraph")


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with what a right answer needs."""

    id: str
    question: str
    answerable: bool
    history: tuple[Turn, ...] = ()
    relevant: tuple[Reference, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()  # each with its alternatives: an answer holds one of each
    answers: tuple[str, ...] = ()  # whole answers in the words of a person, for measures of overlap
    kind: str = "other"  # of `rag.answer.kinds.Asked`
    lang: str = "zh-Hans"
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.id or not self.question.strip():
            raise ValueError("a question needs an id and a text")
        if self.kind not in [str(kind) for kind in Asked]:
            raise ValueError(f"kind is {self.kind!r}, expected one of {', '.join(Asked)}")
        if self.lang not in _LANGUAGES:
            raise ValueError(f"lang is {self.lang!r}, expected one of {', '.join(_LANGUAGES)}")
        if not all(any(a.strip() for a in fact) for fact in self.facts):
            raise ValueError("a fact has no wording")
        if not self.answerable and (self.relevant or self.facts or self.answers):
            raise ValueError("a question that is not answerable has no relevant paragraphs, facts or answers")

    def to_json(self) -> dict[str, Any]:
        """Give a JSON object; what is empty is left out."""
        row = {k: v for k, v in asdict(self).items() if v not in ((), "")}
        row["relevant"] = [{k: v for k, v in r.items() if v} for r in row.get("relevant", ())]
        return {k: v for k, v in row.items() if v != []}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave. Raises ValueError, KeyError or TypeError when it is something else."""
        unknown = sorted(set(row) - {f.name for f in fields(cls)})
        if unknown:
            raise ValueError(f"unknown {', '.join(unknown)}")
        if not isinstance(row["answerable"], bool):
            raise ValueError("answerable is neither true nor false")
        if not all(isinstance(row[name], str) for name in ("id", "question")):
            raise ValueError("id and question are texts")
        return cls(
            **{
                **row,
                "history": tuple(Turn(t["question"], t.get("answer", "")) for t in row.get("history", ())),
                "relevant": tuple(Reference(**r) for r in row.get("relevant", ())),
                "facts": tuple(_texts(alternatives) for alternatives in row.get("facts", ())),
                "answers": _texts(row.get("answers", ())),
                "tags": _texts(row.get("tags", ())),
            }
        )


@dataclass(frozen=True, slots=True)
class Card:
    """Where a set comes from."""

    name: str
    source: str
    licence: str
    date: str
    labelled_by: str
    revision: str
    sha256: str  # of the file of questions
    corpus: str = ""  # the articles that it asks about, beside the card; "" for those of the library in use

    def __post_init__(self) -> None:
        wrong = [f.name for f in fields(self) if not isinstance(getattr(self, f.name), str)]
        if wrong:
            raise ValueError(f"{', '.join(wrong)} is no text: put it in quotation marks")

    def to_toml(self) -> str:
        """Write it as TOML."""
        return "".join(f"{f.name} = {json.dumps(getattr(self, f.name), ensure_ascii=False)}\n" for f in fields(self))


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Questions with their card."""

    card: Card
    questions: tuple[GoldQuestion, ...] = field(repr=False)
    path: Path

    @property
    def corpus(self) -> Path | None:
        """The articles that it brings along."""
        return self.path.parent / self.card.corpus if self.card.corpus else None


def load_set(path: Path) -> GoldSet:
    """Read a set with its card. Raises EvaluationError when either is missing, damaged, or not of the other."""
    try:
        body = path.read_bytes()
        rows = list(_rows(path, body.decode("utf-8-sig")))
    except OSError as error:
        raise EvaluationError(f"{path} can't be read ({error.strerror}): give a test set of JSON lines") from error
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    card = _card(path)
    found = hashlib.sha256(body).hexdigest()
    if card.sha256 != found:
        raise EvaluationError(
            f"{path} is not what its card describes: the card has sha256 {card.sha256[:12]}…, the file {found[:12]}…; "
            "take the file of this card, or write the new checksum and revision into it (`yinju eval lint --write`)"
        )
    if not rows:
        raise EvaluationError(f"{path} holds no question: expected one JSON object a line")
    twice = _twice([q.id for q in rows])
    if twice:
        raise EvaluationError(f"{path} has the id {twice!r} twice: give each question its own")
    return GoldSet(card, tuple(rows), path)


def save_set(path: Path, questions: Sequence[GoldQuestion], card: Mapping[str, str]) -> GoldSet:
    """Write a set with its card, whose checksum is filled in. Raises EvaluationError when an id comes twice."""
    twice = _twice([q.id for q in questions])
    if twice:
        raise EvaluationError(f"{path} would have the id {twice!r} twice: give each question its own")
    body = "".join(json.dumps(q.to_json(), ensure_ascii=False) + "\n" for q in questions).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    made = Card(**{**card, "sha256": hashlib.sha256(body).hexdigest()})
    path.with_suffix(".toml").write_text(made.to_toml(), encoding="utf-8")
    return GoldSet(made, tuple(questions), path)


def restamp(path: Path) -> None:
    """Write the checksum of a set into its card: it was changed on purpose. Raises EvaluationError."""
    if not path.is_file():
        raise EvaluationError(f"{path} is no file: give a test set of JSON lines")
    card = _card(path)
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise EvaluationError(f"{path} can't be read ({error.strerror}): give a test set of JSON lines") from error
    path.with_suffix(".toml").write_text(replace(card, sha256=found).to_toml(), encoding="utf-8")


def found_paragraphs(question: GoldQuestion, library: Library, folded: Mapping[str, str]) -> list[list[str]]:
    """Give, for each reference, the ids of the paragraphs that it means: one where the set is sound.

    `folded` holds the library's texts by id, folded and without blanks (`squeezed`).
    """
    found = []
    for reference in question.relevant:
        if reference.paragraph:
            found.append([reference.paragraph] * (library.row_of(reference.paragraph) is not None))
        else:
            words = squeezed(reference.quote)
            found.append([name for name, text in folded.items() if words in text])
    return found


def language_of(text: str) -> str:
    """Give the language of a question, as a set states it."""
    if not is_han(text):
        return "en"
    return "zh-Hans" if text == text.translate(simplified_characters()) else "zh-Hant"


def squeezed(text: str) -> str:
    """Fold a text and take out its blanks."""
    return "".join(fold(text).split())


def _rows(path: Path, text: str) -> Iterator[GoldQuestion]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield GoldQuestion.from_json(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            told = f"lacks {error}" if isinstance(error, KeyError) else str(error)
            raise EvaluationError(f"{path} line {number} is no question of a test set: {told}") from error


def _card(path: Path) -> Card:
    card = path.with_suffix(".toml")
    try:
        return Card(**tomllib.loads(card.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        names = ", ".join(f.name for f in fields(Card))
        raise EvaluationError(f"{path} has no card: write {card.name} beside it with {names}") from error
    except (OSError, ValueError, TypeError) as error:
        raise EvaluationError(f"{card} is no card of a test set ({error}): correct it") from error


def _texts(values: Sequence[str]) -> tuple[str, ...]:
    if isinstance(values, str) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"expected a list of texts, found {values!r}")
    return tuple(values)


def _twice(names: Sequence[str]) -> str:
    """Give the first name that comes twice, "" where none does."""
    return next((name for name, count in Counter(names).items() if count > 1), "")
