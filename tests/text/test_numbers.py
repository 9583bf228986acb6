"""Numbers in Arabic and Chinese figures meet."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.numbers import chinese_value, numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("约75%的时间", ["75%"]),
        ("百分之七十五", ["75%"]),
        ("百分之75", ["75%"]),
        ("百分之五", ["5%"]),
        ("百分之三点五", ["3.5%"]),
        ("3.1亿、2.2亿", ["310000000", "220000000"]),
        ("三亿一千万人", ["310000000"]),
        ("三点一亿", ["310000000"]),
        ("1,234.50元", ["1234.5"]),
        ("690多座城市", ["690"]),
        ("二〇二四年", ["2024"]),
        ("二十届三中全会", ["20"]),
        ("一百零五", ["105"]),
        ("十五万", ["150000"]),
        ("两千二百", ["2200"]),
        ("两千二", ["2200"]),
        ("两千零二", ["2002"]),
        ("三万五", ["35000"]),
        ("二十二", ["22"]),
        ("一亿零五万", ["100050000"]),
        ("一万亿", ["1000000000000"]),
        ("三万四万", []),
        ("5万亿", ["5000000000000"]),
        ("十四五规划", []),
        ("千万不要", []),
        ("万一", []),
        ("一是加强", []),
        ("三四十年", []),
        ("没有数字", []),
    ],
)
def test_numbers(text: str, found: list[str]) -> None:
    assert [n.canonical for n in numbers(text)] == found


def test_places() -> None:
    (number,) = numbers("达到百分之七十五以上")
    assert (number.start, number.end, number.is_percent) == (2, 8, True)


def written(n: int) -> str:
    """Write a number under 10,000 in Chinese, by the schoolbook."""
    text, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // unit % 10
        if digit:
            text += "零" * (zero and bool(text)) + "零一二三四五六七八九"[digit] + name
            zero = False
        else:
            zero = True
    return text


@given(st.integers(1, 9999), st.integers(0, 9999))
def test_every_number_is_read_as_it_is_written(high: int, low: int) -> None:
    assert chinese_value(written(high)) == high
    gap = "零" if 0 < low < 1000 else ""
    assert chinese_value(f"{written(high)}万{gap}{written(low)}") == Decimal(high * 10_000 + low)
