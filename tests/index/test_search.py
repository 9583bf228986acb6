"""The two searches against plain arithmetic."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.errors import LibraryDamaged
from rag.index import dense
from rag.index.dense import FaissIndex
from rag.index.lexical import LexicalIndex, LexicalWriter


def write_terms(folder: Path, rows: Mapping[int, Sequence[str]], *, without: Sequence[int] = ()) -> None:
    writer = LexicalWriter(folder)
    writer.remove(without)
    for row, terms in rows.items():
        writer.add(row, terms)
    writer.finish()


def unit(rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_dense_equals_brute_force(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    vectors = unit(chance.normal(size=(500, 16)).astype(np.float32)).astype(np.float16).astype(np.float32)
    queries = unit(chance.normal(size=(20, 16)).astype(np.float32))
    index = FaissIndex(16)
    index.add(np.arange(1000, 1500), vectors)
    index.remove(np.array([1003, 9999]))
    index.save(tmp_path / "v")
    scores, ids = FaissIndex.load(tmp_path / "v").search(queries, 10)
    brute = queries @ vectors.T
    brute[:, 3] = -2
    np.testing.assert_array_equal(ids, np.argsort(-brute, axis=1)[:, :10] + 1000)
    np.testing.assert_allclose(scores, -np.sort(-brute, axis=1)[:, :10], atol=1e-6)


def test_dense_ties_go_by_id_and_few_rows_are_padded() -> None:
    index = FaissIndex(2)
    index.add(np.array([5, 3, 9]), np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32))
    scores, ids = index.search(np.array([[1, 0]], dtype=np.float32), 4)
    assert ids.tolist() == [[3, 5, 9, -1]]
    assert scores[0, 0] == 1
    np.testing.assert_array_equal(index.vectors([9]), [[0, 1]])
    with pytest.raises(KeyError):
        index.vectors([4])


def test_a_cut_vector_file_is_damage(tmp_path: Path) -> None:
    index = FaissIndex(4)
    index.add(np.arange(3), np.eye(3, 4, dtype=np.float32))
    index.save(tmp_path / "v")
    (tmp_path / "v").write_bytes((tmp_path / "v").read_bytes()[:40])
    with pytest.raises(LibraryDamaged, match="yinju index --fresh"):
        FaissIndex.load(tmp_path / "v")


def test_lexical_is_bm25(tmp_path: Path) -> None:
    documents = [["人口", "增长"], ["人口", "人口", "老龄"], ["经济"], ["消费", "经济", "增长", "投资"], ["城市"]]
    write_terms(tmp_path / "t", dict(enumerate(documents)))
    index = LexicalIndex(tmp_path / "t")
    found = dict(index.search(["人口", "增长"], 10))

    average = sum(map(len, documents)) / 5

    def bm25(document: list[str], asked: list[str]) -> float:
        total = 0.0
        for term in asked:
            df = sum(term in d for d in documents)
            tf = document.count(term)
            idf = math.log(1 + (5 - df + 0.5) / (df + 0.5))
            total += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * len(document) / average))
        return total

    expected = {n: bm25(d, ["人口", "增长"]) for n, d in enumerate(documents)}
    assert found == pytest.approx({n: s for n, s in expected.items() if s}, rel=1e-4)
    assert index.statistics.documents("人口") == 2
    assert max(found.values()) <= index.best_possible(["人口", "增长"])
    assert index.search([], 10) == []


def test_lexical_ties_go_by_id(tmp_path: Path) -> None:
    write_terms(tmp_path / "t", {n: ["同"] for n in (7, 2, 5)})
    assert [row for row, _ in LexicalIndex(tmp_path / "t").search(["同"], 10)] == [2, 5, 7]


def test_an_index_of_hard_links_takes_rows_in_and_out_and_leaves_the_other_as_it_was(tmp_path: Path) -> None:
    write_terms(tmp_path / "a", {n: ["人", f"词{n}"] for n in range(50)})
    before = {p.name: p.read_bytes() for p in (tmp_path / "a").iterdir()}
    (tmp_path / "b").mkdir()
    for path in (tmp_path / "a").iterdir():
        (tmp_path / "b" / path.name).hardlink_to(path)
    write_terms(tmp_path / "b", {70: ["新", "人"]}, without=[3, 99])
    index = LexicalIndex(tmp_path / "b")
    assert index.statistics.paragraphs == 50
    assert [row for row, _ in index.search(["新"], 5)] == [70]
    assert index.search(["词3"], 5) == []
    assert {p.name: p.read_bytes() for p in (tmp_path / "a").iterdir()} == before


def test_many_rows_lie_in_lists_and_enough_of_the_nearest_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "EXACT_UP_TO", 1000)
    chance = np.random.default_rng(0)
    themes = chance.normal(size=(40, 16))
    vectors = unit((themes[chance.integers(0, 40, 3000)] + chance.normal(size=(3000, 16))).astype(np.float32))
    index = FaissIndex(16)
    index.add(np.arange(3000) * 2, vectors)
    assert 0.97 <= index.recall <= 1
    _, found = index.search(vectors[:100], 20)
    exact = np.argsort(-(vectors[:100] @ vectors.T), axis=1)[:, :20] * 2
    shared = np.mean([len(np.intersect1d(a, b)) / 20 for a, b in zip(found, exact, strict=True)])
    assert shared > 0.95
    index.remove(found[0])
    assert len(index) == 2980
    assert not np.intersect1d(index.search(vectors[:1], 20)[1], found[0]).size
    np.testing.assert_allclose(index.vectors([10]), vectors[5:6], atol=1e-2)  # 8 bits
