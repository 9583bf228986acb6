"""Dates in the forms in which documents write them."""

import pytest

from rag.text.dates import date_in, dates


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024年3月5日", "2024-03-05"),
        ("二〇二四年十二月三十一日", "2024-12-31"),
        ("二○二四年三月五日", "2024-03-05"),
        ("一九九六年一月二十五日", "1996-01-25"),
        ("２０２４－０３－０５", "2024-03-05"),
        ("2024.3.5", "2024-03-05"),
        ("2024/03/05 09:12", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("March 5th, 2024", "2024-03-05"),
        ("12 Jan 1999", "1999-01-12"),
        ("2024年3月", "2024-03"),
        ("2024年", "2024"),
        ("2024年2月30日", ""),
        ("2024.13.45", ""),
        ("第20240305123号", ""),
        ("12345年", ""),
    ],
)
def test_a_date_is_brought_to_one_form(text: str, iso: str) -> None:
    assert date_in(text, whole=False) == iso
    assert date_in(text) == (iso if len(iso) == 10 else "")


def test_places_are_those_of_the_text() -> None:
    text = "自２０２５年６月１日起施行，2020年7月5日的同时废止。"
    assert [text[d.start : d.end] for d in dates(text)] == ["２０２５年６月１日", "2020年7月5日"]
