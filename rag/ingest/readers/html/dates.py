"""Read the date in a value that a page gives, as YYYY-MM-DD."""

import re
from datetime import date

__all__ = ["date_in"]

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_NUMBERS = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)|(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)"
)
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3})[a-z]*\.?,?\s+((?:19|20)\d\d)", re.I)
_MONTH_FIRST = re.compile(r"\b([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)", re.I)


def date_in(value: str) -> str:
    """Return the first date in a value; empty where there is none."""
    if match := _NUMBERS.search(value):
        found = [int(group) for group in match.groups() if group]
        return _checked(*found)
    if match := _DAY_FIRST.search(value):
        return _checked(int(match[3]), _MONTHS.get(match[2].lower(), 0), int(match[1]))
    if match := _MONTH_FIRST.search(value):
        return _checked(int(match[3]), _MONTHS.get(match[1].lower(), 0), int(match[2]))
    return ""


def _checked(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
