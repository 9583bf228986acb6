"""Public formats become test sets with a corpus and a card."""

import json
import lzma
from pathlib import Path

import pytest

from eval.gold import load_set
from rag.cli import main

TEXT = "茶叶研究所成立于1987年。"
ANSWERED = {"id": "1", "question": "哪一年成立？", "answers": [{"text": "1987年", "answer_start": 8}]}
SQUAD = {"data": [{"paragraphs": [{"context": TEXT, "qas": [ANSWERED]}]}]}


def adapt(*arguments: object) -> int:
    return main(["eval", "adapt", *map(str, arguments), "--licence", "CC0", "--labelled-by", "nobody"])


def lines(path: Path, *rows: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_squad(tmp_path: Path) -> None:
    english = json.loads(json.dumps(SQUAD).replace(json.dumps("哪一年成立？")[1:-1], "When was it founded?"))
    source = lines(tmp_path / "x.zh.json", SQUAD)
    asked = lines(tmp_path / "x.en.json", english)
    assert adapt("squad", source, asked, "--out", tmp_path / "out") == 0
    made = load_set(tmp_path / "out" / "x.jsonl")
    (question,) = made.questions
    assert (question.question, question.lang, question.facts) == ("When was it founded?", "en", (("1987年",),))
    assert question.relevant[0].paragraph == "0"
    assert made.card.source == "x.zh.json x.en.json"
    assert made.corpus is not None
    assert json.loads(made.corpus.read_text(encoding="utf-8")) == {"id": "0", "text": TEXT}


def test_rgb(tmp_path: Path) -> None:
    passages = {"positive": [["甲是 一"], ["乙是二"]], "negative": ["丙"]}
    row = {"id": 7, "query": "甲和乙各多少？", "answer": [["一", "1"], "二"], **passages}
    assert adapt("rgb", lines(tmp_path / "int.json", row), "--out", tmp_path) == 0
    (question,) = load_set(tmp_path / "int.jsonl").questions
    assert question.facts == (("一", "1"), ("二",))
    assert [r.paragraph for r in question.relevant] == ["0", "1"]


def test_beir(tmp_path: Path) -> None:
    folder = tmp_path / "beir"
    lines(
        folder / "corpus.jsonl",
        {"_id": "d1", "title": "题", "text": TEXT},
        {"_id": "d2", "title": "", "text": "别的。"},
    )
    lines(folder / "queries.jsonl", {"_id": "q1", "text": "哪一年？"}, {"_id": "q2", "text": "没有"})
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n", encoding="utf-8")
    assert adapt("beir", folder, "--out", tmp_path / "out", "--name", "b") == 0
    (question,) = load_set(tmp_path / "out" / "b.jsonl").questions
    assert (question.id, [r.paragraph for r in question.relevant]) == ("q1", ["d1"])


def test_trec(tmp_path: Path) -> None:
    with lzma.open(tmp_path / "c.jsonl.xz", "wt", encoding="utf-8") as out:
        out.write(json.dumps({"id": 5, "text": TEXT, "name": "法"}) + "\n")
    (tmp_path / "topics.tsv").write_text("1\t哪一年？\n2\t没有\n", encoding="utf-8")
    (tmp_path / "qrels").write_text("1 0 5 1\n2 0 99 1\n", encoding="utf-8")
    assert (
        adapt(
            "trec",
            tmp_path / "c.jsonl.xz",
            tmp_path / "topics.tsv",
            tmp_path / "qrels",
            "--out",
            tmp_path,
            "--name",
            "t",
        )
        == 0
    )
    made = load_set(tmp_path / "t.jsonl")
    assert [q.id for q in made.questions] == ["1"]
    assert main(["eval", "run", str(made.path), "--out", str(tmp_path / "run")]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["nonsense", "x"], 2, "expected one of squad, beir, rgb, trec"),
        (["squad", "a", "b", "c"], 2, "takes 2 paths"),
        (["trec", "a"], 2, "takes 3 paths"),
        (["rgb", "absent.json"], 1, "can't be read"),
        (["squad", "absent.json"], 1, "not in SQuAD's format"),
        (["rgb", "wrong.json"], 1, "not in the format rgb"),
        (["rgb", "wrong.json", "--every", "0"], 2, "--every is 0"),
    ],
)
def test_what_does_not_fit_is_told(
    arguments: list[str],
    code: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    lines(tmp_path / "wrong.json", {"id": 1})
    assert adapt(*arguments, "--out", tmp_path / "out") == code
    assert told in capsys.readouterr().err
