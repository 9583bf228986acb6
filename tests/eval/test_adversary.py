"""A generator that cheats, on 200 questions of the seed page: nothing falsified is shown, what is honest stays."""

import pytest

from eval.adversary import Adversary, count_leaks
from eval.falsehoods import names_of
from rag.assistant import Assistant
from tests.questions import QUESTIONS


@pytest.mark.slow
def test_nothing_falsified_is_shown_and_what_is_honest_stays(assistant: Assistant) -> None:
    texts = [p.text for p in assistant.library.paragraphs()]
    falsified = honest = 0
    for seed in range(4):
        counted = count_leaks(assistant, Adversary(names_of(texts), seed), QUESTIONS)
        assert counted.leaked == []
        assert counted.honest_kept >= 0.95
        falsified += sum(n for kind, n in counted.drafted.items() if kind not in counted.honest_kinds)
        honest += sum(counted.drafted[kind] for kind in counted.honest_kinds)
    assert falsified > 1000
    assert honest > 1000
