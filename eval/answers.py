"""Measure answers: do they hold the gold span, how long are they, how many questions are refused.

yinju eval answers cmrc2018_dev.json DRCD_dev.json …       files in SQuAD's format
yinju eval answers --rgb zh_int.json                       RGB: both parts of the answer, its passages given
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.sets import assistant_of, read_answered
from rag.assistant import Assistant
from rag.errors import SourceError
from rag.text.folding import fold

__all__ = ["Measured", "measure_rgb", "measure_squad"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was reached on a set; shares of all its questions."""

    name: str
    questions: int
    held: float  # an answer of at most two sentences holds a gold span
    refused: float
    sentences: float  # of an answer, on average
    characters: float

    def __str__(self) -> str:
        """One line of a table."""
        return (
            f"{self.name:24} {self.questions:6} questions: held {self.held:.1%}, refused {self.refused:.1%}, "
            f"{self.sentences:.2f} sentences, {self.characters:.0f} characters"
        )


def measure_squad(path: Path, *, most: int = 2, every: int = 1) -> Measured:
    """Ask every question of all paragraphs of a file."""
    rows, asked = read_answered(path)
    with tempfile.TemporaryDirectory() as folder:
        assistant = assistant_of(Path(folder), "library", rows)
        parts = [(q.text, [list(q.answers)]) for q in asked[::every]]
        return _measured(path.stem, assistant, parts, most)


def measure_rgb(path: Path, *, most: int = 4) -> list[Measured]:
    """Ask every question of its own passages: those that answer, and all with the misleading ones.

    Raises SourceError when the file is in another format.
    """
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        parts = [[list(_texts(part)) for part in r["answer"]] for r in rows]  # each with its alternatives
        questions = list(zip((r["query"] for r in rows), parts, strict=True))
        good = [list(_texts(r["positive"])) for r in rows]
        bad = [list(_texts(r["negative"])) for r in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path} is not in the format of RGB's integration set ({error!r})") from error
    found = []
    for name, passages in (
        ("passages that answer", good),
        ("all passages", [a + b for a, b in zip(good, bad, strict=True)]),
    ):
        single = []
        for number, (asked, texts) in enumerate(zip(questions, passages, strict=True)):
            kept = [t for t in dict.fromkeys(" ".join(text.split()) for text in texts) if t]
            with tempfile.TemporaryDirectory() as folder:
                rows_of = [{"id": f"{number}/{n}", "text": text} for n, text in enumerate(kept)]
                single.append(_measured(name, assistant_of(Path(folder), "library", rows_of), [asked], most))
        count = len(single)
        found.append(
            Measured(
                f"{path.stem}, {name}",
                count,
                *(sum(getattr(m, f) for m in single) / count for f in ("held", "refused", "sentences", "characters")),
            )
        )
    return found


def _texts(found: str | list[Any]) -> Iterator[str]:
    """Give the texts in lists of lists."""
    if isinstance(found, str):
        yield found
    else:
        for inner in found:
            yield from _texts(inner)


def _measured(
    name: str, assistant: Assistant, questions: Sequence[tuple[str, Sequence[Sequence[str]]]], most: int
) -> Measured:
    """Ask; an answer holds the gold when it has one alternative of every part."""
    held = refused = sentences = characters = 0
    for question, parts in questions:
        answer = assistant.ask(question)
        if answer.status != "answered":
            refused += 1
            continue
        shown = [s.text for s in answer.sentences if s.is_shown]
        sentences += len(shown)
        characters += len(answer.text)
        text = fold(" ".join(shown))
        held += len(shown) <= most and all(any(fold(gold) in text for gold in part) for part in parts)
    count = len(questions)
    answered = max(count - refused, 1)
    return Measured(name, count, held / count, refused / count, sentences / answered, characters / answered)
