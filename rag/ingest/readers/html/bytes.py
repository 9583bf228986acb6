"""Decode the bytes of a page: byte order mark, what the page declares, and what its bytes say where the two differ."""

import codecs
import re

__all__ = ["decode_html", "looks_like_html"]

_HEAD = 4096  # a declaration stands in the first bytes (HTML standard: 1024; saved pages put scripts before it)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{0,100}?encoding=["']([\w.:-]+)""", re.I
)
# Browsers read these names as the wider encoding: <https://encoding.spec.whatwg.org/#names-and-labels>.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "utf-16": "utf-8",  # a declaration that could be read is not in UTF-16
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
    "unicode": "utf-8",
    "utf8": "utf-8",
}
_WRONG = 0.2  # of its characters that are not ASCII: with more, a page is in another encoding
_TAGS = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|div|table|p|br|h[1-6]|ul|ol|span|font|center|style|script)\b[^<]{0,2000}?>",
    re.I,
)
_ROOT = re.compile(rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)


def looks_like_html(raw: bytes) -> bool:
    """Check whether the first bytes are those of a page, whatever the ending of the file says."""
    head = _narrow(raw[: _HEAD * 4])
    if b"\0" in head or head.lstrip().startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        return False
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _ROOT.match(head):
        return True
    return head.startswith(b"<") and not head.startswith(b"<?xml") and len(_TAGS.findall(head)) >= 2


def decode_html(raw: bytes, charset: str = "") -> tuple[str, str]:
    """Return the text of a page and its encoding; `charset` is what its envelope (MIME) says.

    A wrong byte becomes U+FFFD, as in a browser; the reader tells of them.
    """
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return raw.decode(name, "replace").lstrip("\ufeff"), name
    wide = _wide(raw)
    if wide:
        return raw.decode(wide, "replace"), wide
    found = _DECLARED.search(_without_scripts(raw[: _HEAD * 4]))
    declared = (found[1] or found[2]).decode("ascii", "replace").lower() if found else ""
    names = [_known(name) for name in (charset.lower(), declared) if name]
    # UTF-8 proves itself: bytes of another encoding are hardly ever valid in it.
    for name in dict.fromkeys(["utf-8", *(name for name in names if name)]):
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "utf-8" or not _mistaken(text):
            return text, name
    return _least_wrong(raw, [name for name in names if name])


def _least_wrong(raw: bytes, names: list[str]) -> tuple[str, str]:
    """Decode bytes that fit nothing whole: as what is nearly right, else as what charset-normalizer finds."""
    best: tuple[float, str, str] | None = None
    for name in dict.fromkeys([*names, "utf-8", "gb18030", "big5hkscs"]):
        text = raw.decode(name, "replace")
        wide = len(text) - len(text.encode("ascii", "ignore"))
        wrong = text.count("\ufffd") / max(wide, 1)
        if (best is None or wrong < best[0]) and not _mistaken(text.replace("\ufffd", "")):
            best = (wrong, text, name)
    if best is not None and best[0] < _WRONG:
        return best[1], best[2]
    from charset_normalizer import from_bytes

    found = from_bytes(raw[:200_000], cp_isolation=["utf_8", "gb18030", "big5", "big5hkscs", "cp1252", "cp932"]).best()
    name = found.encoding if found else (names or ["utf-8"])[0]
    return raw.decode(name, "replace"), name


def _known(name: str) -> str:
    """Return the codec that browsers use for a name; empty where there is none."""
    name = _WIDER.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, UnicodeError, ValueError):
        return ""
    return info.name if getattr(info, "_is_text_encoding", True) else ""


def _mistaken(text: str) -> bool:
    """Check whether a legacy decoding gives what Chinese read in a wrong encoding looks like.

    Single-byte encodings accept all bytes ("ÖÐ¹ú"); GB 18030 accepts most of Big5, but scatters it over characters
    that GB 2312 lacks, and Big5 over those that are rare in it.
    """
    wide = [c for c in text if ord(c) > 127 and not c.isspace()][:4000]
    if len(wide) < 8:
        return False
    latin = sum(0xA0 <= ord(c) <= 0xFF or ord(c) in range(0x80, 0xA0) for c in wide)
    if latin >= 0.5 * len(wide) and _runs(text):
        return True
    han = [c for c in wide if "\u4e00" <= c <= "\u9fff"]
    private = sum("\ue000" <= c <= "\uf8ff" for c in wide)
    if private > 0.05 * len(wide):
        return True
    common = sum(_both(c) for c in han)
    return bool(han) and common < 0.85 * len(han)


def _runs(text: str) -> bool:
    """Check for four accented letters in a row, which no Western language writes."""
    return re.search("[\u0080-\u00ff]{4}", text) is not None


def _both(character: str) -> bool:
    """Check whether GB 2312 or the first level of Big5 has a character: those are what people write."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        try:
            return character.encode("big5") < b"\xc9"
        except UnicodeEncodeError:
            return False
    return True


def _wide(raw: bytes) -> str:
    """Return the UTF-16 that a page without a mark is in; empty where it is not."""
    head = raw[:400]
    odd, even = head[1::2].count(0), head[0::2].count(0)
    half = len(head) // 2
    if half >= 8 and max(odd, even) > 0.08 * half and min(odd, even) < 0.02 * half:
        return "utf-16-le" if odd > even else "utf-16-be"
    return ""


def _narrow(head: bytes) -> bytes:
    """Turn a UTF-16 beginning into ASCII, to look for tags in it."""
    name = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else _wide(head)
    return head.decode(name, "ignore").encode("ascii", "replace") if name else head


def _without_scripts(head: bytes) -> bytes:
    return re.sub(rb"<(script|style)\b.*?</\1\s*>", b"", head, flags=re.I | re.S)
