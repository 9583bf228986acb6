"""Dates as documents write them, brought to YYYY-MM-DD, or to YYYY-MM or YYYY where no more is said."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

__all__ = ["WrittenDate", "date_in", "dates"]

_FIGURES = "〇○零Ｏ一二三四五六七八九"
_DIGITS = {c: str(n) for n, c in enumerate("零一二三四五六七八九")} | dict.fromkeys("〇○Ｏ", "0")
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_DAY = r"\d{1,2}|[一二三四五六七八九十廿卅]{1,3}"
_DATE = re.compile(
    rf"(?<![\d{_FIGURES}])(?P<year>(?:1[89]|20)\d\d|[{_FIGURES}]{{4}})\s*年"
    rf"(?:\s*(?P<month>{_DAY})\s*月(?:\s*(?P<day>{_DAY})\s*[日号])?)?"
    r"|(?<![\d.])(?P<year2>(?:1[89]|20)\d\d)\s*(?P<mark>[-/.])\s*(?P<month2>\d{1,2})\s*(?P=mark)\s*(?P<day2>\d{1,2})(?!\d)"
    r"|(?<!\d)(?P<year3>(?:19|20)\d\d)(?P<month3>\d\d)(?P<day3>\d\d)(?!\d)"
    r"|(?<!\d)(?P<day4>\d{1,2})(?:st|nd|rd|th)?\s+(?P<month4>[A-Za-z]{3})[a-z]*\.?,?\s+(?P<year4>(?:18|19|20)\d\d)(?!\d)"
    r"|\b(?P<month5>[A-Za-z]{3})[a-z]*\.?\s+(?P<day5>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year5>(?:18|19|20)\d\d)(?!\d)"
)


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date at `[start, end)` of a text."""

    iso: str  # YYYY-MM-DD, YYYY-MM or YYYY
    start: int
    end: int


def dates(text: str) -> Iterator[WrittenDate]:
    """Yield the dates in a text in their order; what is no date of the calendar is none."""
    plain = text if text.isascii() else _narrow(text)
    for match in _DATE.finditer(plain):
        parts = {name.rstrip("2345"): value for name, value in match.groupdict().items() if value}
        iso = _iso(parts["year"], parts.get("month", ""), parts.get("day", ""))
        if iso:
            yield WrittenDate(iso, *match.span())


def date_in(text: str, *, whole: bool = True) -> str:
    """Return the first date in a text; "" where there is none. With `whole` only one down to the day counts.

    >>> date_in("二〇二四年三月五日"), date_in("5 March 2024"), date_in("2024年3月"), date_in("2024年3月", whole=False)
    ('2024-03-05', '2024-03-05', '', '2024-03')
    """
    return next((d.iso for d in dates(text) if len(d.iso) == 10 or not whole), "")


def _narrow(text: str) -> str:
    """Write full-width figures as ASCII, one character for each."""
    return "".join(unicodedata.normalize("NFKC", c) if "\uff0d" <= c <= "\uff19" else c for c in text)


def _iso(year: str, month: str, day: str) -> str:
    number = int("".join(_DIGITS.get(c, c) for c in year))
    if not month:
        return f"{number:04}"
    found = _MONTHS.get(month.lower(), 0) if month.isalpha() and month.isascii() else _small(month)
    if not 1 <= found <= 12:
        return ""
    if not day:
        return f"{number:04}-{found:02}"
    try:
        return date(number, found, _small(day)).isoformat()
    except ValueError:
        return ""


def _small(figures: str) -> int:
    """Return a number below 40 in Arabic or Chinese figures."""
    if figures.isascii():
        return int(figures)
    plain = figures.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = plain.partition("十")
    if not ten:
        return int("".join(_DIGITS.get(c, "") for c in plain) or 0)
    return 10 * int(_DIGITS.get(tens, "1")) + int(_DIGITS.get(ones, "0"))
