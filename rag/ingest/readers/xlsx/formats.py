"""Show a cell's number as Excel shows it: its number format applied, in a Chinese locale where it leaves that open."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

__all__ = ["BUILTIN", "show_number"]

# Numbers of formats that are not written in the file (ISO 29500-1, 18.8.30), those for Chinese among them.
BUILTIN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "General",
    13: "General", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"',
    30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00", 41: "#,##0", 42: '"¥"#,##0', 43: "#,##0.00", 44: '"¥"#,##0.00', 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@", 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"', 54: 'm"月"d"日"', 55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}  # fmt: skip

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<ampm>(?i:AM/PM|A/P)|上午/下午)'
    r"|(?P<general>General|G/通用格式)|(?P<exponent>E[+-]0+)|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|[aA]{3,4})"
    r"|(?P<digits>[0#?][0#?,.]*|\.[0#?]+)|(?P<percent>%)|(?P<text>@)|(?P<other>.)",
    re.DOTALL,
)
_ELAPSED = re.compile(r"[hHmMsS]+")
_CURRENCY = re.compile(r"\$([^-]*)")
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_SHOWN = frozenset({"literal", "general", "text"})
_WEEKDAYS = "一二三四五六日"
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MOST_DAYS = 2_958_465  # 9999-12-31
_LONGEST_FORMAT = 255  # characters, as in Excel


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def show_number(value: float | int, number_format: str, *, from_1904: bool = False) -> str:
    """Return the number as it is seen; what no rule here covers is shown as Excel shows it without a format."""
    sections = _sections(number_format[:_LONGEST_FORMAT])
    section, value = _choose(sections, value)
    kinds = {token.kind for token in section}
    if "date" in kinds or "elapsed" in kinds:
        return _show_date(value, section, from_1904)
    if "digits" not in kinds:
        if kinds <= {"literal"} and len(sections) > 1:
            return "".join(token.text for token in section).strip()
        shown = _general(value)
        parts = (token.text if token.kind == "literal" else shown for token in section if token.kind in _SHOWN)
        return "".join(parts).strip() or shown
    return _show_digits(value, section)


@lru_cache(maxsize=1000)
def _sections(number_format: str) -> tuple[tuple[_Token, ...], ...]:
    sections: list[list[_Token]] = [[]]
    for match in _TOKEN.finditer(number_format):
        kind = match.lastgroup or ""
        text = match[kind] if kind else ""
        if kind in ("quoted", "escaped"):
            sections[-1].append(_Token("literal", text))
        elif kind == "bracket":
            currency, condition = _CURRENCY.match(text), _CONDITION.fullmatch(text)
            if _ELAPSED.fullmatch(text):
                sections[-1].append(_Token("elapsed", text.lower()))
            elif condition:
                sections[-1].append(_Token("condition", text))
            elif currency and currency[1]:
                sections[-1].append(_Token("literal", currency[1]))
        elif kind == "other":
            if text == ";":
                sections.append([])
            else:
                sections[-1].append(_Token("literal", text))
        elif kind:
            sections[-1].append(_Token(kind, text))
    return tuple(tuple(section) for section in sections)


def _choose(sections: tuple[tuple[_Token, ...], ...], value: float | int) -> tuple[tuple[_Token, ...], float | int]:
    """Choose the section of a format for a number, and take the sign off where the section shows it itself."""
    numeric = [section for section in sections if not any(token.kind == "text" for token in section)] or list(sections)
    for section in numeric:
        for token in section:
            found = _CONDITION.fullmatch(token.text) if token.kind == "condition" else None
            if found and _holds(value, found[1], float(found[2])):
                return tuple(t for t in section if t.kind != "condition"), value
    plain = [section for section in numeric if not any(token.kind == "condition" for token in section)] or [()]
    if value < 0 and len(plain) > 1:
        return plain[1], -value
    if value == 0 and len(plain) > 2:
        return plain[2], value
    return plain[0], value


def _holds(value: float | int, sign: str, bound: float) -> bool:
    return {
        "<": value < bound, "<=": value <= bound, ">": value > bound,
        ">=": value >= bound, "=": value == bound, "<>": value != bound,
    }[sign]  # fmt: skip


def _general(value: float | int) -> str:
    """Write a number as Excel does without a format: up to eleven digits."""
    if isinstance(value, int) or value == int(value):
        whole = int(value)
        return str(whole) if abs(whole) < 10**11 else _short(f"{Decimal(whole):.5E}")
    if abs(value) >= 1e11:
        return _short(f"{value:.5E}")
    if abs(value) >= 1e-4:
        return f"{value:.{max(0, 10 - len(str(int(abs(value)))))}f}".rstrip("0").rstrip(".")
    return _short(f"{value:.5E}")


def _short(scientific: str) -> str:
    """Take the needless zeros out of 1.20000E+11."""
    mantissa, _, exponent = scientific.partition("E")
    sign, digits = exponent[0], exponent[1:].lstrip("0").zfill(2)
    return f"{mantissa.rstrip('0').rstrip('.')}E{sign}{digits}"


def _show_digits(value: float | int, section: tuple[_Token, ...]) -> str:
    try:
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        return str(value)
    exact *= Decimal(100) ** sum(token.kind == "percent" for token in section)
    exponent = next((token.text for token in section if token.kind == "exponent"), "")
    pattern = "".join(token.text for token in section if token.kind == "digits")
    whole, _, decimals = pattern.partition(".")
    thousands = sum(len(part) - len(part.rstrip(",")) for part in (whole, decimals))
    whole, decimals = whole.rstrip(","), decimals.rstrip(",")
    exact /= Decimal(1000) ** min(thousands, 5)
    parts = sum(token.kind == "digits" for token in section)
    if parts > 1 and any("/" in token.text for token in section if token.kind == "literal"):
        return _general(value)  # a fraction
    first = next(k for k, token in enumerate(section) if token.kind == "digits")
    number = _scientific(exact, decimals) if exponent else _fixed(exact, whole, decimals)
    minus, number = ("-", number[1:]) if number.startswith("-") else ("", number)
    shown = minus
    for k, token in enumerate(section):
        if token.kind == "literal":
            shown += token.text
        elif token.kind == "percent":
            shown += "%"
        elif k == first:
            shown += number
    return shown.strip()


def _fixed(number: Decimal, whole: str, decimals: str) -> str:
    places = sum(c in "0#?" for c in decimals)
    least = decimals.count("0")
    try:
        rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return f"{number:.5E}"
    text = f"{abs(rounded):f}"
    integer, _, fraction = text.partition(".")
    while len(fraction) > least and fraction.endswith("0"):
        fraction = fraction[:-1]
    integer = integer.lstrip("0").zfill(whole.count("0"))
    if "," in whole:
        head = len(integer) % 3
        groups = [integer[:head]] * bool(head) + [integer[k : k + 3] for k in range(head, len(integer), 3)]
        integer = ",".join(groups)
    shown = integer + ("." + fraction if fraction else "")
    return ("-" if rounded < 0 else "") + (shown or "0")


def _scientific(number: Decimal, decimals: str) -> str:
    mantissa, _, exponent = f"{number:.{sum(c in '0#?' for c in decimals)}E}".partition("E")
    return f"{mantissa}E{exponent[0]}{exponent[1:].zfill(2)}"


def _show_date(value: float | int, section: tuple[_Token, ...], from_1904: bool) -> str:
    if not 0 <= value < _MOST_DAYS:
        return _general(value)
    day = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 31 if value < 60 else 30)
    decimals = (token.text.partition(".")[2] for token in section if token.kind == "date")
    precise = max(decimals, key=len, default="")
    seconds = round(value * 86400, len(precise))
    moment = day + timedelta(seconds=seconds)
    twelve = any(token.kind == "ampm" for token in section)
    shown = ""
    for k, token in enumerate(section):
        if token.kind == "literal":
            shown += token.text
        elif token.kind == "elapsed":
            shown += str(int(seconds // {"h": 3600, "m": 60, "s": 1}[token.text[0]])).zfill(len(token.text))
        elif token.kind == "ampm":
            shown += token.text.split("/")[moment.hour >= 12]
        elif token.kind == "date":
            shown += _date_part(moment, token.text.lower(), _is_minute(section, k), twelve)
        elif token.kind == "digits":
            shown += token.text
    return shown.strip()


def _is_minute(section: tuple[_Token, ...], k: int) -> bool:
    """Say whether `m` means minutes: it stands after hours or before seconds."""
    dates = [n for n, token in enumerate(section) if token.kind in ("date", "elapsed")]
    place = dates.index(k)
    before = section[dates[place - 1]].text.lower() if place else ""
    after = section[dates[place + 1]].text.lower() if place + 1 < len(dates) else ""
    return before.startswith("h") or after.startswith("s")


def _date_part(moment: datetime, code: str, minute: bool, twelve: bool) -> str:
    first, length = code[0], len(code)
    if first == "y":
        return f"{moment.year:04d}" if length > 2 else f"{moment.year % 100:02d}"
    if first == "m" and minute:
        return f"{moment.minute:02d}" if length > 1 else str(moment.minute)
    if first == "m":
        name = _MONTHS[moment.month - 1]
        return (str(moment.month), f"{moment.month:02d}", name[:3], name, name[0])[min(length, 5) - 1]
    if first == "d":
        name = _DAYS[moment.weekday()]
        return (str(moment.day), f"{moment.day:02d}", name[:3], name)[min(length, 4) - 1]
    if first == "a":
        return ("周" if length == 3 else "星期") + _WEEKDAYS[moment.weekday()]
    if first == "h":
        hour = (moment.hour % 12 or 12) if twelve else moment.hour
        return str(hour).zfill(min(length, 2))
    whole, _, decimals = code.partition(".")
    fraction = f".{moment.microsecond:06d}"[: len(decimals) + 1] if decimals else ""
    return str(moment.second).zfill(min(len(whole), 2)) + fraction
