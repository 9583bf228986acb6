"""Paragraphs with ids of their own."""

import json
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.ingest.paragraphs import ingest


def write(path: Path, *rows: object, ascii_only: bool = False) -> Path:
    path.write_text("\n".join(json.dumps(r, ensure_ascii=ascii_only) for r in rows) + "\n", encoding="utf-8")
    return path


def test_ids_are_kept_and_spans_are_exact(tmp_path: Path) -> None:
    path = write(
        tmp_path / "p.jsonl",
        {"id": "a", "text": "第一段。", "title": "甲", "authors": ["张三"], "date": "2025", "section": "一"},
        {"id": 7, "text": "第二段。", "title": "甲", "authors": ["张三"], "date": "2025", "section": "二"},
        {"id": "c", "text": "无题的一段。"},
    )
    found = ingest(path, path.name)
    raw = path.read_text(encoding="utf-8")
    assert [p.id for p in found.paragraphs] == ["a", "7", "c"]
    assert all(raw[a:b] == p.text for p in found.paragraphs for a, b in p.spans)
    assert found.articles[0].sections == ("一", "二")
    assert [a.title_missing for a in found.articles] == [False, True]


def test_with_escapes_the_span_contains_the_text(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", {"id": "a", "text": "他说\n“好”"}, ascii_only=True)
    (p,) = ingest(path, path.name).paragraphs
    raw = path.read_text(encoding="utf-8")
    ((a, b),) = p.spans
    assert json.loads(f'"{raw[a:b]}"') == p.text


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('{"id": "a", "text": "甲"}\n{"id": "a", "text": "乙"}', "line 2: id 'a' stands twice"),
        ('{"id": "a"', "line 1 is no JSON"),
        ('{"id": "a", "txt": "甲"}', "line 1: expected an object with id and text"),
        ('["a"]', "line 1: expected an object"),
        ('{"id": "a", "text": " "}', "line 1: text is empty"),
        ('{"id": "", "text": "甲"}', "line 1: expected an object with id and text"),
        ('{"id": true, "text": "甲"}', "line 1: expected an object with id and text"),
        ('{"id": "a", "text": "甲", "authors": [1]}', "line 1: authors is"),
        ('{"id": "a", "text": "\\ud800"}', "line 1: text holds half a surrogate pair"),
        ("[" * 9000, "line 1 is no JSON"),
    ],
)
def test_mistakes_name_their_line(tmp_path: Path, lines: str, message: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        ingest(path, path.name)
