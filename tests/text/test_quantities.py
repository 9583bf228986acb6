"""One quantity in many writings; what is a limit is none the less."""

from decimal import Decimal

import pytest

from rag.text.folding import fold
from rag.text.quantities import Limit, quantities, same_quantity


@pytest.mark.parametrize(
    ("text", "value", "kind", "limit"),
    [
        ("不超过3个工作日", 3, "working day", Limit.AT_MOST),
        ("自受理之日起20日内办结", 20 * 1440, "time", Limit.WITHIN),
        ("within 30 working days", 30, "working day", Limit.WITHIN),
        ("半年", 6, "month", Limit.EXACT),
        ("一周", 7 * 1440, "time", Limit.EXACT),
        ("两名以上执法人员", 2, "person", Limit.AT_LEAST),
        ("约1.2万元", 12_000, "yuan", Limit.ABOUT),
        ("12,000 yuan", 12_000, "yuan", Limit.EXACT),
        ("百分之五", 5, "per cent", Limit.EXACT),
        ("增长5.5个百分点", Decimal("5.5"), "point", Limit.EXACT),
        ("未满十四周岁", 14, "age", Limit.AT_MOST),
        ("no more than two weeks", 14 * 1440, "time", Limit.AT_MOST),
        ("15公里", 15_000, "metre", Limit.EXACT),
    ],
)
def test_a_quantity_has_a_value_a_kind_and_a_limit(text: str, value: Decimal, kind: str, limit: Limit) -> None:
    (found,) = quantities(fold(text))
    assert (found.value, found.kind, found.limit) == (value, kind, limit)


@pytest.mark.parametrize(
    ("text", "date"),
    [("2025年3月1日起施行", "2025-03-01"), ("March 1, 2025", "2025-03-01"), ("3月5日", "-03-05"), ("2024年", "2024")],
)
def test_a_date_is_one_quantity(text: str, date: str) -> None:
    (found,) = quantities(fold(text))
    assert (found.kind, found.date) == ("date", date)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("3.1亿", "31000万人", True),
        ("6个月", "半年", True),
        ("半小时", "30 minutes", True),
        ("2025年3月1日", "March 2025", True),
        ("3月1日", "2025年3月1日", True),
        ("5%", "5个百分点", False),
        ("3万户", "3万人", False),
        ("3个工作日", "3日", False),
        ("2024年", "2025年", False),
    ],
)
def test_which_quantities_are_the_same(one: str, other: str, *, same: bool) -> None:
    (a,), (b,) = quantities(fold(one)), quantities(fold(other))
    assert same_quantity(a, b) is same


@pytest.mark.parametrize("text", ["第三条", "一旦", "十四五规划", "万一"])
def test_what_counts_nothing_is_no_quantity(text: str) -> None:
    assert quantities(fold(text)) == []
