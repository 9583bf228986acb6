"""Metrics: values worked out by hand on worlds of five documents, and second implementations where there are any."""

import math
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.gold import GoldQuestion, Reference
from eval.metrics import METRICS, Gold, Result, character_f1, holds, measured, ranking_metrics

ANSWERABLE = GoldQuestion(
    "q", "问？", answerable=True, relevant=(Reference("a"), Reference("b")), facts=(("3.1亿",), ("70%", "七成"))
)
UNANSWERABLE = GoldQuestion("n", "问？", answerable=False)
GOLD = Gold(ANSWERABLE, (frozenset("a"), frozenset("b")), {"MRR": 0.5})


def sentence(text: str, *cited: str, status: str = "supported") -> dict[str, object]:
    return {"text": text, "status": status, "support": 0.9, "citations": [{"paragraph": p} for p in cited]}


def answer(*sentences: dict[str, object], status: str = "answered") -> dict[str, object]:
    return {"status": status, "sentences": list(sentences)}


def test_the_metrics_of_an_answer_by_hand() -> None:
    given_answer = answer(
        sentence("人口达3.1亿。", "a", "c"), sentence("又如。", "a"), sentence("假。", status="withheld")
    )
    found = measured(GOLD, Result("q", given_answer, judged=(True, False)))
    assert found["fact recall"] == 1 / 2  # 3.1亿, not 70 %
    assert found["right"] == 0
    assert found["citation recall"] == 1 / 2  # a of a, b
    assert found["citation precision"] == 1 / 2  # a of a, c
    assert found["support"] == 1 / 2
    assert found["withheld"] == 1 / 3
    assert found["sentences"] == 2
    assert found["characters"] == len("人口达3.1亿。又如。")
    assert found["false refusal"] == 0
    assert found["MRR"] == 0.5
    assert "false answer" not in found
    assert "F1" not in found


def test_refusals_by_hand() -> None:
    refused = Result("q", answer(status="refused"))
    assert measured(GOLD, refused)["false refusal"] == 1
    assert measured(GOLD, refused)["right"] == 0
    assert measured(Gold(UNANSWERABLE), refused) == {"right": 1.0, "false answer": 0.0}
    answered = Result("n", answer(sentence("甲。", "a")))
    assert measured(Gold(UNANSWERABLE), answered)["false answer"] == 1
    assert measured(Gold(UNANSWERABLE), answered)["right"] == 0


def test_an_error_has_the_worst_value_of_everything_and_does_not_vanish() -> None:
    failed = Result("q", error="the server is down")
    found = measured(Gold(ANSWERABLE, (frozenset("a"),), {"MRR": 1.0, "nDCG@10": 1.0}), failed)
    worst = ("right", "fact recall", "support", "citation recall", "citation precision", "MRR", "nDCG@10", "Recall@1")
    assert {name: found[name] for name in worst} == dict.fromkeys(worst, 0.0)
    assert "false refusal" not in found  # an error is no refusal
    assert measured(Gold(UNANSWERABLE), Result("n", error="x")) == {"right": 0.0}


@pytest.mark.parametrize(
    ("text", "fact", "held"),
    [
        ("人口达3.1亿。", "3.1亿", True),
        ("人口达13.1亿。", "3.1亿", False),
        ("人口達３.１億。", "3.1亿", True),
        ("占比70%左右", "70%", True),
        ("达 2.2 亿人", "2.2亿", True),
        ("第12条", "第1", False),
        ("about 310 Million", "310 million", True),
        ("in 2023 3.1 million", "3.1 million", True),
        ("1,310人", "310", False),
        ("1,000人", "1", False),
        ("下降-5%", "5%", False),
        ("共十三亿人", "三亿", False),
        ("第十五个", "五个", False),
        ("he said so", "AI", False),
        ("用AI改造", "AI", True),
        ("2024年,3.1亿", "3.1亿", True),
    ],
)
def test_a_fact_is_held_whole(text: str, fact: str, held: bool) -> None:
    assert holds(text, ["没有的", fact]) is held


def test_character_f1_by_hand() -> None:
    # common run 北京大学: 4 of 6 pieces and 4 of 4
    assert character_f1("在北京大学。里", "北京大学") == pytest.approx(2 * (4 / 6) * 1 / (4 / 6 + 1))
    assert character_f1("", "甲") == 0
    assert character_f1("GPT-4 模型", "gpt4模型") == 1


@given(st.text("甲乙丙，ab 1", max_size=12), st.text("甲乙丙，ab 1", max_size=12))
def test_character_f1_against_a_second_implementation(one: str, other: str) -> None:
    def pieces(text: str) -> list[str]:
        found: list[str] = []
        run = ""
        for c in text.lower().strip():
            if c == "，":
                continue
            if c in "甲乙丙 ":
                found += [run] if run else []
                found += [c] if c != " " else []
                run = ""
            else:
                run += c
        return found + ([run] if run else [])

    a, b = pieces(one), pieces(other)
    common = SequenceMatcher(None, a, b, autojunk=False).find_longest_match().size if a and b else 0
    expected = 2 * common / (len(a) + len(b)) if common else 0.0
    assert character_f1(one, other) == pytest.approx(expected)


def test_ranking_metrics_by_hand() -> None:
    found = ranking_metrics({"x": ["d1", "a", "d2", "b", "d3"]}, {"x": frozenset("ab"), "y": frozenset("a")})
    dcg = 1 / math.log2(3) + 1 / math.log2(5)
    ideal = 1 / math.log2(2) + 1 / math.log2(3)
    assert found["x"]["nDCG@10"] == pytest.approx(dcg / ideal)
    assert found["x"]["MRR"] == 1 / 2
    assert found["x"]["Recall@1"] == 0
    assert found["x"]["Recall@3"] == 1 / 2
    assert found["x"]["Recall@5"] == 1
    assert set(found["y"].values()) == {0.0}  # without a ranking it does not vanish


def test_every_metric_has_a_definition_and_a_source() -> None:
    for metric in METRICS.values():
        assert metric.definition
        assert metric.chinese
        assert metric.source
