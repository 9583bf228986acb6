"""Which script a text is written in, as far as searching it goes."""

import re

__all__ = ["is_han", "same_script"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_BLANK = re.compile(r"\s")
_SAMPLE = 300  # characters


def is_han(text: str) -> bool:
    """Say whether a text is Chinese: a quarter of its first 300 characters or more are Han."""
    sample = text[:_SAMPLE]
    return len(_HAN.findall(sample)) * 4 >= max(1, len(sample) - len(_BLANK.findall(sample)))


def same_script(a: str, b: str) -> bool:
    """Say whether two texts are both Chinese or both not."""
    return is_han(a) == is_han(b)
