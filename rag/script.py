"""Which script a text is written in, as far as searching it goes."""

import re

__all__ = ["is_han", "same_script"]

_HAN = re.compile(r"[\u3400-\u9fff]")


def is_han(text: str) -> bool:
    """Say whether a text is Chinese: a quarter of its characters or more are Han."""
    return len(_HAN.findall(text)) * 4 >= max(1, len(re.sub(r"\s", "", text)))


def same_script(a: str, b: str) -> bool:
    """Say whether two texts are both Chinese or both not."""
    return is_han(a) == is_han(b)
