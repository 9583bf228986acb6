"""The commands, as others call them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rag.cli import main
from rag.config import Settings
from tests.conftest import PAGE, ROOT, SEEDS

QUESTION = "2024年我国60岁及以上人口有多少？"


@pytest.fixture
def library(seed_settings: Settings) -> list[str]:
    return ["--library", str(seed_settings.library)]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    out = capsys.readouterr()
    return code, out.out, out.err


def test_ask_prints_the_answer_with_its_source(capsys: pytest.CaptureFixture[str], library: list[str]) -> None:
    code, out, _ = run(capsys, "ask", QUESTION, *library)
    assert code == 0
    assert "3.1亿、2.2亿。[1]" in out
    assert "[1] 刘奕，《把握宜居城市建设着力点》，找准生活性服务业发展重点" in out


def test_ask_json_is_the_contract(capsys: pytest.CaptureFixture[str], library: list[str]) -> None:
    code, out, _ = run(capsys, "ask", QUESTION, "--json", *library)
    answer = json.loads(out)
    assert code == 0
    assert set(answer) == {
        "question", "searched_for", "status", "reason", "sentences", "nearest", "notices", "evidence", "library",
        "generator", "seconds"
    }  # fmt: skip
    assert answer["status"] == "answered"
    assert answer["generator"] == "extractive"
    sentence = answer["sentences"][0]
    assert set(sentence) == {"text", "status", "support", "citations", "focus"}
    assert set(sentence["citations"][0]) == {
        "paragraph", "article", "authors", "section", "quote", "start", "end", "source", "spans",
        "date", "context", "page",
    }  # fmt: skip
    assert set(answer["evidence"][0]) == {"paragraph", "rank", "score", "text"}
    assert set(answer["seconds"]) == {"retrieve", "answer"}


def test_a_refusal_is_done(capsys: pytest.CaptureFixture[str], library: list[str]) -> None:
    code, out, _ = run(capsys, "ask", "今天北京天气怎么样？", *library)
    assert code == 0
    assert "文章没有回答这个问题" in out
    assert "not an answer" in out


def test_ask_batch(capsys: pytest.CaptureFixture[str], library: list[str], tmp_path: Path) -> None:
    rows = [
        {"id": 1, "question": QUESTION, "tag": "x"},
        {"id": "b", "question": " "},
        {"id": "c", "question": "怎样做红烧肉"},
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    code, _, _ = run(
        capsys, "ask", "--batch", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl"), *library
    )
    out = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert code == 1
    assert [(o["id"], o["status"]) for o in out] == [(1, "answered"), ("b", "error"), ("c", "refused")]
    assert "empty" in out[1]["error"]
    assert not list(tmp_path.glob("*.partial"))


def test_a_question_of_a_batch_may_have_a_history(
    capsys: pytest.CaptureFixture[str], library: list[str], tmp_path: Path
) -> None:
    row = {"id": 1, "question": "那65岁及以上呢？", "history": [QUESTION]}
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps(row), encoding="utf-8")
    code, _, _ = run(capsys, "ask", "--batch", str(source), "--out", str(target), *library)
    assert code == 0
    assert json.loads(target.read_text(encoding="utf-8"))["searched_for"] == "2024年我国65岁及以上人口有多少？"
    source.write_text(json.dumps({**row, "history": "x"}), encoding="utf-8")
    code, _, err = run(capsys, "ask", "--batch", str(source), "--out", str(target), *library)
    assert code == 2
    assert "list of questions" in err


def test_search_and_its_batch(capsys: pytest.CaptureFixture[str], library: list[str], tmp_path: Path) -> None:
    code, out, _ = run(capsys, "search", QUESTION, "--json", "-k", "3", *library)
    evidence = json.loads(out)["evidence"]
    assert code == 0
    assert [e["rank"] for e in evidence] == [1, 2, 3]
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": "q", "question": QUESTION}), encoding="utf-8")
    code, _, _ = run(
        capsys, "search", "--batch", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "o.jsonl"), "-k", "3", *library
    )
    (row,) = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()]
    assert row["id"] == "q"
    assert [e["paragraph"] for e in row["evidence"]] == [e["paragraph"] for e in evidence]
    assert set(row["evidence"][0]) == {"paragraph", "rank", "score"}


def test_show_a_paragraph_with_its_neighbours(capsys: pytest.CaptureFixture[str], library: list[str]) -> None:
    code, out, _ = run(capsys, "show", "000_9bd7b7ee794945c4.937c70c2", *library)
    assert code == 0
    assert "7858–7918 7920–8105" in out
    assert "一是优化城市社区服务" in out
    assert "三是补齐新市民" in out
    code, _, err = run(capsys, "show", "nothing", *library)
    assert (code, "no paragraph 'nothing'" in err) == (2, True)


def test_show_what_a_source_became(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show", "--source", str(PAGE))
    assert code == 0
    assert "article 2: 数字经济（原题缺，暂拟）  杜庆昊" in out
    assert "body ← 15" in out
    assert "imprint" in out
    assert len(out.splitlines()) == 1 + 3 + 1 + 59  # a note, the articles, the column of one, the blocks


def test_check_finds_a_sound_library_sound(capsys: pytest.CaptureFixture[str], library: list[str]) -> None:
    code, out, _ = run(capsys, "check", *library)
    assert code == 0
    assert "39 paragraphs in 1 segment, all with vectors" in out
    assert "39 found word for word in 1 of 1 sources" in out


def test_index_updates_and_says_what_it_did(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    shutil.copytree(SEEDS, folder)
    code, out, err = run(capsys, "index", str(folder), "--library", str(tmp_path / "l"))
    assert code == 0
    assert "39 paragraphs of 3 articles from 1 sources (1 read, 0 unchanged; 39 paragraphs embedded)" in out
    assert "headline" in err
    _, out, _ = run(capsys, "index", str(folder), "--library", str(tmp_path / "l"))
    assert "(0 read, 1 unchanged; 0 paragraphs embedded)" in out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["ask", ""], 2, "the question is empty"),
        (["ask", "问" * 1_000_000], 2, "1,000,000 characters"),
        (["ask"], 2, "give a question"),
        (["ask", "x", "--batch", "y"], 2, "give a question"),
        (["ask", "x", "--generator", "magic"], 2, "generator 'magic' is unknown"),
        (["ask", "x", "--passages", "0"], 2, "expected 1 to 100"),
        (["ask", "x", "--seeds", "none"], 1, "no library in"),
        (["ask", "--batch", "none.jsonl", "--out", "o"], 2, "can't be read"),
        (["search", "x", "-k", "0"], 2, "-k is 0"),
        (["index", "none"], 1, "none does not exist"),
        (["check"], 1, "no library in"),
        (["show"], 2, "give the id"),
        (["show", "--source", "none.txt"], 1, "can't be read"),
        (["train", "none", "--out", "m", "--epochs", "0"], 2, "--epochs is 0"),
    ],
)
def test_mistakes_give_one_line_and_a_code(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    if "--batch" in arguments and "--out" in arguments:
        arguments = [*arguments, "--seeds", str(SEEDS)]
    monkeypatch.chdir(tmp_path)
    found, out, err = run(capsys, *arguments)
    lines = [line for line in err.splitlines() if line.startswith("yinju: ")]
    assert found == code
    assert not out
    assert len(lines) == 1
    assert message in lines[0]


def test_a_batch_with_a_bad_line_writes_nothing(
    capsys: pytest.CaptureFixture[str], library: list[str], tmp_path: Path
) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": 1, "question": "x"}\n{"id": 2}\n', encoding="utf-8")
    code, _, err = run(capsys, "ask", "--batch", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "o"), *library)
    assert code == 2
    assert "line 2: expected an object with id and question" in err
    assert not (tmp_path / "o").exists()


def test_unknown_flags_and_commands_exit_with_2() -> None:
    for arguments in (["--nonsense"], ["fly"], []):
        done = subprocess.run([sys.executable, "-m", "rag.cli", *arguments], capture_output=True, check=False, cwd=ROOT)
        assert done.returncode == 2


def test_the_library_is_built_on_first_use(tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds")
    done = subprocess.run(
        [sys.executable, "-m", "rag.cli", "ask", QUESTION], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "3.1亿" in done.stdout
    assert "(first use)" in done.stderr
    assert (tmp_path / ".yinju" / "library" / "current").is_file()


def test_models_are_listed_checked_and_measured(capsys: pytest.CaptureFixture[str], library: list[str]) -> None:
    code, out, _ = run(capsys, "models")
    assert code == 0
    assert out.startswith("bundled ")
    code, out, _ = run(capsys, "models", "check", "bundled")
    assert code == 0
    assert "bundled: sound." in out
    code, out, _ = run(capsys, "models", "measure", "bundled", *library)
    assert code == 0
    assert "find the rest of their paragraph first" in out
    code, _, err = run(capsys, "models", "check", "nobody/no-such-model")
    assert code == 1
    assert "can't be loaded" in err
    code, _, err = run(capsys, "models", "list", "bundled")
    assert code == 2
    assert "yinju models check bundled" in err
