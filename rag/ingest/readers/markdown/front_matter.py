"""What a Markdown file states of itself before its text: YAML between --- and ---, as far as it is `key: value`."""

import re
from collections.abc import Iterator

from rag.ingest.blocks import FRONT_MATTER, Block, BlockKind, Fact

__all__ = ["read_front_matter"]

_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n((?:[^\r\n]*\r?\n)*?)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)")
_NAMES = {
    **dict.fromkeys(("title", "标题", "name"), "title"),
    **dict.fromkeys(("author", "authors", "作者"), "authors"),
    **dict.fromkeys(("organisation", "organization", "publisher", "发布机构", "发文机关"), "issuer"),
    **dict.fromkeys(("number", "文号", "发文字号", "identifier"), "number"),
    **dict.fromkeys(("date", "日期", "pubdate", "published", "datepublished", "startdate", "发布日期"), "published"),
    **dict.fromkeys(("updated", "modified", "lastmod", "dateupdated", "lastupdated"), "modified"),
    **dict.fromkeys(("source", "来源"), "source"),
    **dict.fromkeys(("lang", "language"), "language"),
    **dict.fromkeys(("keywords", "tags", "tag"), "keywords"),
    "dateadded": "added", "status": "status", "状态": "status", "成文日期": "passed", "description": "description",
}  # fmt: skip

_CITED = frozenset(("published", "modified", "added", "passed", "in_force", "number", "issuer", "authors", "status"))


def read_front_matter(text: str) -> tuple[list[Block], list[Fact]]:
    """Return the blocks at the beginning of a text that hold facts, and the facts; none where there are none.

    A line that says when, by whom or under which number the document was issued is a block of its own, with the name
    of the fact as its label: it can be cited.
    """
    match = _FRONT.match(text)
    if match is None:
        return [], []
    end = len(match.group().rstrip())
    blocks: list[Block] = []
    facts: list[Fact] = []
    key, at = "", 0
    for line in text[:end].splitlines(keepends=True):
        stated: list[Fact] = []
        if match.start(1) <= at < match.end(1):
            key, stated = _line_facts(line.rstrip("\r\n"), key)
        facts += stated
        kept = at + len(line.rstrip())
        label = stated[0].name if stated and stated[0].name in _CITED else ""
        if blocks and not label and not blocks[-1].label:
            blocks[-1] = _block(text, blocks[-1].start, kept)
        elif kept > at:
            blocks.append(_block(text, at, kept, label))
        at += len(line)
    return blocks, facts


def _block(text: str, start: int, end: int, label: str = "") -> Block:
    return Block(text[start:end], ((start, end),), level=FRONT_MATTER, kind=BlockKind.METADATA, label=label)


def _line_facts(line: str, key: str) -> tuple[str, list[Fact]]:
    """Return the key that holds after a line, and what the line states."""
    item = re.match(r"\s+-\s+(.*)", line)
    pair = re.match(r"([^\s:#][^:]*):\s*(.*)", line)
    if pair:
        key = pair[1].strip()
    if not (pair or (item and key)):
        return key, []
    value = pair[2] if pair else (item[1] if item else "")
    name = _NAMES.get(key.lower().replace("-", "").replace("_", ""), _NAMES.get(key.lower(), ""))
    several = name in ("authors", "keywords")
    return key, [Fact(name, v, f"front matter {key}") for v in _values(value, several=several) if name and v]


def _values(text: str, *, several: bool) -> Iterator[str]:
    plain = text.strip()
    quoted = re.fullmatch(r"([\"'])(.*)\1", plain)
    if quoted:
        yield quoted[2].strip()
    elif several or plain.startswith("["):
        yield from (v.strip(" \"'") for v in re.split(r"[,、，]", plain.strip("[]")))
    else:
        yield re.sub(r"\s+#.*$", "", plain)
