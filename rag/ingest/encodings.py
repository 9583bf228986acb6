"""Guess the encoding of bytes that are no UTF-8: Chinese in GB18030 or Big5, or UTF-16 without its mark."""

import re

from rag.folding import simplified_characters
from rag.ingest.run_on import run_on_model

__all__ = ["guess_encoding", "utf16_without_mark"]

_LEAST_LIKELY = -8.0  # nats a character: Chinese has −5 to −6.5, Japanese or Korean read as GB 18030 below −9
_LEAST_COMMON = 0.9  # of the wide characters, those that an ordinary text consists of
_LEAST_PLAIN = 0.97  # of the characters, those that a text in Chinese or in Latin letters consists of
_PLAIN = re.compile(r"[\t\r\n -~\u00a0-\u024f\u2010-\u206f\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_SAMPLE = 5000  # characters


def guess_encoding(raw: bytes) -> tuple[str, str] | None:
    """Return the text and the name of its encoding; None where no guess gives what Chinese text looks like."""
    for encoding, is_common in (("gb18030", _in_gb2312), ("big5hkscs", _in_big5_first_level)):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        wide = [c for c in text if ord(c) > 127]
        # Common characters alone are not enough: Japanese and Korean fall among them, but not in the order of Chinese.
        if wide and sum(map(is_common, wide)) >= _LEAST_COMMON * len(wide):
            sample = "".join(wide[:_SAMPLE]).translate(simplified_characters())
            if run_on_model().likelihood(sample) > _LEAST_LIKELY:
                return text, encoding.removesuffix("hkscs")
    return utf16_without_mark(raw)


def utf16_without_mark(raw: bytes) -> tuple[str, str] | None:
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
