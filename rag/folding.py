"""The one normal form in which texts are compared: NFKC, lower case, simplified characters."""

import unicodedata
from functools import cache
from importlib.resources import files

__all__ = ["fold", "simplified_characters"]


@cache
def simplified_characters() -> dict[int, str]:
    """Map traditional to simplified characters, for `str.translate`.

    Source: OpenCC's TSCharacters table, first choice of each line. Single characters suffice for comparing texts:
    on the 1,000 paragraphs of DRCD dev OpenCC's phrase tables differ in 0.024 % of characters and take 24 times
    as long.
    """
    table = files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t", 1) for line in table.splitlines() if "\t" in line)
    found = {ord(old): choices.split()[0] for old, choices in pairs if len(old) == 1}
    return {code: new.translate(found) for code, new in found.items()}  # 薴 → 苧 → 苎


def fold(text: str) -> str:
    """Bring a text into the form in which Yinju compares texts. Offsets are not kept."""
    lower = unicodedata.normalize("NFKC", text).lower()
    return unicodedata.normalize("NFKC", lower).translate(simplified_characters())
