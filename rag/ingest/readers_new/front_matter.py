"""What a Markdown file states of itself before its text: YAML between --- and ---, as far as it is `key: value`."""

import re
from collections.abc import Iterator

from rag.ingest.blocks import FRONT_MATTER, Block, BlockKind, Fact

__all__ = ["read_front_matter"]

_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n((?:[^\r\n]*\r?\n)*?)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)")
_NAMES = {
    "title": "title", "标题": "title", "name": "title",
    "author": "authors", "authors": "authors", "作者": "authors",
    "organisation": "issuer", "organization": "issuer", "publisher": "issuer", "发布机构": "issuer", "发文机关": "issuer",
    "number": "number", "文号": "number", "发文字号": "number", "identifier": "number",
    "date": "published", "日期": "published", "pubdate": "published", "published": "published", "datepublished": "published",
    "startdate": "published", "dateadded": "added", "发布日期": "published", "成文日期": "passed",
    "updated": "modified", "modified": "modified", "lastmod": "modified", "dateupdated": "modified", "last_updated": "modified",
    "source": "source", "来源": "source", "lang": "language", "language": "language",
    "description": "description", "keywords": "keywords", "tags": "keywords", "tag": "keywords",
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
