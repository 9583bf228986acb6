"""Short names that a question has, and the articles do not: GDP is 地区生产总值 there."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

__all__ = ["in_the_articles_words"]

_SYNONYMS = Path(__file__).with_name("synonyms.tsv")


def in_the_articles_words(question: str, holds: Callable[[str], bool]) -> str:
    """Put the articles' own name in place of one that no article holds; as it is where none of them is there."""
    for names in _synonyms():
        for name in names:
            found = _pattern(name).search(question)
            if found and not holds(name):
                better = next((other for other in names if other != name and holds(other)), "")
                if better:
                    return f"{question[: found.start()]}{better}{question[found.end() :]}"
    return question


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Find a name: in Latin letters as a whole word, whatever its case."""
    return re.compile(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", re.IGNORECASE)


@cache
def _synonyms() -> Sequence[Sequence[str]]:
    lines = _SYNONYMS.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]
