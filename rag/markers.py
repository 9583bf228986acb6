"""Read a draft as it streams: sentences, each with the evidence that it names by [n]."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.text.sentences import open_quotation, sentence_spans

__all__ = ["DraftedSentence", "drafted_sentences", "escaped", "marker"]

_MARKERS = re.compile(r"(?:\s*\[(\d{1,3})\])+")
_MARKER = re.compile(r"\[(\d{1,3})\]")
_ESCAPE = "\u2060"  # word joiner: behind the bracket of a note mark that stands in an article's own text
_HALF_PAIR = re.compile("[\ud800-\udfff]")  # as a model may write, and no file or page can hold
_MARKS = "。！？.!?"  # that may stand behind the markers
_MARKED_LINE_END = re.compile(r"\[\d{1,3}\][ \t]*\n")  # ends a sentence that has no mark of its own
_LINE_END = re.compile(r"\n")
_LEAD_IN = re.compile(r"[:：]\s*$")  # announces the lines below it


def marker(rank: int) -> str:
    """Write the marker that names the evidence of that rank."""
    return f"[{rank}]"


def escaped(text: str) -> str:
    """Return words of an article as they may stand in a draft: their own [2] is no marker there."""
    return _MARKER.sub(lambda m: f"[{_ESCAPE}{m[1]}]", text)


@dataclass(frozen=True, slots=True)
class DraftedSentence:
    """A sentence as drafted, without the markers behind it, and the ranks that they name."""

    text: str
    ranks: tuple[int, ...]


def drafted_sentences(pieces: Iterable[str], *, lines: bool = False) -> Iterator[DraftedSentence]:
    """Give each sentence of a stream as soon as the next one has begun.

    With `lines` a line ends a sentence too, as in the lists that models write; one that only announces those below it
    is left out.
    """
    ends = _LINE_END if lines else _MARKED_LINE_END
    pending = ""
    for piece in pieces:
        pending += _HALF_PAIR.sub("\ufffd", piece)
        complete = _complete(pending, ends)
        if complete:
            yield from _sentences(pending[:complete], ends)
            pending = pending[complete:]
    yield from _sentences(pending, ends)


def _complete(text: str, ends: re.Pattern[str]) -> int:
    """Say how much of a text is certainly whole sentences with all their markers: all before the last sentence.

    A quotation that is still open may swallow the marks behind it, and `[1` may become a marker.
    """
    limit = open_quotation(text)
    spans = _with_markers(text, ends)
    if spans and re.fullmatch(r"\[\d{0,3}", text[spans[-1][0] :]):
        spans.pop()
    starts = [start for start, _ in spans if start <= limit]
    return starts[-1] if len(starts) > 1 else 0


def _with_markers(text: str, ends: re.Pattern[str]) -> list[tuple[int, int]]:
    """Give sentence spans, each with the markers behind its last mark."""
    spans: list[tuple[int, int]] = []
    for start, end in _cut(text, ends):
        lead = _MARKERS.match(text, start)
        if lead and spans:
            spans[-1] = (spans[-1][0], lead.end())
            start = lead.end()
            while start < end and text[start].isspace():
                start += 1
        if start < end:
            spans.append((start, end))
    return spans


def _cut(text: str, ends: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Give sentence spans, cut at the given line ends too."""
    start = 0
    for end in (*(m.end() for m in ends.finditer(text)), len(text)):
        yield from ((start + a, start + b) for a, b in sentence_spans(text[start:end]))
        start = end


def _sentences(text: str, ends: re.Pattern[str]) -> Iterator[DraftedSentence]:
    for start, end in _with_markers(text, ends):
        sentence = text[start:end]
        announces = ends is _LINE_END and _LEAD_IN.search(sentence) and "\n" in text[end : end + 2]
        last = _without_blanks(sentence, len(sentence))
        mark = sentence[last - 1] if sentence[last - 1] in _MARKS else ""
        end, ranks = _before_markers(sentence, last - len(mark))
        if ranks:
            sentence = sentence[:end] + mark
        if sentence.strip() and not announces:
            yield DraftedSentence(sentence.strip().replace(f"[{_ESCAPE}", "["), tuple(dict.fromkeys(reversed(ranks))))


def _before_markers(text: str, end: int) -> tuple[int, list[int]]:
    """Say where the markers at the end of `text[:end]` begin, and what they name, last first."""
    ranks: list[int] = []
    while True:
        end = _without_blanks(text, end)
        found = next((m for size in (3, 4, 5) if (m := _MARKER.fullmatch(text, max(0, end - size), end))), None)
        if found is None:
            return end, ranks
        ranks.append(int(found[1]))
        end = found.start()


def _without_blanks(text: str, end: int) -> int:
    """Say where `text[:end]` ends without the blanks at its end."""
    while end and text[end - 1].isspace():
        end -= 1
    return end
