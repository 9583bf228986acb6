"""Word lists: data with its source, a file each; a line holds a name and its words, separated by tabs."""

from functools import cache
from importlib.resources import files

__all__ = ["word_lists", "word_rows"]


@cache
def word_lists(name: str) -> dict[str, tuple[str, ...]]:
    """Return the lists of the file `name`.tsv under their names; lines that begin with # say where they come from."""
    return {row[0]: row[1:] for row in word_rows(name)}


@cache
def word_rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the file `name`.tsv, cell by cell."""
    text = files(__name__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))
