"""Decode a file: UTF-8, Chinese in GB18030 or Big5, UTF-16 with or without its mark, Latin letters."""

import re
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SourceError
from rag.ingest.run_on import run_on_model
from rag.text.folding import simplified_characters

__all__ = ["Text", "decode"]

_LEAST_LIKELY = -8.0  # nats a character: Chinese has −5 to −6.5, Japanese or Korean read as GB 18030 below −9
_LEAST_COMMON = 0.9  # of the wide characters, those that an ordinary text consists of
_LEAST_PLAIN = 0.97  # of the characters, those that a text in Chinese or in Latin letters consists of
_PLAIN = re.compile(r"[\t\r\n -~\u00a0-\u024f\u2010-\u206f\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_MOST_SIGNS = 0.03  # of the bytes of a text in Latin letters, those beyond ASCII; more in a broken Chinese text
_SAMPLE = 5000  # characters
_LOOKED_AT = 20_000  # characters of a text, spread over it
_LONGEST_CHARACTER = 3  # bytes of one in UTF-8 that was cut


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded source. Offsets count its code points, line ends as they came."""

    text: str
    encoding: str


def decode(path: Path) -> Text:
    """Read a file as UTF-8, or as UTF-16, GB18030 or Big5 where it is that.

    Raises SourceError naming the first byte that is wrong, or when the file is empty or no text.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check the path and its permissions") from error
    if not raw.strip():
        raise SourceError(f"{path} is empty: expected an article; remove it or fill it")
    wide = "utf-32" if raw.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")) else "utf-16"
    if wide == "utf-32" or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return Text(raw.decode(wide), wide)
        except UnicodeDecodeError as error:
            raise SourceError(f"{path} begins as {wide} but byte {error.start} is not: save it as UTF-8") from error
    if b"\x00" in raw:
        found = _utf16_without_mark(raw)
        if found is None:
            raise SourceError(
                f"{path} is binary (a zero byte at {raw.index(0)}): expected text; convert it to .txt, .md or .jsonl"
            )
        return Text(*found)
    try:
        return Text(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        found = _guessed(raw)
        if found is None and len(raw.rstrip()) - error.start <= _LONGEST_CHARACTER:
            raise SourceError(f"{path} ends in the middle of a character: it was cut; copy it again") from error
        if found is None:
            raise SourceError(
                f"{path} is neither UTF-8 (byte {error.start} is 0x{raw[error.start]:02X}) nor GB18030, Big5 or "
                "UTF-16: save it as UTF-8 and index it again"
            ) from error
        return Text(*found)


def _guessed(raw: bytes) -> tuple[str, str] | None:
    """Return the text and the name of its encoding; None where no guess gives what Chinese text looks like."""
    for encoding, is_common in (("gb18030", _in_gb2312), ("big5hkscs", _in_big5_first_level)):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        wide = [c for c in text[:: max(1, len(text) // _LOOKED_AT)] if ord(c) > 127]
        # Common characters alone are not enough: Japanese and Korean fall among them, but not in the order of Chinese.
        if wide and sum(map(is_common, wide)) >= _LEAST_COMMON * len(wide):
            sample = "".join(c for c in text[: 2 * _SAMPLE] if ord(c) > 127)[:_SAMPLE].translate(
                simplified_characters()
            )
            if run_on_model().likelihood(sample) > _LEAST_LIKELY:
                return text, encoding.removesuffix("hkscs")
    return _utf16_without_mark(raw) or _latin(raw)


def _latin(raw: bytes) -> tuple[str, str] | None:
    """Return the text of bytes that are ASCII but for a few signs of Windows' code page for western Europe."""
    high = sum(byte > 127 for byte in raw)
    if high > _MOST_SIGNS * len(raw) or any(byte < 32 and byte not in b"\t\r\n\f" for byte in raw):
        return None
    try:
        return raw.decode("cp1252"), "windows-1252"
    except UnicodeDecodeError:
        return None


def _utf16_without_mark(raw: bytes) -> tuple[str, str] | None:
    """Return the text of UTF-16 bytes without a byte order mark, and which of its orders it is; None for others."""
    found = []
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:_SAMPLE]
        plain = len(_PLAIN.findall(sample)) / max(len(sample), 1)
        # Bytes of Latin letters make rare Han characters when read in pairs: blanks and common marks tell.
        told = len(re.findall(r"[\r\n ，。、的]", sample))
        if plain >= _LEAST_PLAIN and told >= 0.01 * len(sample):
            found.append((told, text, encoding))
    return max(found)[1:] if found else None


def _in_gb2312(character: str) -> bool:
    """Say whether a character is among the 6,763 that Chinese text consists of; a wrong guess scatters over 20,000."""
    return len(character.encode("gb2312", errors="ignore")) == 2


def _in_big5_first_level(character: str) -> bool:
    """Say whether a character is a mark or among the 5,401 common ones of Big5."""
    code = character.encode("big5", errors="ignore")
    return len(code) == 2 and code < b"\xc6\xa1"
