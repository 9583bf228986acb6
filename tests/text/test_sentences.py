"""Sentences of Chinese and English text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("甲说。乙问？丙叹！", ["甲说。", "乙问？", "丙叹！"]),
        ("他说：“好。我去。”然后走了。", ["他说：“好。我去。”", "然后走了。"]),
        ("他说：“好。”大家鼓掌。", ["他说：“好。”", "大家鼓掌。"]),
        ("这是引文。”另一句。", ["这是引文。”", "另一句。"]),
        ("分别达3.1亿、2.2亿。到2035年。", ["分别达3.1亿、2.2亿。", "到2035年。"]),
        ("没有句号的一段", ["没有句号的一段"]),
        ("Mr. Smith came. He said 3.5% of U.S. firms left.", ["Mr. Smith came.", "He said 3.5% of U.S. firms left."]),
        ("（作者系研究员）", ["（作者系研究员）"]),
        ("等等……后来。", ["等等……", "后来。"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_split(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@given(st.text(st.sampled_from("甲乙。！？“”（）. aA3…\n"), max_size=80))
def test_nothing_but_blanks_is_lost_and_order_is_kept(text: str) -> None:
    spans = sentence_spans(text)
    assert spans == sorted(spans)
    assert all(a < b for a, b in spans)
    kept = "".join(text[a:b] for a, b in spans)
    assert "".join(kept.split()) == "".join(text.split())
