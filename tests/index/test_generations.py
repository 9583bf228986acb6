"""What happens to a library whose files are lost, broken or changed: it is told, and nothing is removed."""

import gc
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.cli import main
from rag.errors import LibraryDamaged, LibraryError, LibraryMissing, SourceError, YinjuError
from rag.index.build import build_library
from rag.index.generations import current_generation, is_new, leftovers, newest_whole, point_to
from rag.index.library import Library, open_current
from rag.index.repair import repair
from rag.index.verify import verify
from rag.retrieve.retriever import Retriever
from tests.conftest import SEEDS, HashingEmbedder, bundled

ARTICLES = {
    "一.txt": "题目一则\n\n王 明\n\n人口增长放缓。\n\n老龄化加快。\n",
    "二.txt": "题目二则\n\n李 红\n\n消费持续恢复。\n",
}


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def built(tmp_path: Path, articles: Path) -> Path:
    build(tmp_path / "library", articles)
    return tmp_path / "library"


def build(library: Path, *folders: Path, fresh: bool = False, purge: bool = False) -> None:
    build_library(library, folders, HashingEmbedder(), bundled(), fresh=fresh, purge=purge)


def texts(library: Path) -> list[str]:
    return [p.text for p in Library(library, to_update=True).paragraphs()]


def files(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.endswith(".lock")
    }


def test_sources_are_only_read(built: Path, articles: Path) -> None:
    (articles / "一.toml").write_text('date = "2025-01-01"\n', encoding="utf-8")
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns, p.stat().st_ino) for p in articles.iterdir()}
    build(built, articles)
    build(built, articles, fresh=True)
    build(built, articles, purge=True)
    search(built)
    repair(built)
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns, p.stat().st_ino) for p in articles.iterdir()} == before


def test_a_lost_pointer_is_damage_and_nothing_is_built_over_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mine", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "文.txt").write_text(f"{name} 镇的财政收入是三百万元。\n", encoding="utf-8")
    (tmp_path / "other" / "文.txt").rename(tmp_path / "other" / "另.txt")
    shutil.copytree(SEEDS, tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    assert main(["index", "mine"]) == 0
    library = tmp_path / ".yinju" / "library"
    (library / "current").unlink()
    before = files(library)
    capsys.readouterr()
    for arguments in (["ask", "财政收入是多少？"], ["index", "other"], ["index"], ["check"], ["search", "财政"]):
        assert main(arguments) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        (line,) = [line for line in captured.err.splitlines() if line.startswith("yinju: ")]
        assert "current is missing; generation 000001" in line
        assert "`yinju check --repair`" in line
        assert files(library) == before
    assert main(["index", "--fresh"]) == 2
    assert "would leave only seeds/" in capsys.readouterr().err
    assert files(library) == before
    assert main(["check", "--repair"]) == 0
    assert main(["ask", "mine镇的财政收入是多少？"]) == 0
    assert "三百万元" in capsys.readouterr().out


def test_a_fresh_build_without_paths_keeps_what_it_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    assert main(["index"]) == 0
    assert main(["index", "--fresh"]) == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "文.txt").write_text("财政收入是三百万元。\n", encoding="utf-8")
    assert main(["index", "mine"]) == 0
    assert main(["index", "--fresh"]) == 2
    assert f"{tmp_path / 'mine'} {tmp_path / 'seeds'}" in capsys.readouterr().err


def test_a_folder_with_other_files_takes_no_library(tmp_path: Path, articles: Path) -> None:
    with pytest.raises(LibraryError, match=r"holds no library but other files \(一.txt, 二.txt\): give an empty"):
        build(articles, articles)
    assert sorted(p.name for p in articles.iterdir()) == ["一.txt", "二.txt"]
    (tmp_path / "empty").mkdir()
    build(tmp_path / "empty", articles)
    assert len(texts(tmp_path / "empty")) == 3


def flip(content: bytes, at: int) -> bytes:
    changed = bytearray(content)
    changed[at] ^= 0x10
    return bytes(changed)


def damages(content: bytes) -> dict[str, bytes | None]:
    changed = {f"flipped at {at}": flip(content, at) for at in {0, len(content) // 2, len(content) - 1} if content}
    return {"gone": None, "cut": content[: len(content) // 2], "empty": b"", "longer": content + b"x", **changed}


def search(library: Path) -> list[tuple[str, str]]:
    opened = Library(library, to_update=True)
    opened.load()
    verify(opened)
    found = Retriever(opened, HashingEmbedder(), bundled()).search("人口增长", 9)
    return [(e.paragraph.id, e.paragraph.text) for e in found]


@pytest.mark.slow
def test_whatever_file_is_damaged_it_is_told_or_harmless_and_nothing_is_removed(
    tmp_path: Path, built: Path, articles: Path
) -> None:
    (articles / "长.txt").write_text("\n\n".join(f"第{n}段说的是一件事情。" for n in range(9)), encoding="utf-8")
    build(built, articles)
    (articles / "三.txt").write_text("外贸保持增长。\n", encoding="utf-8")
    build(built, articles)  # with files that are linked to those of the generation before
    right = search(built)
    mine = [n for n in files(built) if n.startswith(("current", "generations/000003/"))]
    others = ["generations/000002/manifest.json"]
    trial = tmp_path / "trial"
    told = set()
    for name in [*mine, *others]:
        whole = (built / name).read_bytes()
        for what, content in damages(whole).items():
            if content == whole:
                continue
            shutil.copytree(built, trial, copy_function=os.link)
            (trial / name).unlink()
            if content is not None:
                (trial / name).write_bytes(content)
            before = files(trial)
            error = one_line(lambda: search(trial), right)
            assert files(trial) == before, (name, what)
            if error:
                told.add(name)
                if what == "gone":
                    assert one_line(lambda: build(trial, articles), None), name
                    assert files(trial) == before, (name, what)
            shutil.rmtree(trial)
    assert told == set(mine)


def one_line(act: Callable[[], Any], expected: Any) -> str:
    """Return the one line in which damage is told; "" where there is none and `act` gives what is expected."""
    try:
        found = act()
    except LibraryDamaged as error:
        message = str(error)
    else:
        assert found == expected
        return ""
    assert "\n" not in message
    return message


def test_a_changed_manifest_is_told(built: Path) -> None:
    path = current_generation(built)[0] / "manifest.json"
    row = json.loads(path.read_text(encoding="utf-8"))
    row["sources"][0]["paragraphs"] += 1
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(LibraryDamaged, match=r"manifest.json was changed since it was built"):
        Library(built)


def test_repair_goes_back_to_the_newest_whole_generation(built: Path, articles: Path) -> None:
    (articles / "三.txt").write_text("外贸保持增长。\n", encoding="utf-8")
    build(built, articles)
    generation, _ = current_generation(built)
    (generation / "terms" / "meta.json").unlink()
    with pytest.raises(LibraryDamaged, match="run `yinju check --repair` to go back to a whole one"):
        Library(built)
    whole = newest_whole(built)
    assert whole is not None
    assert whole[0] == "000001"
    assert repair(built).counts["paragraphs"] == 3
    assert texts(built) == ["人口增长放缓。", "老龄化加快。", "消费持续恢复。"]
    assert leftovers(built) == [generation.name]
    build(built, articles)
    assert len(texts(built)) == 4
    assert generation.is_dir()  # no switch of ours superseded it
    build(built, articles, purge=True)
    assert [p.name for p in (built / "generations").iterdir()] == [current_generation(built)[0].name]


def test_repair_keeps_a_sound_library_as_it_is_and_tells_where_nothing_is_whole(tmp_path: Path, built: Path) -> None:
    before = files(built)
    repair(built)
    assert files(built) == before
    (current_generation(built)[0] / "terms" / "meta.json").unlink()
    (built / "current").unlink()
    with pytest.raises(LibraryDamaged, match=r"no generation of .* is whole: run `yinju index --fresh PATH…`"):
        repair(built)
    with pytest.raises(LibraryDamaged, match=r"current is missing, and no generation .* is whole"):
        Library(built)
    with pytest.raises(LibraryMissing):
        repair(tmp_path / "none")


def test_a_switch_removes_only_what_it_superseded(built: Path, articles: Path) -> None:
    generations = built / "generations"
    shutil.copytree(generations / "000001", generations / "000007")  # nobody knows where it is from
    for n in range(3):
        (articles / "三.txt").write_text(f"外贸增长百分之{n}。\n", encoding="utf-8")
        build(built, articles)
    assert sorted(p.name for p in generations.iterdir()) == ["000007", "000009", "000010"]
    assert leftovers(built) == ["000007"]


def test_an_interrupted_first_switch_is_finished(tmp_path: Path, built: Path, articles: Path) -> None:
    (built / "current").rename(built / "current.partial")
    with pytest.raises(LibraryDamaged):
        Library(built)
    build(built, articles)
    assert len(texts(built)) == 3
    (tmp_path / "new" / "generations" / "000001.partial").mkdir(parents=True)
    assert is_new(tmp_path / "new")
    build(tmp_path / "new", articles)
    assert [p.name for p in (tmp_path / "new" / "generations").iterdir()] == ["000001"]


def test_a_question_finishes_an_interrupted_first_switch_too(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (built / "current").rename(built / "current.partial")
    assert main(["search", "人口", "--library", str(built)]) == 1  # it is there, though made with another embedder
    assert "made with embedder hashing" in capsys.readouterr().err
    assert (built / "current").is_file()


def test_a_failed_build_leaves_nothing_behind(built: Path, articles: Path) -> None:
    before = files(built)
    (articles / "二.txt").write_bytes(b"\0\1\2")
    (articles / "一.txt").write_text("题目一则\n\n改过的正文。\n", encoding="utf-8")
    for _ in range(3):
        with pytest.raises(YinjuError):
            build(built, articles)
        assert files(built) == before
        assert [p.name for p in (built / "generations").iterdir()] == ["000001"]


def test_what_cant_be_read_is_told_and_the_rest_is_indexed(
    tmp_path: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (articles / "坏.txt").write_bytes(b"\0\1\2")
    (articles / "空.md").write_text("", encoding="utf-8")
    (articles / "旧.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    library = ["--library", str(tmp_path / "l")]
    assert main(["index", str(articles), *library]) == 0
    captured = capsys.readouterr()
    assert captured.err.count("not read: ") == 3
    assert "3 could not be read" in captured.out
    assert "save it as .docx" in captured.err
    assert len(texts(tmp_path / "l")) == 3
    assert main(["index", str(articles), *library, "--strict"]) == 1
    for path in articles.iterdir():
        if path.stem not in ("坏", "空"):
            path.unlink()
    with pytest.raises(SourceError):
        build(tmp_path / "new", articles)


def test_a_purge_leaves_no_word_of_what_was_removed(built: Path, articles: Path) -> None:
    (articles / "密.txt").write_text("绝密的葡萄产量是七千吨。\n", encoding="utf-8")
    (articles / "长.txt").write_text("\n\n".join(f"第{n}段说的是一件事情。" for n in range(30)), encoding="utf-8")
    build(built, articles)
    (articles / "密.txt").unlink()
    build(built, articles)

    def held() -> list[Path]:
        return [p for p in built.rglob("*") if p.is_file() and "葡萄".encode() in p.read_bytes()]

    assert held()  # in the generation before, and in the segment that was carried over
    right = search(built)
    build(built, purge=True)  # without reading anything
    assert not held()
    assert search(built) == right
    assert [p.name for p in (built / "generations").iterdir()] == [current_generation(built)[0].name]


def ranking(library: Path, question: str) -> list[tuple[str, float, float]]:
    found = Retriever(Library(library), HashingEmbedder(), bundled()).search(question, 20)
    return [(e.paragraph.id, e.score, e.lexical) for e in found]


def test_updates_rank_as_a_fresh_build_does(tmp_path: Path, articles: Path) -> None:
    chance = np.random.default_rng(7)
    words = "人口 消费 外贸 就业 增长 老龄化 产业 投资 城市 农村".split()
    updated = tmp_path / "updated"
    for step in range(8):
        for n in chance.integers(0, 12, 4):
            said = "。\n\n".join("".join(chance.choice(words, 5)) for _ in range(3))
            (articles / f"{n:02}.txt").write_text(f"{said}。\n", encoding="utf-8")
        if step % 2 and (gone := articles / f"{chance.integers(0, 12):02}.txt").exists():
            gone.unlink()
        shutil.copy(articles / "一.txt", articles / f"双{step % 3}.txt")  # the same words twice: ties
        build(updated, articles)
    build(tmp_path / "fresh", articles)
    assert len(Library(updated).segments) > 1
    assert Library(updated).manifest.fingerprint == Library(tmp_path / "fresh").manifest.fingerprint
    for question in (*words, "人口老龄化加快", "消费和外贸"):
        assert ranking(updated, question) == ranking(tmp_path / "fresh", question)


def test_where_an_update_may_rank_otherwise_the_fingerprint_says_so(
    tmp_path: Path, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (articles / "长.txt").write_text("\n\n".join(f"第{n}段说的是一件事情。" for n in range(30)), encoding="utf-8")
    build(tmp_path / "updated", articles)
    (articles / "一.txt").unlink()
    monkeypatch.setattr("rag.index.build._TERMS_ANEW_UP_TO", 0)
    build(tmp_path / "updated", articles)
    build(tmp_path / "fresh", articles)
    assert Library(tmp_path / "updated").manifest.deleted_terms == 2
    assert Library(tmp_path / "updated").manifest.fingerprint != Library(tmp_path / "fresh").manifest.fingerprint
    build(tmp_path / "updated", articles, purge=True)
    assert Library(tmp_path / "updated").manifest.fingerprint == Library(tmp_path / "fresh").manifest.fingerprint


def test_all_files_can_be_read_by_those_who_can_read_one(built: Path) -> None:
    assert len({p.stat().st_mode for p in current_generation(built)[0].rglob("*") if p.is_file()}) == 1


def test_a_pointer_to_a_generation_is_checked(built: Path) -> None:
    point_to(built, "000001")
    assert len(texts(built)) == 3
    for wrong in ("", "000001", "../x " + "0" * 64, "000001 " + "0" * 64 + "\n", "\xff\xfe"):
        (built / "current").write_text(wrong, encoding="latin-1")
        with pytest.raises(LibraryDamaged):
            Library(built)


def manifest_of(library: Path) -> Path:
    return current_generation(library)[0] / "manifest.json"


def rewrite(manifest: Path, **changed: object) -> None:
    """Change a manifest as somebody would who wants it to be believed."""
    row = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**row, **changed}), encoding="utf-8")
    digest = hashlib.sha256(manifest.read_bytes()).hexdigest()
    manifest.with_name("manifest.sha256").write_text(digest, encoding="ascii")
    point_to(manifest.parents[2], manifest.parent.name)


def test_repair_believes_no_manifest_that_was_changed(built: Path, articles: Path) -> None:
    (articles / "三.txt").write_text("外贸保持增长。\n", encoding="utf-8")
    build(built, articles)
    manifest = manifest_of(built)
    for was, now in (('"paragraphs": 2', '"paragraphs": 1'), ('"first_row": 0', '"first_row": 1')):
        whole = manifest.read_text(encoding="utf-8")
        assert was in whole
        manifest.write_text(whole.replace(was, now, 1), encoding="utf-8")
        with pytest.raises(LibraryDamaged, match=r"manifest.json was changed"):
            Library(built, to_update=True)
        assert repair(built).counts["paragraphs"] == 3  # the generation before
        manifest.write_text(whole, encoding="utf-8")
        point_to(built, manifest.parent.name)
    (built / "current").unlink()
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace('"first_row": 0', '"first_row": 1', 1), encoding="utf-8"
    )
    assert repair(built).counts["paragraphs"] == 3


@pytest.mark.parametrize("before", ["../../victim", ".", "..", "/tmp/victim", "000001/../../../victim"])
def test_a_name_that_no_generation_can_have_is_damage_and_removes_nothing(
    tmp_path: Path, built: Path, articles: Path, before: str
) -> None:
    (tmp_path / "victim").mkdir()
    rewrite(manifest_of(built), before=before)
    with pytest.raises(LibraryDamaged, match="is broken"):
        build(built, articles)
    assert (tmp_path / "victim").is_dir()
    assert (built / "generations" / "000001").is_dir()


def test_a_generation_that_says_it_follows_itself_removes_nothing_of_its_own(built: Path, articles: Path) -> None:
    rewrite(manifest_of(built), before="000001")
    build(built, articles)
    assert texts(built) == ["人口增长放缓。", "老龄化加快。", "消费持续恢复。"]


@pytest.mark.parametrize(
    "changed",
    [
        {"sources": [1]}, {"sources": None}, {"segments": [{"name": 1}]}, {"files": []}, {"files": {"x": 1}},
        {"files": {"../x": {"bytes": 1, "sha256": ""}}}, {"dimension": "x"}, {"dimension": -1}, {"next_row": 1e400},
        {"next_row": True}, {"notices": 5}, {"unknown": 1}, {"built": None},
    ],
)  # fmt: skip
def test_a_manifest_of_other_types_is_damage(built: Path, changed: dict[str, object]) -> None:
    rewrite(manifest_of(built), **changed)
    with pytest.raises(LibraryDamaged, match="is broken"):
        Library(built)


def test_first_use_joins_no_library_that_was_made_meanwhile(built: Path, tmp_path: Path) -> None:
    build_library(built, [SEEDS], HashingEmbedder(), bundled(), only_if_new=True)
    assert len(texts(built)) == 3
    build_library(tmp_path / "new", [SEEDS], HashingEmbedder(), bundled(), only_if_new=True)
    assert len(texts(tmp_path / "new")) == 39


def test_a_purge_of_nothing_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing):
        build(tmp_path / "none", purge=True)
    assert not (tmp_path / "none").exists()


def test_a_file_of_somebody_elses_called_current_is_not_built_over(tmp_path: Path, articles: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "current").write_text("the state of my thesis", encoding="utf-8")
    for fresh in (False, True):
        with pytest.raises(LibraryError, match=r"holds no library but other files \(current\)"):
            build(work, articles, fresh=fresh)
    assert [p.name for p in work.iterdir()] == ["current"]


def test_a_folder_that_cant_be_looked_into_is_told(
    built: Path, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (articles / "深").mkdir()
    (articles / "深" / "四.txt").write_text("外贸保持增长。\n", encoding="utf-8")
    build(built, articles)
    scandir = os.scandir

    def closed(path: str) -> Any:
        if str(path).endswith("深"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(SourceError, match=r"深 can't be looked into \(Permission denied\)"):
        build(built, articles)
    monkeypatch.undo()
    assert len(texts(built)) == 4


def test_a_source_that_left_is_told(built: Path, articles: Path) -> None:
    (articles / "二.txt").unlink()
    report = build_library(built, [articles], HashingEmbedder(), bundled())
    assert "not in the folder any more, taken out: 二.txt" in report.notices


def test_advice_names_the_library_of_the_call(
    tmp_path: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = tmp_path / "my library"
    build(library, articles)
    (library / "current").unlink()
    assert main(["ask", "人口", "--library", str(library)]) == 1
    assert f"(add --library '{library}')" in capsys.readouterr().err
    assert main(["check", "--repair", "--library", str(library)]) == 1  # made with another embedder, but repaired
    assert main(["index", "--fresh", "--library", str(library)]) == 2
    assert f"`yinju index --fresh {articles}` (add --library '{library}')" in capsys.readouterr().err


def test_over_a_damaged_generation_nothing_older_is_removed(built: Path, articles: Path) -> None:
    (articles / "三.txt").write_text("外贸保持增长。\n", encoding="utf-8")
    build(built, articles)
    (current_generation(built)[0] / "terms" / "meta.json").unlink()
    build(built, articles, fresh=True)
    assert sorted(p.name for p in (built / "generations").iterdir()) == ["000001", "000002", "000003"]


def test_what_a_purge_cant_remove_is_told(tmp_path: Path, built: Path, articles: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (built / "generations" / "000001").rename(elsewhere)
    (built / "generations" / "000001").symlink_to(elsewhere)
    (articles / "二.txt").unlink()
    build(built, articles)
    with pytest.raises(LibraryError, match=r"not everything could be removed: .*000001 \(a link to .*elsewhere\)"):
        build(built, purge=True)


def test_what_is_not_ours_in_the_library_stays(built: Path, articles: Path) -> None:
    for name in ("backup-2026", "²", "notes.partial"):
        (built / "generations" / name).mkdir()
    build(built, articles, purge=True)
    assert leftovers(built) == []
    assert {"backup-2026", "²", "notes.partial"} < {p.name for p in (built / "generations").iterdir()}


def test_a_library_among_its_articles_reads_nothing_of_its_own(articles: Path) -> None:
    for _ in range(2):
        build(articles / "lib", articles)
    assert len(texts(articles / "lib")) == 3


def test_a_library_is_let_go_without_the_garbage_collector(built: Path) -> None:
    if not Path("/proc/self/maps").is_file():
        pytest.skip("needs /proc")
    gc.collect()
    gc.disable()
    try:
        library = open_current(built)
        list(library.paragraphs())
        library.in_article(next(library.paragraphs()).article)
        assert str(built) in Path("/proc/self/maps").read_text(encoding="utf-8")
        del library
        assert f"{built}/generations/000001/segments" not in Path("/proc/self/maps").read_text(encoding="utf-8")
        held = [str(p.readlink()) for p in Path("/proc/self/fd").iterdir() if p.is_symlink()]
        assert not [h for h in held if h.startswith(str(built))]
    finally:
        gc.enable()


def test_a_reader_that_opens_during_a_purge_gets_the_new_generation(
    built: Path, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Library.load

    def purge_first(library: Library) -> None:
        if library.folder.name == "000001":
            monkeypatch.undo()
            build(built, articles, purge=True)
        opened(library)

    monkeypatch.setattr(Library, "load", purge_first)
    assert open_current(built).folder.name == "000002"


def test_permissions_are_no_damage(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def closed(path: Path) -> bytes:
        if path.name == "manifest.json":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", closed)
    with pytest.raises(LibraryError, match=r"Permission denied\): ask its owner") as caught:
        Library(built)
    assert not isinstance(caught.value, LibraryDamaged)


def test_odd_places_for_a_library_are_told(tmp_path: Path, articles: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    with pytest.raises(LibraryError, match="is a link to nothing"):
        build(tmp_path / "link", articles)
    with pytest.raises(LibraryError, match="holds what is not text"):
        build(Path(f"{tmp_path}/\udcff"), articles)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(LibraryError, match="is a file"):
        build(tmp_path / "file", articles)
