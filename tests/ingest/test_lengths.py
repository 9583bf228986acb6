"""A paragraph that is too long is cut where a sentence ends; nothing is lost, and no number is cut."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingest import lengths
from rag.ingest.lengths import LONGEST_PARAGRAPH, cut_long, spans_of
from rag.ingest.paragraphs import ingest
from rag.schema import sub_spans

SENTENCE = "数字经济是引领未来的新经济形态，规模达到3.1亿元。"


def test_a_page_without_line_ends_is_cut_at_sentences(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(SENTENCE * 2000, encoding="utf-8")
    found = ingest(path, "a.txt").paragraphs
    assert "".join(p.text for p in found) == SENTENCE * 2000
    assert len(found) == -(-len(SENTENCE) * 2000 // (LONGEST_PARAGRAPH // len(SENTENCE) * len(SENTENCE)))
    assert all(p.text.startswith("数字") and p.text.endswith("。") and len(p.text) <= LONGEST_PARAGRAPH for p in found)
    assert all(path.read_text(encoding="utf-8")[slice(*p.spans[0])] == p.text for p in found)
    assert len({p.id for p in found}) == len(found)


def test_a_paragraph_that_is_not_too_long_stays_whole() -> None:
    assert cut_long("。" * LONGEST_PARAGRAPH) == [(0, LONGEST_PARAGRAPH)]


@pytest.mark.parametrize("unit", ["3.1亿元", "3.1亿，", "3,100 ", "三亿一千万 ", "增长", "word "])
def test_no_number_is_cut_and_no_word(unit: str) -> None:
    text = unit * 3000
    for start, end in cut_long(text)[:-1]:
        assert end - start <= LONGEST_PARAGRAPH
        assert text[:end].endswith(unit) or unit == "增长"


@settings(deadline=None)
@given(st.text(alphabet="人工。，12. \na“”", max_size=80))
def test_nothing_but_blanks_is_left_out(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lengths, "LONGEST_PARAGRAPH", 10)
        found = cut_long(text)
    assert all(0 < b - a <= 10 for a, b in found if text)
    assert "".join("".join(text[a:b] for a, b in found).split()) == "".join(text.split())


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), min_size=1, max_size=8), st.data())
def test_pieces_lie_where_they_stand_in_the_source(sizes: list[tuple[int, int]], data: st.DataObject) -> None:
    spans, at = [], 0
    for size, gap in sizes:
        spans.append((at + gap, at + gap + size))
        at += gap + size
    length = sum(size for size, _ in sizes)
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, length - 1)), max_size=4)) - {length})
    pieces = list(zip([0, *cuts], [*cuts, length], strict=True))
    assert list(spans_of(pieces, spans)) == [sub_spans(tuple(spans), a, b) for a, b in pieces]
