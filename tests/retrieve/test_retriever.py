"""Hybrid search: the leg that knows decides, order is total, borders hold."""

from pathlib import Path

import numpy as np
import pytest

from rag.errors import QuestionError
from rag.index.build import build_library
from rag.index.library import Library
from rag.retrieve.fusion import FEATURES, fuse
from rag.retrieve.retriever import Retriever, checked_question
from tests.conftest import HashingEmbedder, bundled


def described(**values: float) -> list[float]:
    return [values.get(name.replace(" ", "_"), 0.0) for name in FEATURES]


def test_words_outweigh_a_vague_cosine_and_cosine_decides_without_words() -> None:
    near = described(cosine=0.6)
    worded = described(cosine=0.3, bm25_share=0.8, terms_sentence=0.9, terms_two_sentences=0.9, terms_whole=0.9)
    ranked = fuse([1, 2], np.array([near, worded], dtype=np.float32), [0.0, 8.0])
    assert [c.row for c in ranked] == [2, 1]
    assert (ranked[0].cosine, ranked[0].bm25) == (pytest.approx(0.3), 8.0)
    assert [c.row for c in fuse([2, 1], np.array([described(), near], dtype=np.float32), [0, 0])] == [1, 2]
    assert [c.row for c in fuse([2, 1], np.array([near, near], dtype=np.float32), [0, 0])] == [2, 1]  # as they come


def test_scores_stay_between_0_and_1() -> None:
    everything = np.array([[1.0] * len(FEATURES), [0.0] * len(FEATURES)], dtype=np.float32)
    best, worst = fuse([1, 2], everything, [9.0, 0.0])
    assert 0 <= worst.score < 0.01 < 0.99 < best.score <= 1


def test_evidence_is_ranked_from_1_and_holds_scores(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    lines = ("人口老龄化加快", "消费恢复", "城市更新", "人口增长")
    rows = "\n".join(f'{{"id": "{n}", "text": "{t}。"}}' for n, t in enumerate(lines))
    path.write_text(rows, encoding="utf-8")
    build_library(tmp_path / "l", [path], HashingEmbedder(), bundled())
    retriever = Retriever(Library(tmp_path / "l"), HashingEmbedder(), bundled())
    found = retriever.search("人口老龄化有多快", 3)
    assert [e.rank for e in found] == [1, 2, 3]
    assert found[0].paragraph.id == "0"
    assert found[0].score > found[1].score >= found[2].score
    assert retriever.search("😀", 2)
    assert len(retriever.search("，。？", 10)) == 4
    assert retriever.search("人口" * 5000, 1)[0].paragraph.id in {"0", "3"}


@pytest.mark.parametrize("question", ["", "  \n", "\x00"])
def test_an_empty_question_is_told(question: str) -> None:
    with pytest.raises(QuestionError, match="is empty"):
        checked_question(question)


def test_a_megabyte_question_is_told() -> None:
    with pytest.raises(QuestionError, match="1,000,000 characters, at most 2,000"):
        checked_question("问" * 1_000_000)
    assert len(checked_question("问" * 2_000)) == 2_000
