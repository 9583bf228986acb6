"""Refuse pages that are made to keep a parser busy, before they are parsed.

Lexbor builds what a browser builds, and the HTML standard lets a few kilobytes ask for millions of elements: a
formatting tag left open is opened again in every later paragraph (27 kB: 2,000,000 elements), and each `<div>` looks
through all open ones (1,000,000 `<div>`: more than a minute).
"""

import re

from rag.errors import SourceError

__all__ = ["MAX_BYTES", "MAX_ELEMENTS", "check_markup"]

MAX_BYTES = 24_000_000  # a page of a million words has 10 MB
MAX_ELEMENTS = 300_000  # elements and texts, read in 10 s; a table of 4,000 rows and 10 columns has 80,000
_MAX_STEPS = 400_000_000  # open elements, summed over all tags: two seconds
_MAX_REOPENED = 600_000
_MAX_ATTRIBUTES = 4_000  # of one tag: each is compared with all before it
_LONG_TAG = 20_000
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)")
_OPEN_ENDED = frozenset(
    "area base br col embed hr img input link meta param source track wbr "
    "p li dt dd td th tr tbody thead tfoot option".split()
)
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_RAW = re.compile(r"<!--|<(script|style|textarea|title)\b")  # what they hold is not markup


def check_markup(markup: str, name: str) -> None:
    """Raise SourceError where parsing would take more steps than a page is worth."""
    depth = steps = reopened = kept = 0
    opened: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    tags = 0
    for match in _TAG.finditer(_without_raw(markup.lower())):
        closing, tag, rest = match[1], match[2], match[3]
        tags += not closing
        if tags > MAX_ELEMENTS:
            raise SourceError(f"{name} has more than {MAX_ELEMENTS:,} elements: split it into several pages")
        if len(rest) > _LONG_TAG and len(rest.split()) > _MAX_ATTRIBUTES:
            raise SourceError(
                f"{name} has a tag <{tag}> with more than {_MAX_ATTRIBUTES} attributes: not a page to read"
            )
        if tag in _FORMATTING:
            stack = opened.setdefault(tag, [])
            if closing and stack:
                last = stack.pop()
                counts[last] -= 1
                kept -= counts[last] < 3
            elif not closing:
                stack.append(match[0])
                counts[match[0]] = counts.get(match[0], 0) + 1
                kept += counts[match[0]] <= 3  # the standard keeps three alike
        elif not closing:
            reopened += kept
        if tag not in _OPEN_ENDED:
            depth = max(0, depth - 1) if closing else depth + 1
        if not closing:
            steps += depth
        if steps > _MAX_STEPS or reopened > _MAX_REOPENED:
            raise SourceError(
                f"{name} nests its tags {depth:,} deep or leaves {kept:,} open: expected a page that a browser shows; "
                "open it in a browser and save its text"
            )


def _without_raw(markup: str) -> str:
    """Cut comments, scripts and style sheets out, in one pass: a pattern would look for each end anew."""
    parts: list[str] = []
    at = 0
    while match := _RAW.search(markup, at):
        parts.append(markup[at : match.start()])
        end = markup.find(f"</{match[1]}" if match[1] else "-->", match.end())
        if end < 0:
            return "".join(parts)
        at = end + 2
    return "".join([*parts, markup[at:]])
