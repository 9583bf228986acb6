"""Search stays right at the borders, and gives one ranking whatever the process."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.config import Settings
from rag.retrieve.retriever import Retriever
from rag.session import index_sources, open_retriever
from tests.conftest import bundled
from tests.questions import QUESTIONS

_RANKINGS = """
import json, sys
from pathlib import Path
from rag.config import Settings
from rag.session import open_retriever
retriever = open_retriever(Settings(library=Path(sys.argv[1])))
for question in json.loads(sys.argv[2]):
    print([e.paragraph.id for e in retriever.search(question, 39)])
"""


def library_of(folder: Path, texts: Sequence[str]) -> Retriever:
    source = folder / "p.jsonl"
    rows = (json.dumps({"id": str(n), "text": t}, ensure_ascii=False) for n, t in enumerate(texts))
    source.write_text("\n".join(rows), encoding="utf-8")
    settings = Settings(library=folder / "library")
    index_sources(settings, [source])
    return open_retriever(settings)


def test_a_library_that_lost_all_its_sources_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "一.txt").write_text("只有一段。", encoding="utf-8")
    settings = Settings(library=tmp_path / "library")
    index_sources(settings, [tmp_path / "a"])
    (tmp_path / "a" / "一.txt").rename(tmp_path / "b" / "二.jsonl")
    (tmp_path / "a" / "三.txt").write_text("另一段。", encoding="utf-8")
    index_sources(settings, [tmp_path / "a"])
    found = open_retriever(settings).search("只有一段", 5)
    assert [e.paragraph.text for e in found] == ["另一段。"]


def test_one_paragraph(tmp_path: Path) -> None:
    retriever = library_of(tmp_path, ["人口增长放缓。"])
    for question in ("人口", "What is it?", "😀", "的了吗", "，。？", "人口" * 5000, "\u3000"):
        assert [e.paragraph.id for e in retriever.search(question, 8)] == ["0"]


def test_as_many_as_asked_for_come_back(tmp_path: Path) -> None:
    retriever = library_of(tmp_path, [f"第{n}段，说的是{'人口' if n % 2 else '消费'}。" for n in range(300)])
    for k in (1, 8, 64, 100, 250):
        found = retriever.search("人口", k)
        assert [e.rank for e in found] == list(range(1, k + 1))
        assert len({e.paragraph.id for e in found}) == k
        assert [e.score for e in found] == sorted((e.score for e in found), reverse=True)


def test_equal_paragraphs_come_in_the_order_of_the_library(tmp_path: Path) -> None:
    retriever = library_of(tmp_path, ["同样的一段话。"] * 20)
    assert [e.paragraph.id for e in retriever.search("同样的话", 20)] == [str(n) for n in range(20)]


def test_a_long_paragraph_is_found_by_one_of_its_sentences(tmp_path: Path) -> None:
    filler = "".join(f"这是第{n}句话，说的是别的很多事情，与此无关。" for n in range(200))
    needle = "杭州的量子茶叶研究所成立于1987年。"
    texts = [filler + needle + filler, *(f"第{n}段说的是研究所，也说到了茶叶。" for n in range(50))]
    found = library_of(tmp_path, texts).search("量子茶叶研究所是哪一年成立的？", 3)
    assert found[0].paragraph.id == "0"
    assert found[0].paragraph.text == texts[0]


@pytest.mark.parametrize("question", ["ＡＩ怎样发展？", "數字經濟怎样发展？"])
def test_other_forms_of_the_same_words_find_the_same(assistant: Assistant, question: str) -> None:
    plain = {"ＡＩ怎样发展？": "ai怎样发展？", "數字經濟怎样发展？": "数字经济怎样发展？"}[question]
    retriever = Retriever(assistant.library, bundled(), bundled())
    assert [e.paragraph.id for e in retriever.search(question, 10)] == [
        e.paragraph.id for e in retriever.search(plain, 10)
    ]


@pytest.mark.slow
def test_every_process_gives_the_same_ranking(seed_settings: Settings) -> None:
    asked = json.dumps(QUESTIONS[:12], ensure_ascii=False)
    rankings = set()
    for seed, threads in (("1", "1"), ("2", "2"), ("3", "8")):
        chance = {"PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", _RANKINGS, str(seed_settings.library), asked],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, **chance},
        )
        rankings.add(done.stdout)
    assert len(rankings) == 1
    assert len(rankings.pop().splitlines()) == 12
