"""What is printed can't give orders to the terminal: control characters of an article are written out."""

import io
from typing import Any, TextIO

__all__ = ["PrintableStream", "printable"]

# Control characters but for tab and newline, marks that change the direction of writing (Unicode TR 36, section 2.10),
# and halves of surrogate pairs, which no encoding holds. `\u` and four digits mean the same inside of JSON.
_WRITTEN_OUT = {
    code: f"\\u{code:04x}"
    for codes in (
        (range(0x09), range(0x0B, 0x20), range(0x7F, 0xA0)),
        (
            range(0x061C, 0x061D),
            range(0x200E, 0x2010),
            range(0x2028, 0x202F),
            range(0x2066, 0x206A),
            range(0xD800, 0xE000),
        ),
    )
    for span in codes
    for code in span
}


def printable(text: str) -> str:
    r"""Return the text with its control characters as `\u001b`."""
    return text.translate(_WRITTEN_OUT)


class PrintableStream(io.TextIOBase):
    """Passes on what is written to it, made printable; JSON stays the same JSON."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        """Write text; return how many characters it had."""
        self._stream.write(printable(text))
        return len(text)

    def flush(self) -> None:
        """Flush the stream below."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Say whether a person reads it."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the descriptor of the stream below."""
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream below."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """What the stream below does with characters that its encoding lacks."""
        return self._stream.errors

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
