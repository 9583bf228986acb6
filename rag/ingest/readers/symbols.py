"""Symbols that a Word file names by font and code, as Unicode characters."""

__all__ = ["symbol"]

# The fonts' own tables (Microsoft typography; Unicode mappings published as WINGDING.TXT, SYMBOL.TXT), those characters
# that stand in official documents: boxes to tick, ticks, arrows, circled digits, Greek letters and signs of arithmetic.
_WINGDINGS = {
    0x20: " ", 0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x46: "☞", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x70: "❐", 0x71: "❑",
    0x72: "❒", 0x73: "⬧", 0x74: "⧫", 0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x9F: "•", 0xA1: "○", 0xA4: "◉", 0xA7: "▪", 0xA8: "□",
    0xAA: "✦", 0xAB: "★", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xEF: "⇦", 0xF0: "⇨", 0xFB: "✗",
    0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_WINGDINGS |= {0x80: "⓪"} | {0x81 + k: chr(0x2460 + k) for k in range(10)}
_WINGDINGS |= {0x8C + k: chr(0x2776 + k) for k in range(10)}
_WINGDINGS_2 = {
    0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x98: "●", 0x99: "○", 0xA3: "□", 0xA4: "□", 0xA2: "■",
}  # fmt: skip
_SYMBOL = {
    0x20 + k: c
    for k, c in enumerate(
        " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
    )
}
_SYMBOL |= dict(enumerate("ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…", 0xA1))
_SYMBOL |= {
    0xC5: "⊕",
    0xC7: "∩",
    0xC8: "∪",
    0xCE: "∈",
    0xCF: "∉",
    0xD0: "∠",
    0xD6: "√",
    0xD7: "⋅",
    0xDB: "⇔",
    0xDE: "⇒",
    0xE5: "∑",
    0xF2: "∫",
}
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}

UNKNOWN = "\ufffd"  # a sign that a reader sees and that has no character known here


def symbol(font: str, code: int) -> str:
    """Return the character that a font shows for a code; the code itself is taken off the private area where it lies there."""
    table = _FONTS.get(font.strip().lower())
    private = 0xF000 <= code <= 0xF0FF
    if table is not None and (private or code < 0x100):
        return table.get(code & 0xFF, UNKNOWN)
    if private or 0xE000 <= code <= 0xF8FF or not 0x20 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return UNKNOWN
    return chr(code)
