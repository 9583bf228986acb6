"""Test sets are loaded with their card or not at all, and lint finds what is wrong with them."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from eval.gold import GoldQuestion, Reference, load_set, restamp, save_set
from eval.lint import findings, library_for
from rag.config import Settings
from rag.errors import EvaluationError
from rag.schema import Turn

CARD = {
    "name": "small",
    "source": "written for this test",
    "licence": "CC0",
    "date": "2026-11-25",
    "labelled_by": "nobody",
    "revision": "1",
}
AGED = GoldQuestion(
    "a",
    "老人有多少？",
    answerable=True,
    history=(Turn("谁？", "老人。"),),
    relevant=(Reference(quote="老年人口达3.1亿"),),
    facts=(("3.1亿", "310 million"),),
    kind="amount",
    tags=("figure",),
)
REFUSED = GoldQuestion("b", "明天天气怎么样？", answerable=False)


def test_a_set_comes_back_as_it_was_written(tmp_path: Path) -> None:
    saved = save_set(tmp_path / "small.jsonl", [AGED, REFUSED], CARD)
    loaded = load_set(tmp_path / "small.jsonl")
    assert loaded == saved
    assert loaded.questions == (AGED, REFUSED)
    assert loaded.corpus is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"answerable": "yes"}, "neither true nor false"),
        ({"kind": "nonsense"}, "kind is 'nonsense'"),
        ({"lang": "fr"}, "lang is 'fr'"),
        ({"colour": "red"}, "unknown colour"),
        ({"facts": ["3.1亿"]}, "expected a list of texts"),
        ({"relevant": [{"paragraph": "p", "quote": "q"}]}, "either a paragraph or a quote"),
        ({"answerable": False}, "not answerable has no"),
        ({"question": " "}, "needs an id and a text"),
        ({"id": 7}, "are texts"),
        ({"facts": [[]]}, "a fact has no wording"),
        ({"relevant": [{"quote": 5}]}, "paragraph and quote are texts"),
        ({"relevant": [{"quote": " 的 "}]}, "too short to mean one paragraph"),
    ],
)
def test_a_wrong_question_is_told_with_its_line(tmp_path: Path, change: Mapping[str, object], told: str) -> None:
    save_set(tmp_path / "s.jsonl", [REFUSED], CARD)
    row = {**AGED.to_json(), **change}
    (tmp_path / "s.jsonl").write_text(f"\n{json.dumps(row)}\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match=f"line 2 .*{told}"):
        load_set(tmp_path / "s.jsonl")


def test_a_set_without_its_card_is_not_loaded(tmp_path: Path) -> None:
    path = save_set(tmp_path / "s.jsonl", [AGED], CARD).path
    path.with_suffix(".toml").unlink()
    with pytest.raises(EvaluationError, match=r"has no card: write s\.toml"):
        load_set(path)
    path.with_suffix(".toml").write_text("name = 'x'", encoding="utf-8")
    with pytest.raises(EvaluationError, match="is no card"):
        load_set(path)


def test_a_set_that_is_not_the_card_s_is_not_loaded_until_the_card_is_renewed(tmp_path: Path) -> None:
    path = save_set(tmp_path / "s.jsonl", [AGED], CARD).path
    path.write_text(json.dumps(REFUSED.to_json()) + "\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="not what its card describes"):
        load_set(path)
    restamp(path)
    assert load_set(path).questions == (REFUSED,)


@pytest.mark.parametrize(
    ("body", "told"),
    [(b"", "holds no question"), (b"\xff\xfe", "not UTF-8"), (b"[1]\n", "no question of a test set"), (b"{", "line 1")],
)
def test_what_is_no_set_is_told(tmp_path: Path, body: bytes, told: str) -> None:
    path = save_set(tmp_path / "s.jsonl", [AGED], CARD).path
    path.write_bytes(body)
    if not body:
        restamp(path)
    with pytest.raises(EvaluationError, match=told):
        load_set(path)
    with pytest.raises(EvaluationError, match="can't be read"):
        load_set(tmp_path / "absent.jsonl")


def test_an_id_twice_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="id 'a' twice"):
        save_set(tmp_path / "s.jsonl", [AGED, AGED], CARD)
    path = save_set(tmp_path / "s.jsonl", [AGED], CARD).path
    path.write_bytes(path.read_bytes() * 2)
    restamp(path)
    with pytest.raises(EvaluationError, match="id 'a' twice"):
        load_set(path)


def test_lint_finds_what_is_wrong_and_nothing_else(tmp_path: Path) -> None:
    rows = [
        {"id": "p1", "text": "2024年我国老年人口达3.1亿，发展养老服务是积极应对人口老龄化的必然要求。"},
        {"id": "p2", "text": "消费是拉动经济增长的基础性力量。"},
        {"id": "p3", "text": "出口也是拉动经济增长的基础。"},
    ]
    corpus = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "corpus.jsonl").write_text(corpus, encoding="utf-8")
    questions = [
        AGED,
        REFUSED,
        GoldQuestion("gone", "甲？", answerable=True, relevant=(Reference("p9"),), facts=(("乙",),)),
        GoldQuestion("wide", "乙丙？", answerable=True, relevant=(Reference(quote="动经济增长"),), facts=(("基础",),)),
        GoldQuestion("bare", "丙丁？", answerable=True),
        GoldQuestion("false", "丁戊？", answerable=True, relevant=(Reference("p2"),), facts=(("1亿",),)),
        GoldQuestion(
            "copied",
            "发展养老服务是积极应对人口老龄化的什么要求？",
            answerable=True,
            relevant=(Reference("p1"),),
            facts=(("必然要求",),),
        ),
        GoldQuestion("again", "明天的天气怎么样？", answerable=False),
    ]
    made = save_set(tmp_path / "s.jsonl", questions, {**CARD, "corpus": "corpus.jsonl"})
    with library_for(made, Settings()) as library:
        found = sorted((f.question, f.problem.split("：")[0]) for f in findings(made, library))
    assert [(q, p[:24]) for q, p in found] == [
        ("bare", "is answerable, but has n"),
        ("bare", "is answerable, but no pa"),
        ("copied", "is copied from the parag"),
        ("false", "no relevant paragraph ho"),
        ("gone", "p9 stands in no paragrap"),
        ("wide", "“动经济增长” stands in 2 para"),
    ]


def test_lint_finds_english_facts_in_english_paragraphs(tmp_path: Path) -> None:
    row = {"id": "p1", "text": "The ministry set up a research fund of 310 million yuan."}
    (tmp_path / "corpus.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    held = GoldQuestion("held", "谁？", answerable=True, relevant=(Reference("p1"),), facts=(("research fund",),))
    absent = GoldQuestion("absent", "多少？", answerable=True, relevant=(Reference("p1"),), facts=(("search fund",),))
    made = save_set(tmp_path / "s.jsonl", [held, absent], {**CARD, "corpus": "corpus.jsonl"})
    with library_for(made, Settings()) as library:
        assert [f.question for f in findings(made, library)] == ["absent"]
