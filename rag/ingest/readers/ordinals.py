"""Write a number in the formats in which Word counts (ISO 29500-1, 17.18.59 ST_NumberFormat)."""

from collections.abc import Callable

__all__ = ["chinese", "write_number"]

_DIGITS = "零一二三四五六七八九"
_LEGAL_SIMPLIFIED = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = zip(
    (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "M CM D CD C XC L XL X IX V IV I".split(), strict=True
)
_ROMAN_PARTS = tuple(_ROMAN)
_ONES = (
    "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen "
    "Seventeen Eighteen Nineteen"
).split()
_TENS = "_ _ Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety".split()
_FIRST = (
    "Zeroth First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth Thirteenth Fourteenth "
    "Fifteenth Sixteenth Seventeenth Eighteenth Nineteenth"
).split()


def chinese(number: int, digits: str = _DIGITS, places: str = "十百千", *, short_ten: bool = True) -> str:
    """Write a number below 100,000 as it is counted: 十一, 二十, 一百零五; `short_ten` leaves 一 out before 十."""
    if number >= 10_000:
        rest = number % 10_000
        zero = digits[0] if 0 < rest < 1000 else ""
        high = chinese(number // 10_000, digits, places, short_ten=short_ten)
        return high + "万" + zero + (chinese(rest, digits, places, short_ten=False) if rest else "")
    written, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            one_left_out = short_ten and place == 1 and digit == 1 and not written
            written += (digits[0] if gap and written else "") + ("" if one_left_out else digits[digit])
            written += places[place - 1] if place else ""
        gap = not digit
    return written or digits[0]


def _digit_by_digit(number: int, zero: str) -> str:
    return "".join(zero if c == "0" else _DIGITS[int(c)] for c in str(number))


def _counted(number: int) -> str:
    """Write as Word's plain Chinese counting: with 十 below a hundred, digit by digit above."""
    return chinese(number) if number < 100 else _digit_by_digit(number, "○")


def _letters(number: int) -> str:
    """Write A … Z, AA, BB … as Word counts, the letter repeated."""
    return chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else str(number)


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN_PARTS:
        written += letters * (number // value)
        number %= value
    return written


def _run_of(first: int, count: int) -> Callable[[int], str]:
    """Return a format whose characters follow each other from the code point `first`, digits beyond."""
    return lambda n: chr(first + n - 1) if 0 < n <= count else str(n)


def _circled(number: int) -> str:
    for first, start, last in ((0x2460, 1, 20), (0x3251, 21, 35), (0x32B1, 36, 50)):
        if start <= number <= last:
            return chr(first + number - start)
    return str(number)


def _words(number: int) -> str:
    if number < 20:
        return _ONES[number]
    return (
        _TENS[number // 10] + (f"-{_ONES[number % 10].lower()}" if number % 10 else "") if number < 100 else str(number)
    )


def _ordinal_words(number: int) -> str:
    if number < 20:
        return _FIRST[number]
    if number >= 100:
        return _ordinal(number)
    tens = _TENS[number // 10]
    return f"{tens}-{_FIRST[number % 10].lower()}" if number % 10 else f"{tens[:-1]}ieth"


def _ordinal(number: int) -> str:
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda n: signs[(n - 1) % len(signs)] if n > 0 else str(n)


_WRITERS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda n: f"{n:02d}",
    "numberInDash": lambda n: f"- {n} -",
    "ordinal": _ordinal,
    "ordinalText": _ordinal_words,
    "cardinalText": _words,
    "hex": lambda n: f"{n:X}",
    "upperRoman": _roman,
    "lowerRoman": lambda n: _roman(n).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda n: _letters(n).lower(),
    "decimalFullWidth": lambda n: "".join(chr(ord(c) - 0x30 + 0xFF10) for c in str(n)),
    "decimalFullWidth2": lambda n: "".join(chr(ord(c) - 0x30 + 0xFF10) for c in str(n)),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _run_of(0x2474, 20),
    "decimalEnclosedFullstop": _run_of(0x2488, 20),
    "ideographEnclosedCircle": _run_of(0x3280, 10),
    "chineseCounting": _counted,
    "taiwaneseCounting": _counted,
    "japaneseCounting": chinese,
    "chineseCountingThousand": chinese,
    "taiwaneseCountingThousand": chinese,
    "koreanCounting": chinese,
    "ideographDigital": lambda n: _digit_by_digit(n, "〇"),
    "taiwaneseDigital": lambda n: _digit_by_digit(n, "○"),
    "japaneseDigitalTenThousand": lambda n: _digit_by_digit(n, "〇"),
    "chineseLegalSimplified": lambda n: chinese(n, _LEGAL_SIMPLIFIED, "拾佰仟", short_ten=False),
    "ideographLegalTraditional": lambda n: chinese(n, _LEGAL_TRADITIONAL, "拾佰仟", short_ten=False),
    "japaneseLegal": lambda n: chinese(n, _LEGAL_TRADITIONAL, "拾佰仟", short_ten=False),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "ideographZodiacTraditional": lambda n: _cycle(_STEMS)(n) + _cycle(_BRANCHES)(n),
    "chicago": lambda n: "*†‡§"[(n - 1) % 4] * ((n - 1) // 4 % 9 + 1) if n > 0 else str(n),
    "bullet": lambda _: "",
    "none": lambda _: "",
}
_MOST = 99_999  # above it every format writes digits: nobody counts so far, and a broken file may


def write_number(number: int, number_format: str, pattern: str = "") -> str:
    """Write a number in a format of Word; `pattern` is that of its custom format: "001, 002, 003, ...".

    An unknown format writes digits, as Word does.
    """
    if number_format == "custom":
        return str(number).zfill(len(pattern.split(",")[0].strip()) if pattern[:1] == "0" else 1)
    if not 0 <= number <= _MOST:
        return str(number)
    return _WRITERS.get(number_format, str)(number)
