"""Read the facts that a Markdown file may carry before its text, between two lines of ---."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["FrontMatter", "front_matter"]

_KEYS = {
    "title": "title", "标题": "title", "author": "authors", "authors": "authors", "作者": "authors",
    "date": "date", "日期": "date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Facts as in `Article`, and where the text begins behind them."""

    facts: Mapping[str, str | tuple[str, ...]]
    end: int


def front_matter(text: str) -> FrontMatter | None:
    """Read `key: value` lines at the beginning of a text; None where there are none. Other keys are passed over."""
    match = re.match(r"\ufeff?---[ \t]*\r?\n((?:[^\r\n]*\r?\n)*?)---[ \t]*(?:\r?\n|$)", text)
    if match is None:
        return None
    facts: dict[str, str | tuple[str, ...]] = {}
    for line in match.group(1).splitlines():
        key, colon, value = line.partition(":")
        name = _KEYS.get(key.strip().lower())
        plain = value.strip().strip("\"'")
        if not (colon and name and plain):
            continue
        names = (n.strip(" \"'") for n in re.split(r"[,、，]", plain.strip("[]")))
        facts[name] = tuple(n for n in names if n) if name == "authors" else plain
    return FrontMatter(facts, match.end())
