"""Read a sidecar: a small file beside a source that corrects what the rules made of it.

date = "2025-09-23"                # of the whole page

[[article]]                        # number or first words say which one is meant
first_words = "消费是拉动"
title = "…"
authors = ["…"]
date = "…"                        # also published, passed, amended, in_force, repealed
issuer = "…"                      # also number_of_document, place, origin, column, author_note, language

[[block]]                          # a block is meant by its first words
first_words = "鲜明特征，也是"
continues = "全体人民共同富裕"        # first words of the block that runs on in it; "" for none
role = "body"
"""

import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rag.errors import SourceError
from rag.ingest.blocks import Block, Role
from rag.ingest.layout import Corrections

__all__ = ["ArticleFacts", "Beginnings", "Sidecar", "read_sidecar", "sidecar_path"]

_DATES = ("date", "published", "passed", "amended", "in_force", "repealed")
_FIELDS = {"number_of_document": "number"}  # `number` says which article is meant
_ARTICLE_KEYS = {
    "number": int,
    "authors": list,
    **dict.fromkeys(_DATES, (str, date)),
    **dict.fromkeys(("first_words", "title", "author_note", "column", "issuer", "number_of_document"), str),
    **dict.fromkeys(("place", "origin", "language"), str),
}
_BLOCK_KEYS = dict.fromkeys(("first_words", "role", "continues"), str)


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What a sidecar says about one article; keys as in `Article`."""

    number: int | None  # from 1, in page order
    first_words: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sidecar:
    """All that a sidecar says."""

    path: Path | None = None
    date: str = ""
    articles: tuple[ArticleFacts, ...] = ()
    blocks: tuple[Mapping[str, str], ...] = field(default=())

    def corrections(self, blocks: Sequence[Block]) -> Corrections:
        """Resolve what it says about blocks. Raises SourceError when first words match none or several."""
        roles: dict[int, Role] = {}
        continues: dict[int, int] = {}
        beginning = Beginnings([b.text for b in blocks] if self.blocks else [])
        for row in self.blocks:
            at = self._block(beginning, row["first_words"])
            if "role" in row:
                roles[at] = Role(row["role"])
            if "continues" in row:
                continues[at] = self._block(beginning, row["continues"]) if row["continues"] else -1
                if continues[at] >= at:
                    raise SourceError(f"{self.path}: {row['first_words']!r} can only continue a block above it")
        return Corrections(roles, continues)

    def _block(self, beginning: "Beginnings", words: str) -> int:
        found = beginning.with_words(words)
        if len(found) != 1:
            raise SourceError(f"{self.path}: {len(found)} blocks begin with {words!r}, expected one: give more words")
        return found[0]


class Beginnings:
    """Texts that are found by their first words: sorted once, so that a long sidecar costs no more than its length."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._order = sorted(range(len(texts)), key=texts.__getitem__)
        self._sorted = [texts[n] for n in self._order]

    def with_words(self, words: str) -> list[int]:
        """Give the numbers of the texts that begin with these words."""
        first = bisect_left(self._sorted, words)
        end = bisect_right(self._sorted, words, lo=first, key=lambda text: text[: len(words)])
        return self._order[first:end]


def sidecar_path(source: Path) -> Path:
    """Say where the sidecar of a source lies: beside a.md it is a.md.toml, else a.toml."""
    own = source.with_name(f"{source.name}.toml")
    return own if own.is_file() else source.with_suffix(".toml")


def read_sidecar(source: Path) -> Sidecar:
    """Read the sidecar of a source; an empty one where there is none. Raises SourceError on a mistake in it."""
    path = sidecar_path(source)
    if not path.is_file():
        return Sidecar()
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} is no valid TOML ({error}): correct or remove it") from error
    _check(path, "the file", rows, {"date": (str, date), "article": list, "block": list})
    for row in rows.get("article", []):
        _check(path, "[[article]]", row, _ARTICLE_KEYS)
        if not ("number" in row or "first_words" in row):
            raise SourceError(f"{path}: an [[article]] needs number or first_words to say which one is meant")
    for row in rows.get("block", []):
        _check(path, "[[block]]", row, _BLOCK_KEYS)
        if not row.get("first_words"):
            raise SourceError(f"{path}: a [[block]] needs first_words to say which one is meant")
        if row.get("role", "body") not in set(Role):
            raise SourceError(f"{path}: role {row['role']!r} is unknown; expected one of {', '.join(Role)}")
    articles = tuple(
        ArticleFacts(row.get("number"), row.get("first_words", ""), _facts(row)) for row in rows.get("article", [])
    )
    return Sidecar(path, str(rows.get("date", "")), articles, tuple(rows.get("block", [])))


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    facts = {
        _FIELDS.get(k, k): str(v) if k in _DATES else v for k, v in row.items() if k not in ("number", "first_words")
    }
    return facts | ({"authors": tuple(facts["authors"])} if "authors" in facts else {})


def _check(path: Path, where: str, row: object, known: Mapping[str, Any]) -> None:
    """Raise SourceError where a key is unknown or has a value of another type than `known` says."""
    if not isinstance(row, dict):
        raise SourceError(f"{path}: {where} is {row!r}, expected a table")
    unknown = sorted(set(row) - set(known))
    if unknown:
        raise SourceError(f"{path}: {where} has unknown {', '.join(unknown)}; expected {', '.join(sorted(known))}")
    for key, value in row.items():
        right = isinstance(value, known[key]) and not isinstance(value, bool)
        if not right or (key == "authors" and not all(isinstance(v, str) for v in value)):
            wanted = {"number": "a whole number", "authors": "a list of names", **dict.fromkeys(_DATES, "a date")}.get(
                key, "a text"
            )
            raise SourceError(f"{path}: {where} {key} is {value!r}, expected {wanted}")
