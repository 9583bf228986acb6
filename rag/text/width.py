"""How wide a text is set, in Han widths: a wide character counts 1, any other 0.5."""

import unicodedata

__all__ = ["width", "width_in_print"]


class _Widths(dict[str, float]):
    """The width of each character, looked up once."""

    def __init__(self, wide: str) -> None:
        super().__init__()
        self._wide = wide

    def __missing__(self, character: str) -> float:
        is_wide = not character.isascii() and unicodedata.east_asian_width(character) in self._wide
        self[character] = found = 1.0 if is_wide else 0.5
        return found


_WIDTHS = _Widths("WF")
_WIDTHS_IN_PRINT = _Widths("WFA")


def width(text: str) -> float:
    """Measure a text; what is wide in Chinese fonts alone (“ ” — …) counts as narrow."""
    return 0.5 * len(text) if text.isascii() else sum(map(_WIDTHS.__getitem__, text))


def width_in_print(text: str) -> float:
    """Measure a text as a Chinese font sets it."""
    return 0.5 * len(text) if text.isascii() else sum(map(_WIDTHS_IN_PRINT.__getitem__, text))
