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
    "dateadded": "added", "成文日期": "passed", "description": "description",
}  # fmt: skip


def read_front_matter(text: str) -> tuple[Block | None, list[Fact]]:
    """Return the block at the beginning of a text that holds facts, and the facts; (None, []) where there is none."""
    match = _FRONT.match(text)
    if match is None:
        return None, []
    end = len(match.group().rstrip())
    block = Block(text[:end], ((0, end),), level=FRONT_MATTER, kind=BlockKind.METADATA)
    return block, list(_facts(match.group(1)))


def _facts(lines: str) -> Iterator[Fact]:
    key = ""
    for line in lines.splitlines():
        item = re.match(r"\s+-\s+(.*)", line)
        pair = re.match(r"([^\s:#][^:]*):\s*(.*)", line)
        if pair:
            key = pair[1].strip()
            values = [pair[2]]
        elif item and key:
            values = [item[1]]
        else:
            continue
        name = _NAMES.get(key.lower().replace("-", "").replace("_", ""), _NAMES.get(key.lower(), ""))
        for value in values:
            for plain in _values(value, several=name in ("authors", "keywords")):
                if name and plain:
                    yield Fact(name, plain, f"front matter {key}")


def _values(text: str, *, several: bool) -> Iterator[str]:
    plain = text.strip()
    quoted = re.fullmatch(r"([\"'])(.*)\1", plain)
    if quoted:
        yield quoted[2].strip()
    elif several or plain.startswith("["):
        yield from (v.strip(" \"'") for v in re.split(r"[,、，]", plain.strip("[]")))
    else:
        yield re.sub(r"\s+#.*$", "", plain)
