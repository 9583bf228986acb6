"""What an article holds can't give orders to the terminal."""

import io
import json
from pathlib import Path

import pytest

from rag.cli import main
from rag.terminal import PrintableStream, printable

ORDERS = "\x1b]0;owned\x07\x1b[2J\x9b31m\x7f\u202e\u2066"


def test_control_characters_are_written_out() -> None:
    assert printable("a\tb\nc") == "a\tb\nc"
    assert printable("\x1b[2J\r\x9b\u202e\ud800") == r"\u001b[2J\u000d\u009b\u202e\ud800"
    assert printable("人口 👨\u200d👩 é") == "人口 👨\u200d👩 é"


def test_json_stays_the_same_json() -> None:
    stream = io.StringIO()
    print(json.dumps({"text": ORDERS + "\ud800"}, ensure_ascii=False), file=PrintableStream(stream))
    assert json.loads(stream.getvalue()) == {"text": ORDERS + "\ud800"}
    assert printable(stream.getvalue()) == stream.getvalue()


@pytest.mark.parametrize("as_json", [[], ["--json"]])
@pytest.mark.parametrize("command", ["ask", "search"])
def test_no_command_sends_an_order_of_an_article(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, as_json: list[str]
) -> None:
    (tmp_path / "articles").mkdir()
    text = f"葡萄{ORDERS}的产量是七千吨。"
    (tmp_path / "articles" / "葡萄.md").write_text(f"# 葡萄{ORDERS}\n\n{text}\n", encoding="utf-8")
    library = ["--library", str(tmp_path / "library")]
    assert main(["index", str(tmp_path / "articles"), *library]) == 0
    assert main([command, "葡萄的产量是多少？\x1b[31m", *as_json, *library]) == 0
    captured = capsys.readouterr()
    assert "七千吨" in captured.out
    for stream in (captured.out, captured.err):
        assert printable(stream) == stream
