"""Text put together from pieces of a source: what is shown, and where each piece of it stands."""

from dataclasses import dataclass

from rag.schema import Span

__all__ = ["ShownText"]

_BLANKS = " \t\r\n\x0b\x0c\xa0\u2002\u2003\u2009\u3000\u200b\ufeff"
_LINE_ENDS = "\r\n\x0b\x0c"


@dataclass(frozen=True, slots=True)
class _Piece:
    shown: str  # as the source has it, or decoded; " " for a blank
    start: int
    end: int
    decoded: bool = False

    @property
    def is_blank(self) -> bool:
        return self.shown == " "


class ShownText:
    """A text that grows. A piece is shown as it stands in the source, or, where it is decoded, in another form."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._pieces: list[_Piece] = []

    def add(self, start: int, end: int) -> None:
        """Show what stands in `[start, end)`, of each run of blanks the first, of line ends in Chinese none."""
        at = start
        while at < end:
            stop = at
            is_blank = self._source[at] in _BLANKS
            while stop < end and (self._source[stop] in _BLANKS) == is_blank:
                stop += 1
            if is_blank:
                self._blank(at, stop)
            else:
                self._pieces.append(_Piece(self._source[at:stop], at, stop))
            at = stop

    def add_decoded(self, shown: str, start: int, end: int) -> None:
        """Show characters that the source writes in another way, such as &mdash;."""
        if shown.strip(_BLANKS):
            self._pieces.append(_Piece(shown, start, end, decoded=True))
        else:
            self._blank(start, end, decoded=True)

    def __len__(self) -> int:
        """Count the characters shown so far, a blank at the end among them."""
        return sum(1 if p.is_blank else len(p.shown) for p in self._pieces)

    @property
    def is_exact(self) -> bool:
        """Whether every character is shown as the source has it."""
        return not any(p.decoded for p in self._kept())

    def text(self) -> str:
        """Return what is shown."""
        exact = self.is_exact
        return "".join(self._source[p.start] if p.is_blank and exact else p.shown for p in self._kept())

    def spans(self) -> tuple[Span, ...]:
        """Return where it stands: spans that map one to one onto the text, or, where it is not exact, one around it."""
        kept = self._kept()
        if not kept:
            return ()
        if not self.is_exact:
            return ((kept[0].start, kept[-1].end),)
        spans: list[Span] = []
        for p in kept:
            end = p.start + 1 if p.is_blank else p.end
            if spans and spans[-1][1] == p.start:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((p.start, end))
        return tuple(spans)

    def _blank(self, start: int, end: int, *, decoded: bool = False) -> None:
        if self._pieces and not self._pieces[-1].is_blank:
            self._pieces.append(_Piece(" ", start, end, decoded))

    def _kept(self) -> list[_Piece]:
        """Leave out a blank at the end, and between wide characters those that are line ends or decoded."""
        kept: list[_Piece] = []
        for n, piece in enumerate(self._pieces):
            if piece.is_blank:
                following = self._pieces[n + 1].shown if n + 1 < len(self._pieces) else ""
                line_end = any(c in _LINE_ENDS for c in self._source[piece.start : piece.end])
                wide = following and _is_wide(kept[-1].shown[-1]) and _is_wide(following[0])
                if not following or (wide and (line_end or piece.decoded)):
                    continue
            kept.append(piece)
        return kept


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\U0002fa1f" or "\uff00" <= character <= "\uffef" or character in "“”‘’…—"
