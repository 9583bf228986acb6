"""Half a surrogate pair, wherever it comes from, is a blank or one clear line, never a traceback."""

import json
import os
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.cli import main
from rag.errors import QuestionError, SourceError
from rag.ingest.paragraphs import ingest
from rag.markers import drafted_sentences
from rag.schema import Turn

HALF = "\ud83d"


def test_in_a_question_and_in_what_went_before(assistant: Assistant) -> None:
    answer = assistant.ask(f"数字经济{HALF}如何影响消费？", [Turn(f"什么是{HALF}数字经济？", f"它{HALF}")])
    assert answer.status == "answered"
    follow = assistant.ask("还有呢？", [Turn(f"数字经济{HALF}如何影响消费？", f"{HALF}")])
    for found in (answer, follow):
        json.dumps(found.to_json(), ensure_ascii=False).encode()
    with pytest.raises(QuestionError, match="is empty"):
        assistant.ask(HALF)


def test_in_a_draft() -> None:
    (sentence,) = drafted_sentences([f"甲{HALF}是乙。[1]"])
    assert sentence.text == "甲\ufffd是乙。"


@pytest.mark.parametrize("field", ["id", "text", "title", "date", "section", "authors"])
def test_in_a_row(tmp_path: Path, field: str) -> None:
    row = {"id": "1", "text": "一段。"} | {field: [HALF] if field == "authors" else HALF}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(SourceError, match=f"line 1: {field} holds half a surrogate pair"):
        ingest(path, "a.jsonl")


def test_in_a_sidecar(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一段。", encoding="utf-8")
    (tmp_path / "a.toml").write_text('date = "\\ud83d"', encoding="utf-8")
    with pytest.raises(SourceError, match=r"a\.toml is no valid TOML"):
        ingest(tmp_path / "a.txt", "a.txt")


def test_in_utf_16(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeff一段".encode("utf-16-le") + b"\x3d\xd8" + "。".encode("utf-16-le"))
    with pytest.raises(SourceError, match="begins as utf-16 but byte"):
        ingest(path, "a.txt")


@pytest.mark.parametrize("name", [b"\xff.txt", b"\xff/a.txt"])
def test_in_the_name_of_a_file(tmp_path: Path, name: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/in/" + name))
    path.parent.mkdir(parents=True)
    path.write_text("一段。", encoding="utf-8")
    with pytest.raises(SourceError, match="rename the file"):
        ingest(path, path.name)
    assert main(["index", str(path.parent), "--library", str(tmp_path / "library")]) == 1
    told = capsys.readouterr().err.strip().splitlines()
    assert "rename the file" in told[-1]
    assert not any("Traceback" in line for line in told)
