"""Runs: asked, interrupted, gone on with, judged, compared, reported; what is wrong is told and loses nothing."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from eval.compare import compare_runs
from eval.gold import GoldQuestion, Reference, save_set
from eval.report import as_csv, as_html, as_markdown
from eval.runs import answer_all, load_run, open_run
from eval.summary import summarised
from rag.cli import main
from rag.config import Settings
from rag.errors import EvaluationError, GeneratorError
from tests.eval.test_gold import CARD
from tests.generate.llm_server import serving

pytestmark = pytest.mark.slow  # each builds a library and asks it

ROWS = [
    {"id": "p1", "text": "2024年我国老年人口达3.1亿。发展养老服务是必然要求。"},
    {"id": "p2", "text": "消费是拉动经济增长的基础性力量。要大力提振消费。"},
    {"id": "p3", "text": "茶叶研究所成立于1987年，位于杭州。研究所有员工260人。"},
]


def asked(name: str, question: str, paragraph: str, fact: str, kind: str) -> GoldQuestion:
    return GoldQuestion(name, question, True, relevant=(Reference(paragraph),), facts=((fact,),), kind=kind)


QUESTIONS = [
    asked("aged", "2024年我国老年人口有多少？", "p1", "3.1亿", "amount"),
    asked("tea", "茶叶研究所是哪一年成立的？", "p3", "1987年", "time"),
    asked("staff", "茶叶研究所有多少员工？", "p3", "260人", "amount"),
    GoldQuestion("<b>", "火星上有<b>生命</b>吗？", answerable=False),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    corpus = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    (tmp_path / "corpus.jsonl").write_text(corpus, encoding="utf-8")
    return save_set(tmp_path / "set.jsonl", QUESTIONS, {**CARD, "corpus": "corpus.jsonl"}).path


def ask(path: Path, out: Path, *more: str) -> int:
    return main(["eval", "run", str(path), "--out", str(out), *more])


def test_a_run_is_made_and_says_what_made_it(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(path, tmp_path / "run") == 0
    assert "right" in capsys.readouterr().out
    run = load_run(tmp_path / "run")
    assert run.about["set"]["sha256"] == run.gold_set.card.sha256
    assert set(run.about["fingerprints"]) == {"library", "texts", "embedder", "generator"}
    assert run.about["versions"]["python"]
    figures = summarised(run).all.figures
    assert figures["right"].mean == 1
    assert figures["MRR"].mean == 1
    assert figures["support"].mean == 1


def test_an_interrupted_run_goes_on_where_it_ended(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert ask(path, out) == 0
    lines = (out / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0])
    first["seconds"] = 123.0  # to be known again
    cut = lines[1].encode()
    cut = cut[: cut.index("茶".encode()) + 1]  # inside a character
    (out / "answers.jsonl").write_bytes(json.dumps(first).encode() + b"\n" + cut)
    judged = (out / "judged.jsonl").read_bytes()
    (out / "judged.jsonl").write_bytes(judged[:-20])
    with pytest.raises(EvaluationError, match="3 of 4 questions are not asked; go on"):
        load_run(out)
    assert main(["eval", "report", str(out), "--out", str(tmp_path / "r.html")]) == 1
    assert ask(path, out) == 0
    run = load_run(out)
    assert run.results["aged"].seconds == 123.0
    assert summarised(run).all.figures["right"].mean == 1


def test_a_run_that_ended_at_its_start_goes_on(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert ask(path, out) == 0
    for name in ("run.json", "answers.jsonl", "judged.jsonl"):
        (out / name).unlink()
    assert ask(path, out) == 0
    assert summarised(load_run(out)).all.figures["right"].mean == 1


def test_a_folder_takes_one_run(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    assert ask(path, out) == 0
    assert ask(path, out, "--passages", "2") == 1
    assert "another settings: give a new folder" in capsys.readouterr().err
    assert ask(path, path.parent / "run2") == 0
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    assert ask(path, tmp_path / "full") == 1


def test_errors_are_counted_apart_and_asked_again(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from eval.gold import load_set

    out = tmp_path / "run"
    gold_set = load_set(path)
    assistant, done = open_run(out, gold_set, Settings())
    ask_assistant = assistant.ask

    def failing(question: str, history: object = ()) -> object:
        if "茶叶" in question:
            raise GeneratorError("the server is down: start it")
        return ask_assistant(question)

    monkeypatch.setattr(assistant, "ask", failing)
    answer_all(out, gold_set, assistant, done, progress=lambda rows, _what, _count: rows)
    summary = summarised(load_run(out))
    assert summary.errors == 2
    assert summary.all.figures["right"].mean == 2 / 4
    assert summary.all.figures["false refusal"].questions == 1  # errors are no refusals
    assert summary.all.figures["false refusal"].mean == 0
    assert "the server is down" in as_html(load_run(out), summary)
    monkeypatch.undo()
    assert ask(path, out) == 0  # only these two are asked again
    assert summarised(load_run(out)).errors == 0


def test_a_reference_that_the_library_lacks_is_told(tmp_path: Path, path: Path) -> None:
    wrong = replace(QUESTIONS[0], relevant=(Reference("p9"),))
    made = save_set(tmp_path / "wrong.jsonl", [wrong], {**CARD, "corpus": "corpus.jsonl"})
    with pytest.raises(EvaluationError, match="refers to 'p9', which the library does not hold"):
        open_run(tmp_path / "run", made, Settings())


def test_a_gate_turns_bounds_into_an_exit_code(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, unknown = (tmp_path / f"{name}.toml" for name in ("good", "bad", "unknown"))
    good.write_text("[right]\nmin = 0.9\n[p95]\nmax = 1e9\n[errors]\nmax = 0\n", encoding="utf-8")
    bad.write_text("['fact recall']\nmax = 0.5\n", encoding="utf-8")
    unknown.write_text("[colour]\nmin = 1\n", encoding="utf-8")
    assert ask(path, tmp_path / "run", "--gate", str(good)) == 0
    assert ask(path, tmp_path / "run", "--gate", str(bad)) == 1
    assert "gate: fact recall is 1.000, expected -inf to 0.5" in capsys.readouterr().out
    assert ask(path, tmp_path / "run", "--gate", str(unknown)) == 1
    unknown.write_text("right = 3", encoding="utf-8")
    assert ask(path, tmp_path / "run", "--gate", str(unknown)) == 1
    assert "is no gate" in capsys.readouterr().err


def test_two_runs_are_compared_question_by_question(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(path, tmp_path / "a") == 0
    assert ask(path, tmp_path / "b", "--passages", "2") == 0
    rows = [json.loads(line) for line in (tmp_path / "b" / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    rows[1] = {"id": rows[1]["id"], "error": "down", "seconds": 0.1}
    body = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "b" / "answers.jsonl").write_text(body, encoding="utf-8")
    comparison = compare_runs(load_run(tmp_path / "a"), load_run(tmp_path / "b"))
    assert comparison.difference("right") == pytest.approx(-1 / 4)
    assert [(c.id, c.better) for c in comparison.changes] == [("tea", False)]
    assert comparison.settings["passages"] == ("8", "2")
    assert main(["eval", "compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    out = capsys.readouterr().out
    assert "right in A alone: 1" in out
    assert "茶叶研究所是哪一年成立的" in out


def test_runs_of_different_sets_or_articles_cannot_be_compared(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(path, tmp_path / "a") == 0
    other = save_set(tmp_path / "other.jsonl", QUESTIONS[:2], {**CARD, "corpus": "corpus.jsonl"})
    assert ask(other.path, tmp_path / "b") == 0
    assert main(["eval", "compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    assert "cannot be compared: they are of different sets" in capsys.readouterr().err
    with (tmp_path / "corpus.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps({"id": "p4", "text": "新的一段。"}) + "\n")
    assert ask(path, tmp_path / "c") == 0
    assert main(["eval", "compare", str(tmp_path / "a"), str(tmp_path / "c")]) == 1
    assert "different articles" in capsys.readouterr().err
    assert main(["eval", "compare", str(tmp_path / "a"), str(tmp_path / "nothing")]) == 1
    assert "is no run" in capsys.readouterr().err


def test_a_report_needs_nothing_else_and_escapes_everything(path: Path, tmp_path: Path) -> None:
    assert ask(path, tmp_path / "run") == 0
    run = load_run(tmp_path / "run")
    page = as_html(run, summarised(run))
    assert not re.search(r"""(?:src|href)\s*=|url\(|@import|https?://(?!www\.w3\.org)""", page)
    assert "<b>生命</b>" not in page
    assert "&lt;b&gt;生命" in page
    assert "答对率" in page
    assert page.count('<svg class="chart"') == 3
    assert "| right | 1.000 |" in as_markdown(run, summarised(run))
    rows = as_csv(run, summarised(run)).splitlines()
    assert len(rows) == 1 + len(QUESTIONS)


def test_the_report_is_written_by_its_ending(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(path, tmp_path / "run") == 0
    for ending in ("html", "md", "csv"):
        assert main(["eval", "report", str(tmp_path / "run"), "--out", str(tmp_path / f"r.{ending}")]) == 0
    assert main(["eval", "report", str(tmp_path / "run"), "--out", str(tmp_path / "r.pdf")]) == 2
    assert "ends in none of .html, .md, .csv" in capsys.readouterr().err


def test_an_llm_judges_once_and_a_judge_that_is_down_loses_nothing(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    with serving("是", "否。", 400) as (address, script):
        judge = f"server:{address}#m"
        assert ask(path, out, "--judge", judge) == 1
        assert "the judge failed, what it has judged is kept" in capsys.readouterr().err
        requests = len(script.requests)
    kept = (out / "judged.jsonl").read_text(encoding="utf-8").splitlines()
    assert 1 <= len(kept) < requests
    with serving("yes") as (address, script):
        assert ask(path, out, "--judge", f"server:{address}#m") == 0
    with serving("也许吧") as (address, _):
        assert ask(path, tmp_path / "other", "--judge", f"server:{address}#m") == 1
    assert "expected yes or no" in capsys.readouterr().err
    assert ask(path, tmp_path / "third", "--judge", "nobody") == 2


def test_the_verdicts_of_the_last_judge_count_and_only_on_answers_as_they_are(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with serving("否") as (address, _):
        assert ask(path, out, "--judge", f"server:{address}#m") == 0
    assert summarised(load_run(out)).all.figures["support"].mean == 0
    assert ask(path, out) == 0
    assert summarised(load_run(out)).all.figures["support"].mean == 1
    assert load_run(out).about["judge"] == "support"
    rows = [json.loads(line) for line in (out / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    rows[0]["answer"]["sentences"][0]["citations"][0]["quote"] = "别的话"
    body = "".join(json.dumps(row) + "\n" for row in rows)
    (out / "answers.jsonl").write_text(body, encoding="utf-8")
    assert load_run(out).results["aged"].judged == ()
    assert ask(path, out) == 0  # judged anew: the quote is not what stands there
    assert load_run(out).results["aged"].judged[0] is False
