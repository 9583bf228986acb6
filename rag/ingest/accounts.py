"""An account of a source: every character of it is a paragraph's, is named as something else, markup, or blank."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rag.schema import Span

__all__ = ["Named", "crossed", "lost"]

Named = tuple[int, int, str]  # what stands at [start, end) of a source and is no paragraph: a heading, a page number, …

# What Markdown and the HTML in it write around words. What can't be either is a word.
_MARKUP = re.compile(
    r"```+\w*|~~~+\w*|\[\[?\w{1,4}\]?\]\(#[^)]*\)|\[\^[^\]]*\]:?|<!--.*?-->|</?[A-Za-z][^<>]*>|!?\[|\]\([^)]*\)|\]\[[^\]]*\]|\]:?|&#?\w{1,31};|\([^()\s]*\)"
    r"|[*_~`#>|\\:=+-]+|\d{1,9}[.)]|\{[^{}]*\}|https?://\S+|\"[^\"\n]*\"|@\w+",
    re.DOTALL,
)


def crossed(text: str, spans: Sequence[Span], known: Sequence[Span], *, markup: bool) -> Iterator[Span]:
    """Yield what stands between the first and the last character of a paragraph and is accounted for by nothing.

    `spans` are the paragraph's, `known` all ranges of the source that are paragraphs or named, sorted; `markup` says
    whether marks around words count as accounted for.
    """
    for (_, start), (end, _) in pairwise(spans):
        if start < end:
            yield from _left(text, start, end, known, markup=markup)


def lost(text: str, known: Sequence[Span], *, markup: bool) -> Iterator[Span]:
    """Yield what of a source is in no paragraph and is not named."""
    yield from _left(text, 0, len(text), known, markup=markup)


def _left(text: str, start: int, end: int, known: Iterable[Span], *, markup: bool) -> Iterator[Span]:
    at = start
    for a, b in known:
        if b <= at:
            continue
        if a >= end:
            break
        if a > at:
            yield from _words(text, at, a, markup=markup)
        at = max(at, b)
    if at < end:
        yield from _words(text, at, end, markup=markup)


def _words(text: str, start: int, end: int, *, markup: bool) -> Iterator[Span]:
    piece = text[start:end]
    if markup:
        piece = _MARKUP.sub(lambda m: " " * len(m.group()), piece)
    for match in re.finditer(r"[^\s\u200b\ufeff\x00-\x1f]+", piece):
        if any(c.isalnum() for c in match.group()) or not markup:
            yield start + match.start(), start + match.end()
