"""The bench that asks from many readers at once, at a small size."""

import asyncio
from pathlib import Path

import pytest

from eval.chat_client import PageMap
from eval.soak import ask_alone, ask_at_once, judge, processor_seconds, resident_bytes, serve_chat
from rag.config import Settings

SCRIPTS = [
    [["2024年我国60岁及以上人口有多少？", "那65岁及以上呢？"], ["刘奕是谁？"]],
    [["数字经济如何影响消费？", "怎样做红烧肉？"], ["2024年我国60岁及以上人口有多少？"]],
    [["刘奕是谁？", "数字经济如何影响消费？"], ["Who is 刘奕?"]],
]


@pytest.mark.slow
def test_every_reader_sees_their_own_answers(seed_settings: Settings) -> None:
    with serve_chat(seed_settings.library) as (address, process):
        alone = asyncio.run(ask_alone(address, SCRIPTS))
        at_once = asyncio.run(ask_at_once(address, SCRIPTS))
        assert resident_bytes(process) > 50 * 2**20
        assert processor_seconds(process) > 0
    assert alone.errors == at_once.errors == []
    assert len(at_once.seconds) == 9
    assert judge(SCRIPTS, alone, at_once, {}) == 0
    assert "60岁" in at_once.seen[0, 0, 1]
    assert "60岁" not in at_once.seen[0, 1, 0]


def test_an_answer_of_somebody_else_is_wrong() -> None:
    from eval.soak import Measured

    alone, at_once = Measured(), Measured()
    alone.seen = {(0, 0, 0): "<p>甲。</p>", (1, 0, 0): "<p>乙。</p>"}
    at_once.seen = {(0, 0, 0): "<p>甲。</p>", (1, 0, 0): "<p>甲。</p>"}
    scripts = [[["一"]], [["二"]]]
    assert judge(scripts, alone, at_once, {"一": ["甲。"], "二": ["乙。"]}) == 1
    assert judge(scripts, alone, alone, {"一": ["甲。"], "二": ["丙。"]}) == 1
    assert judge(scripts, alone, alone, {"一": ["甲。"], "二": []}) == 1  # it should have been refused


def test_a_page_without_its_map_is_told() -> None:
    with pytest.raises(ValueError, match="gradio_config"):
        PageMap.read("<html></html>")
    assert resident_bytes(-1) == 0
    assert not Path("/proc/-1").exists()
