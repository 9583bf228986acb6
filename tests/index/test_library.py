"""Libraries: made, updated, switched at once, and told when they are not sound."""

import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.embed.base import Kind
from rag.embed.registry import bundled_folder
from rag.embed.static import StaticEmbedder, write_static_model
from rag.errors import LibraryDamaged, LibraryError, LibraryMismatch, LibraryMissing, SourceError
from rag.index import build
from rag.index.build import build_library
from rag.index.dense import FaissIndex
from rag.index.generations import current_generation, point_to
from rag.index.lexical import LexicalIndex
from rag.index.library import Library
from rag.index.manifest import CHECKSUM
from rag.index.segment import text_searched
from rag.index.verify import verify
from rag.retrieve.retriever import Retriever
from tests.conftest import HashingEmbedder, bundled
from tests.index.test_search import write_terms

SEGMENT = "segments/000001"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "一.txt").write_text("题目一则\n\n王 明\n\n人口增长放缓。\n\n老龄化加快。\n", encoding="utf-8")
    (folder / "二.txt").write_text("题目二则\n\n李 红\n\n消费持续恢复。\n", encoding="utf-8")
    return folder


@pytest.fixture
def built(tmp_path: Path, articles: Path) -> Path:
    build_library(tmp_path / "library", [articles], HashingEmbedder(), bundled())
    return tmp_path / "library"


def texts(folder: Path) -> list[str]:
    return [p.text for p in Library(folder).paragraphs()]


def test_what_was_built_is_read_back(built: Path) -> None:
    library = Library(built, thorough=True)
    assert texts(built) == ["人口增长放缓。", "老龄化加快。", "消费持续恢复。"]
    assert library.manifest.counts == {"sources": 2, "articles": 2, "paragraphs": 3}
    paragraphs = list(library.paragraphs())
    assert library.article_of(paragraphs[2]).authors == ("李红",)
    assert [p.text for p in library.in_article(paragraphs[0].article)] == ["人口增长放缓。", "老龄化加快。"]
    assert len(library) == library.lexical.statistics.paragraphs == 3
    assert [library.row_of(p.id) for p in paragraphs] == list(library.rows())
    assert library.row_of("x") is None


def test_an_update_reads_and_embeds_only_what_is_new(built: Path, articles: Path) -> None:
    embedder = HashingEmbedder()
    (articles / "三.md").write_text("# 题目三\n\n就业形势稳定。\n", encoding="utf-8")
    (articles / "二.txt").write_text("题目二则\n\n李 红\n\n消费加快恢复。\n", encoding="utf-8")
    report = build_library(built, [articles], embedder, bundled())
    assert (report.read, report.kept, report.embedded, embedder.encoded) == (2, 1, 2, 2)
    assert sorted(texts(built)) == sorted(["人口增长放缓。", "老龄化加快。", "就业形势稳定。", "消费加快恢复。"])


def test_an_update_equals_a_fresh_build(built: Path, articles: Path, tmp_path: Path) -> None:
    (articles / "三.md").write_text("# 题目三\n\n就业形势稳定。\n", encoding="utf-8")
    updated = build_library(built, [articles], HashingEmbedder(), bundled()).manifest.fingerprint
    fresh = build_library(tmp_path / "other", [articles], HashingEmbedder(), bundled()).manifest.fingerprint
    assert updated == fresh


def test_a_vanished_source_leaves_and_another_folder_stays(built: Path, articles: Path, tmp_path: Path) -> None:
    other = tmp_path / "more"
    other.mkdir()
    (other / "四.txt").write_text("外贸保持增长。", encoding="utf-8")
    build_library(built, [other], HashingEmbedder(), bundled())
    assert len(texts(built)) == 4
    (articles / "一.txt").unlink()
    build_library(built, [articles], HashingEmbedder(), bundled())
    assert sorted(texts(built)) == ["外贸保持增长。", "消费持续恢复。"]


def test_another_model_embeds_anew_without_reading(built: Path, articles: Path) -> None:
    report = build_library(built, [articles], HashingEmbedder("other", 32), bundled())
    assert (report.read, report.embedded) == (0, 3)
    with pytest.raises(LibraryMismatch, match=r"made with embedder other .* but hashing .* --embedder other"):
        Retriever(Library(built), HashingEmbedder(), bundled())


def test_a_failed_build_leaves_the_old_library(built: Path, articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = texts(built)
    (articles / "二.txt").write_text("题目二则\n\n李 红\n\n消费加快恢复。\n", encoding="utf-8")
    monkeypatch.setattr(build, "_switch", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        build_library(built, [articles], HashingEmbedder(), bundled())
    monkeypatch.undo()
    assert [p.text for p in Library(built, to_update=True).paragraphs()] == before
    build_library(built, [articles], HashingEmbedder(), bundled())
    assert "消费加快恢复。" in texts(built)


def test_a_reader_keeps_its_generation_through_a_switch(built: Path, articles: Path) -> None:
    library = Library(built)
    library.load()
    for text in ("就业形势稳定。", "就业形势向好。"):
        (articles / "三.md").write_text(f"{text}\n", encoding="utf-8")
        build_library(built, [articles], HashingEmbedder(), bundled())
    assert library.vectors([0, 1, 2]).any(axis=1).all()
    assert [p.text for p in library.paragraphs()] == ["人口增长放缓。", "老龄化加快。", "消费持续恢复。"]
    assert library.lexical.search(["消", "费"], 5)


def test_no_library_and_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="yinju index PATH"):
        Library(tmp_path)
    with pytest.raises(SourceError, match="does not exist"):
        build_library(tmp_path / "l", [tmp_path / "none"], HashingEmbedder(), bundled())
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="holds no article"):
        build_library(tmp_path / "l", [tmp_path / "empty"], HashingEmbedder(), bundled())
    assert not (tmp_path / "l").exists()


def sign(manifest: Path) -> None:
    """Make the checksums of a manifest those of what it holds now."""
    digest = hashlib.sha256(manifest.read_bytes()).hexdigest()
    manifest.with_name(CHECKSUM).write_text(f"{digest}\n", encoding="ascii")
    point_to(manifest.parents[2], manifest.parent.name)


def damaged(built: Path, name: str) -> Path:
    return current_generation(built)[0] / name


@pytest.mark.parametrize(
    "name",
    [
        f"{SEGMENT}/paragraphs.jsonl",
        f"{SEGMENT}/articles.jsonl",
        f"{SEGMENT}/vectors.faiss",
        f"{SEGMENT}/pieces.npy",
        "terms/meta.json",
    ],
)
def test_a_file_cut_short_changed_or_gone_is_damage(built: Path, name: str) -> None:
    path = damaged(built, name)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    with pytest.raises(LibraryDamaged, match=r"bytes, expected .*--fresh"):
        Library(built)
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(LibraryDamaged, match="was changed"):
        Library(built)
    path.unlink()
    with pytest.raises(LibraryDamaged, match="is missing"):
        Library(built)


def test_a_broken_manifest_or_pointer_is_damage(built: Path) -> None:
    path = damaged(built, "manifest.json")
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: len(whole) // 2], encoding="utf-8")
    with pytest.raises(LibraryDamaged, match="was changed since it was built"):
        Library(built)
    sign(path)
    with pytest.raises(LibraryDamaged, match="is broken"):
        Library(built)
    (built / "current").write_text(f"000099 {'0' * 64}\n", encoding="utf-8")
    with pytest.raises(LibraryDamaged, match="names '000099'"):
        Library(built)


def test_another_format_says_what_to_do(built: Path) -> None:
    path = damaged(built, "manifest.json")
    row = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**row, "format": 99}), encoding="utf-8")
    sign(path)
    with pytest.raises(LibraryMismatch, match=r"format 99, this Yinju reads 6: run `yinju index --fresh PATH…`"):
        Library(built)


def test_a_library_of_the_format_before_says_what_to_do_and_goes_when_it_is_superseded(
    built: Path, articles: Path
) -> None:
    path = damaged(built, "manifest.json")
    row = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**row, "format": 4}), encoding="utf-8")
    path.with_name(CHECKSUM).unlink()
    (built / "current").write_text("000001\n", encoding="utf-8")
    for act in (lambda: Library(built), lambda: build_library(built, [articles], HashingEmbedder(), bundled())):
        with pytest.raises(LibraryMismatch, match=r"format 4, this Yinju reads 6: run `yinju index --fresh PATH…`"):
            act()
    build_library(built, [articles], HashingEmbedder(), bundled(), fresh=True)
    assert len(texts(built)) == 3
    build_library(built, [articles], HashingEmbedder(), bundled())
    assert [p.name for p in (built / "generations").iterdir() if p.name == "000001"] == []


def test_a_changed_source_is_told_and_a_gone_one_is_not(built: Path, articles: Path) -> None:
    (articles / "二.txt").write_text("别的内容。", encoding="utf-8")
    with pytest.raises(LibraryMismatch, match=r"二.txt changed .* run `yinju index`"):
        Library(built)
    shutil.rmtree(articles)
    assert len(texts(built)) == 3


def test_an_id_that_stands_twice_names_both_files(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text('{"id": "x", "text": "正文。"}', encoding="utf-8")
    with pytest.raises(SourceError, match=r"'x' stands in both a.jsonl and b.jsonl"):
        build_library(tmp_path / "l", [tmp_path / "a.jsonl", tmp_path / "b.jsonl"], HashingEmbedder(), bundled())


def test_sources_of_one_name_are_told_apart_or_refused(built: Path, articles: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "一.txt").write_text("别的一篇。", encoding="utf-8")
    with pytest.raises(SourceError, match=r"are both called 一.txt"):
        build_library(built, [other], HashingEmbedder(), bundled())
    (articles / "一.txt").unlink()
    build_library(built, [other], HashingEmbedder(), bundled())
    assert sorted(texts(built)) == ["别的一篇。", "消费持续恢复。"]
    (other / "一.md").write_text("第三篇。", encoding="utf-8")
    build_library(built, [other], HashingEmbedder(), bundled())
    assert sorted(texts(built)) == ["别的一篇。", "消费持续恢复。", "第三篇。"]


def test_names_that_differ_in_their_ending_alone_give_ids_that_differ(tmp_path: Path) -> None:
    folder, models = tmp_path / "s", (HashingEmbedder(), bundled())
    folder.mkdir()
    (folder / "甲.txt").write_text("同一句话。", encoding="utf-8")
    build_library(tmp_path / "l", [folder], *models)
    (folder / "甲.md").write_text("同一句话。", encoding="utf-8")
    build_library(tmp_path / "l", [folder], *models)
    build_library(tmp_path / "fresh", [folder], *models)
    updated, fresh = ([p.id for p in Library(tmp_path / name).paragraphs()] for name in ("l", "fresh"))
    assert updated == fresh
    assert [i.rsplit(".", 1)[0] for i in fresh] == ["甲.md", "甲.txt"]


def test_copies_and_near_copies_are_told(tmp_path: Path) -> None:
    folder, models = tmp_path / "s", (HashingEmbedder(), bundled())
    folder.mkdir()
    lines = [f"第{n}镇的公路全长{n}公里，年底通车。" for n in range(1, 21)]
    (folder / "a.txt").write_text("\n\n".join(["公路情况", *lines]), encoding="utf-8")
    (folder / "b.md").write_text("\n\n".join(["# 公路情况", *lines[:-1], "另外一句。"]), encoding="utf-8")
    (folder / "c.txt").write_text("\n\n".join(["公路情况", *lines]), encoding="utf-8")
    report = build_library(tmp_path / "l", [folder], *models)
    assert report.notices == ("b.md: 19 of its 20 paragraphs stand in a.txt too", "c.txt: the same file as a.txt")


def test_a_file_given_under_another_root_is_not_held_twice(built: Path, articles: Path) -> None:
    build_library(built, [articles.parent / "articles" / "一.txt"], HashingEmbedder(), bundled())
    assert len(texts(built)) == 3


def test_a_folder_may_have_a_name_that_is_no_text_but_a_source_may_not(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "通知".encode("gbk")))
    folder.mkdir()
    (folder / "一.txt").write_text("人口增长放缓。\n", encoding="utf-8")
    for _ in range(2):
        build_library(tmp_path / "l", [folder], HashingEmbedder(), bundled())
    assert texts(tmp_path / "l") == ["人口增长放缓。"]
    (folder / os.fsdecode("二".encode("gbk") + b".txt")).write_text("消费。", encoding="utf-8")
    with pytest.raises(SourceError, match=r"the file name '\\udcb6\\udcfe.txt' holds what is not text: rename"):
        build_library(tmp_path / "l", [folder], HashingEmbedder(), bundled())


def test_files_that_no_reader_knows_are_told(articles: Path, tmp_path: Path) -> None:
    (articles / "稿.xyz").write_bytes(b"x")
    (articles / "一.toml").write_text("", encoding="utf-8")
    report = build_library(tmp_path / "l", [articles], HashingEmbedder(), bundled())
    assert [n for n in report.notices if "稿.xyz" in n and "一" not in n]


def test_reused_vectors_are_those_of_their_paragraphs(built: Path, articles: Path) -> None:
    (articles / "〇.txt").write_text("排在最前的一篇。", encoding="utf-8")
    build_library(built, [articles], HashingEmbedder(), bundled())
    library = Library(built)
    for row, p in zip(library.rows(), library.paragraphs(), strict=True):
        expected = HashingEmbedder().encode([text_searched(p, library.article_of(p))])
        np.testing.assert_allclose(library.vectors([row]), expected, atol=1e-3)  # kept as float16


def reseal(built: Path, name: str, content: bytes) -> None:
    """Write a file of the library and make the manifest agree with it."""
    damaged(built, name).write_bytes(content)
    manifest = damaged(built, "manifest.json")
    row = json.loads(manifest.read_text(encoding="utf-8"))
    row["files"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    manifest.write_text(json.dumps(row), encoding="utf-8")
    sign(manifest)


def test_vectors_and_paragraphs_that_do_not_agree_are_damage(built: Path) -> None:
    index = FaissIndex(64)
    index.add(np.arange(2), HashingEmbedder().encode(["甲", "乙"]))
    index.save(built / "few")
    reseal(built, f"{SEGMENT}/vectors.faiss", (built / "few").read_bytes())
    with pytest.raises(LibraryDamaged, match="holds 2 vectors for 3 paragraphs"):
        Library(built).load()


def test_verify_compares_with_the_sources(built: Path) -> None:
    found = verify(Library(built))
    assert (found.placed, found.sources, found.lost) == (3, 2, ())
    lines = (
        damaged(built, f"{SEGMENT}/paragraphs.jsonl").read_text(encoding="utf-8").replace("老龄化加快", "老龄化减慢")
    )
    reseal(built, f"{SEGMENT}/paragraphs.jsonl", lines.encode())
    with pytest.raises(LibraryDamaged, match=r"line 2 can't be read .its checksum is another"):
        verify(Library(built))
    sums = np.array([zlib.crc32(line) for line in lines.encode().splitlines(keepends=True)], dtype=np.uint32)
    np.save(built / "sums.npy", sums)
    reseal(built, f"{SEGMENT}/paragraphs.sums.npy", (built / "sums.npy").read_bytes())
    with pytest.raises(LibraryDamaged, match="is not what its source says"):
        verify(Library(built))


def test_verify_counts_terms(built: Path, tmp_path: Path) -> None:
    library = Library(built)
    write_terms(tmp_path / "t", {0: ["人"]})
    library.__dict__["lexical"] = LexicalIndex(tmp_path / "t")
    with pytest.raises(LibraryDamaged, match="1 of 3 paragraphs have terms"):
        verify(library)


def test_a_file_in_the_place_of_a_library(tmp_path: Path, articles: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(LibraryError, match="can't be made a library"):
        build_library(tmp_path / "file", [articles], HashingEmbedder(), bundled())


def test_two_builds_at_once_are_refused(built: Path, articles: Path) -> None:
    from filelock import FileLock

    with FileLock(built / ".lock"), pytest.raises(LibraryError, match="another build"):
        build_library(built, [articles], HashingEmbedder(), bundled())


def add(folder: Path, library: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    build_library(library, [folder], HashingEmbedder(), bundled())


def test_an_added_article_is_a_segment_of_its_own_and_the_rest_is_linked(built: Path, articles: Path) -> None:
    (articles / "长.txt").write_text("\n\n".join(f"第{n}段说的是一件事情。" for n in range(40)), encoding="utf-8")
    build_library(built, [articles], HashingEmbedder(), bundled(), fresh=True)
    before = Library(built)
    add(articles, built, "新.txt", "新的一篇文章，说的是茶叶。")
    after = Library(built)
    assert [s.rows for s in after.manifest.segments] == [43, 1]
    for path in before.segments[0].folder.iterdir():
        assert path.samefile(after.segments[0].folder / path.name)
    assert after.row_of(next(p.id for p in after.paragraphs() if "茶叶" in p.text)) == 43
    retriever = Retriever(after, HashingEmbedder(), bundled())
    assert "茶叶" in retriever.search("茶叶", 1)[0].paragraph.text
    assert verify(after).placed == 44


def test_what_left_is_not_found_though_its_segment_stays(built: Path, articles: Path) -> None:
    (articles / "一.txt").unlink()
    report = build_library(built, [articles], HashingEmbedder(), bundled())
    library = Library(built)
    assert texts(built) == ["消费持续恢复。"]
    assert len(library) == 1
    assert report.embedded == 0
    for question in ("人口增长放缓", "老龄化加快", "消费"):
        found = Retriever(library, HashingEmbedder(), bundled()).search(question, 5)
        assert [e.paragraph.text for e in found] == ["消费持续恢复。"]


def test_what_left_a_segment_that_is_carried_over_is_found_by_nothing(built: Path, articles: Path) -> None:
    gone = next(p.id for p in Library(built).paragraphs() if "消费" in p.text)
    (articles / "二.txt").unlink()
    build_library(built, [articles], HashingEmbedder(), bundled())
    library = Library(built)
    assert [(s.rows, s.gone) for s in library.manifest.segments] == [(3, 1)]
    query = HashingEmbedder().encode(["消费持续恢复。"], kind="query")
    assert sorted(library.nearest(query, 3)) == list(library.rows()) == [0, 1]
    assert library.row_of(gone) is None
    found = Retriever(library, HashingEmbedder(), bundled()).search("消费持续恢复", 5)
    assert sorted(e.paragraph.text for e in found) == ["人口增长放缓。", "老龄化加快。"]
    assert verify(library).placed == 2


def test_many_updates_leave_few_segments_and_give_what_a_fresh_build_gives(
    built: Path, articles: Path, tmp_path: Path
) -> None:
    for n in range(12):
        add(articles, built, f"新{n:02}.txt", f"第{n}篇新的文章，说的是第{n}件事。\n\n它还有一段。")
    (articles / "新03.txt").unlink()
    add(articles, built, "新05.txt", "第5篇改了，说的是别的事情。")
    updated = Library(built)
    build_library(tmp_path / "fresh", [articles], HashingEmbedder(), bundled())
    fresh = Library(tmp_path / "fresh")
    assert len(updated.segments) <= 6
    assert len({s.folder.name for s in updated.segments}) == len(updated.segments)
    assert sorted(p.id for p in updated.paragraphs()) == sorted(p.id for p in fresh.paragraphs())
    assert updated.manifest.fingerprint == fresh.manifest.fingerprint
    for row, paragraph in zip(updated.rows(), updated.paragraphs(), strict=True):
        assert updated.row_of(paragraph.id) == row
        other = fresh.row_of(paragraph.id)
        assert other is not None
        np.testing.assert_array_equal(updated.vectors([row]), fresh.vectors([other]))
        np.testing.assert_array_equal(updated.pieces([row])[0].ids, fresh.pieces([other])[0].ids)
        assert updated.in_article(paragraph.article) == fresh.in_article(paragraph.article)
    verify(updated)


def test_an_id_that_an_older_source_holds_is_refused(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text('{"id": "x", "text": "正文。"}', encoding="utf-8")
    build_library(tmp_path / "l", [tmp_path / "a.jsonl"], HashingEmbedder(), bundled())
    with pytest.raises(SourceError, match=r"'x' stands in both a.jsonl and b.jsonl"):
        build_library(tmp_path / "l", [tmp_path / "b.jsonl"], HashingEmbedder(), bundled())
    assert texts(tmp_path / "l") == ["正文。"]


def test_another_bundled_model_is_told_and_embeds_anew(built: Path, articles: Path, tmp_path: Path) -> None:
    tokenizer = (bundled_folder() / "tokenizer.json").read_bytes()
    vectors = np.random.default_rng(0).normal(size=(len(bundled().table()), 8)).astype(np.float32)
    write_static_model(tmp_path / "other", tokenizer, vectors)
    other = StaticEmbedder(tmp_path / "other")
    with pytest.raises(LibraryMismatch, match=r"another bundled model .*run `yinju index`"):
        Retriever(Library(built), HashingEmbedder(), other)
    report = build_library(built, [articles], other, other)
    assert (report.read, report.embedded) == (0, 3)
    assert Retriever(Library(built), other, other).search("消费", 1)[0].paragraph.text == "消费持续恢复。"


def test_headline_and_section_are_searched_but_no_working_title(built: Path) -> None:
    library = Library(built)
    paragraph = next(library.paragraphs())
    article = library.article_of(paragraph)
    assert text_searched(paragraph, article) == "题目一则 人口增长放缓。"
    assert text_searched(paragraph, replace(article, title_missing=True)) == "人口增长放缓。"


def test_what_no_search_can_find_is_told(tmp_path: Path) -> None:
    class Blind(HashingEmbedder):
        def encode(self, texts: Sequence[str], kind: Kind = "passage") -> NDArray[np.float32]:
            return np.zeros((len(texts), self.dimension), dtype=np.float32)

    (tmp_path / "a.jsonl").write_text('{"id": "1", "text": "正文。"}\n{"id": "2", "text": "……"}', encoding="utf-8")
    report = build_library(tmp_path / "l", [tmp_path / "a.jsonl"], Blind(), bundled())
    assert any("2 of 2 paragraphs have no vector" in n for n in report.notices)
    assert any(n.endswith("search by words can't find: 1") for n in report.notices)
