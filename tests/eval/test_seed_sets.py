"""The shipped sets are sound, and the default settings keep to the bounds of the development half."""

from pathlib import Path

import pytest

from eval.gold import load_set
from eval.lint import findings
from rag.assistant import Assistant
from rag.cli import main
from rag.config import Settings
from tests.conftest import ROOT

SETS = ROOT / "eval" / "testsets"
HALVES = ("seed-dev", "seed-test")


@pytest.mark.parametrize("name", HALVES)
def test_nothing_is_wrong_with_a_set(name: str, assistant: Assistant) -> None:
    assert list(findings(load_set(SETS / f"{name}.jsonl"), assistant.library)) == []


def test_the_sets_hold_what_staff_ask() -> None:
    halves = [load_set(SETS / f"{name}.jsonl").questions for name in HALVES]
    assert sum(map(len, halves)) >= 150
    assert not {q.question for q in halves[0]} & {q.question for q in halves[1]}
    for questions in halves:
        tags = {tag for q in questions for tag in q.tags}
        assert tags >= {"colloquial", "keywords", "typo", "follow-up", "several-articles", "figure", "list"}
        assert tags >= {"near-miss", "out-of-domain", "injection"}
        assert {q.lang for q in questions} == {"zh-Hans", "zh-Hant", "en"}


@pytest.mark.slow
def test_the_development_half_keeps_to_its_bounds(seed_settings: Settings, tmp_path: Path) -> None:
    arguments = ["--out", str(tmp_path / "run"), "--library", str(seed_settings.library)]
    assert main(["eval", "run", str(SETS / "seed-dev.jsonl"), *arguments, "--gate", str(SETS / "gate.toml")]) == 0
    assert main(["eval", "report", str(tmp_path / "run"), "--out", str(tmp_path / "report.html")]) == 0
