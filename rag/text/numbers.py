"""Numbers in Arabic or Chinese figures, brought to one value: 百分之七十五 is 75 %, 3.1亿 is 310,000,000."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Number", "chinese_value", "numbers"]

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_ENGLISH = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_FIGURES = "".join(_DIGITS)
_UNITS = "".join((*_SMALL, *_LARGE))
_MOST_UNITS = 4  # in a row: 万万亿 has three
_LONGEST = 64  # characters of a number with units; a row of bare figures may be longer: it is a name

_NUMBER = re.compile(
    rf"百分之(?P<share>[{_FIGURES}{_UNITS}点]+|\d+(?:\.\d+)?)"
    r"|(?P<arabic>\d+(?:,\d{3})*(?:\.\d+)?)"
    rf"\s?(?P<times>(?:{'|'.join(_ENGLISH)})(?![a-z])|[百千]?[{''.join(_LARGE)}]{{0,{_MOST_UNITS}}})"
    r"(?P<percent>%|\s?per ?cent(?![a-z])|)"
    rf"|(?P<chinese>[{_FIGURES}{_UNITS}]+(?:点[{_FIGURES}]+[{''.join(_LARGE)}]*)?)"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number at `[start, end)` of a text."""

    value: Decimal
    is_percent: bool
    start: int
    end: int

    @property
    def canonical(self) -> str:
        """The number in Arabic figures without separators, with % where it is a percentage."""
        plain = f"{self.value:f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return f"{plain}%" if self.is_percent else plain


def numbers(text: str) -> Iterator[Number]:
    """Give the numbers of a folded text (`rag.text.folding.fold`) in order.

    A lone character (一, 十, 万) is passed over, since it mostly counts nothing, and so is what is no number as
    written: 十四五.
    """
    for match in _NUMBER.finditer(text):
        value = _value(match)
        if value is not None:
            yield Number(value, bool(match["share"] or match["percent"]), match.start(), match.end())


def _value(match: re.Match[str]) -> Decimal | None:
    if match["arabic"]:
        plain = Decimal(match["arabic"].replace(",", ""))
        return plain * _times(match["times"]) if match["times"] else plain
    written = match["share"] or match["chinese"]
    if written[0].isdigit() and written[0].isascii():
        return Decimal(written)
    if len(written) < 2 and not match["share"]:
        return None
    return chinese_value(written)


def _times(units: str) -> int:
    if units in _ENGLISH:
        return _ENGLISH[units]
    product = 1
    for unit in units:
        product *= _SMALL.get(unit) or _LARGE[unit]
    return product


def chinese_value(written: str) -> Decimal | None:
    """Read a number in Chinese figures: 三亿一千万, 二〇二四, 七十五, 三点一亿; None where it is none."""
    if len(written) > _LONGEST and not all(c in _DIGITS for c in written):
        return None
    whole, point, fraction = written.partition("点")
    if point:
        large = re.search(rf"[{''.join(_LARGE)}]*$", fraction)
        units = large.group() if large else ""
        digits = fraction.removesuffix(units)
        base = chinese_value(whole)
        if base is None or not digits or any(c not in _DIGITS for c in digits):
            return None
        return (base + Decimal(f"0.{''.join(str(_DIGITS[c]) for c in digits)}")) * _times(units)
    if all(c in _DIGITS for c in written):
        return Decimal("".join(str(_DIGITS[c]) for c in written)) if written else None
    return _positional(written)


def _positional(written: str) -> Decimal | None:
    """Read figures with units, each unit smaller than the one before in its group; 万 and 亿 close a group.

    A last figure straight behind 百, 千, 万 or 亿 counts tenths of it: 两千二 is 2,200, 两千零二 is 2,002.
    """
    total = group = 0
    figure: int | None = None
    last_unit = last_small = 10**9
    closed = ""  # the last of 万 and 亿
    for before, c in zip(" " + written, written, strict=False):
        if c in _DIGITS:
            if figure:
                return None  # 十四五, 三四十
            figure = _DIGITS[c]
            if figure and before in _DIGITS:
                last_unit = 1  # behind 零 a figure is itself
        elif c in _SMALL:
            if (figure is None and not (c == "十" and group == 0)) or _SMALL[c] >= last_small:
                return None
            group += (1 if figure is None else figure) * _SMALL[c]
            last_unit = last_small = _SMALL[c]
            figure = None
        else:
            group += figure or 0
            follows = (
                closed == "" or (closed == "亿" and c == "万" and group) or (closed == "万" and c == "亿" and not group)
            )
            if not follows or not (group or total):
                return None
            total = (total + group) * _LARGE[c] if c == "亿" else total + group * _LARGE[c]
            last_unit, last_small = _LARGE[c], 10**9
            group, figure, closed = 0, None, c
    tenths = last_unit // 10 if 100 <= last_unit < 10**9 else 1
    return Decimal(total + group + (figure or 0) * tenths)
