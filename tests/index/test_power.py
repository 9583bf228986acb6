"""The power fails at any moment of a build: what is then on the disk is the library before or the new one."""

import random
import shutil
import sys
import time
from pathlib import Path

import pytest

from rag.errors import LibraryMissing
from rag.index.build import build_library
from rag.index.library import Library
from rag.index.repair import settle
from tests.conftest import ROOT, HashingEmbedder, bundled
from tests.index.disk import Call, Disk, Folder, calls_in, recorded

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs the system package strace"),
]

PROGRAM = """
import sys
from pathlib import Path
from rag.index.build import build_library
from tests.conftest import HashingEmbedder, bundled
build_library(Path(sys.argv[1]), [Path(sys.argv[2])], HashingEmbedder(), bundled())
"""
BEFORE = {"长.txt": "\n\n".join(f"第{n}段说的是一件事情。" for n in range(12)), "一.txt": "人口增长放缓。"}
AFTER = {"长.txt": BEFORE["长.txt"], "一.txt": "人口有所下降。", "二.txt": "消费持续恢复。"}


def write(articles: Path, texts: dict[str, str]) -> None:
    articles.mkdir(exist_ok=True)
    for name, text in texts.items():
        (articles / name).write_text(text + "\n", encoding="utf-8")


def held(library: Path) -> set[str]:
    settle(library)
    try:
        opened = Library(library, thorough=True, to_update=True)
    except LibraryMissing:
        return set()
    opened.load()
    assert opened.lexical.statistics.paragraphs == len(opened)
    return {p.text for p in opened.paragraphs()}


def paragraphs(texts: dict[str, str]) -> set[str]:
    return {line for text in texts.values() for line in text.split("\n\n")}


def same(folder: Folder, path: Path) -> bool:
    """Say whether a replayed folder is what really lies there."""
    if set(folder.names) != {p.name for p in path.iterdir()}:
        return False
    return all(
        same(node, path / name) if isinstance(node, Folder) else node.content == (path / name).read_bytes()
        for name, node in folder.names.items()
    )


@pytest.mark.parametrize("first", [True, False])
def test_the_power_fails_at_any_moment_of_a_build(tmp_path: Path, first: bool) -> None:
    articles, world = tmp_path / "articles", tmp_path / "world"
    world.mkdir()
    if not first:
        for step in ({"一.txt": "更早。"}, BEFORE):  # so that a generation is removed behind the switch
            write(articles, step)
            build_library(world / "new" / "library", [articles], HashingEmbedder(), bundled())
    disk = Disk(world)
    write(articles, AFTER)
    program = [sys.executable, "-c", PROGRAM, str(world / "new" / "library"), str(articles)]
    calls = recorded(program, tmp_path / "log", cwd=ROOT)
    old, new = (set() if first else paragraphs(BEFORE)), paragraphs(AFTER)
    chance = random.Random(0)
    tried: dict[int, set[str]] = {}
    seen: dict[str, set[frozenset[str]]] = {}
    moments = 0
    for call in calls:
        if disk.apply(call):
            moments += 1
            for kind in ("synced", "names", "all", "some", "some"):
                found = fail(disk, tmp_path / "trial", kind, chance, tried)
                assert found in (old, new), (call, kind)
                seen.setdefault(kind, set()).add(frozenset(found))
    assert same(disk.top, world)  # nothing was missed in the replay
    assert moments > 60
    assert all(states == {frozenset(old), frozenset(new)} for states in seen.values())
    assert fail(disk, tmp_path / "trial", "synced", chance, {}) == new  # what a build said to be done is on the disk


def fail(disk: Disk, trial: Path, kind: str, chance: random.Random, tried: dict[int, set[str]]) -> set[str]:
    """Return what the library holds after the power failed now; what was `tried` before is not tried again."""
    left = disk.after_power_failure(kind, chance)
    key = hash(frozenset(left.items()))
    if key not in tried:
        trial.mkdir()
        for name, content in left.items():
            if content is None:
                (trial / name).mkdir()
            else:
                (trial / name).write_bytes(content)
        try:
            tried[key] = held(trial / "new" / "library")
        finally:
            remove(trial)
    return tried[key]


def remove(folder: Path) -> None:
    """Remove a folder in which a thread of a term index that was open may still make a lock file."""
    for _ in range(50):
        try:
            return shutil.rmtree(folder)
        except OSError:
            time.sleep(0.02)
    return shutil.rmtree(folder)


def test_a_number_that_is_given_away_before_its_close_ended_is_not_lost(tmp_path: Path) -> None:
    log = """
1 openat(AT_FDCWD, "\\x61", O_WRONLY|O_CREAT, 0666) = 7
1 close(7 <unfinished ...>
2 dup(5) = 7
1 <... close resumed>) = 0
""".splitlines()
    assert [(c.name, c.result) for c in calls_in(log)] == [("openat", 7), ("close", 0), ("dup", 7)]


def test_a_disk_keeps_what_was_synced_alone(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "old").write_text("old")
    disk = Disk(root)

    def hexed(text: str) -> str:
        return '"' + "".join(f"\\x{b:02x}" for b in text.encode()) + '"'

    def call(name: str, *arguments: str, result: int = 0) -> None:
        disk.apply(Call(name, arguments, result))

    call("openat", "AT_FDCWD", hexed(f"{root}/new"), "O_WRONLY|O_CREAT", "0666", result=3)
    call("write", "3", hexed("new"), "3", result=3)

    def after(kind: str) -> dict[str, str]:
        left = disk.after_power_failure(kind, random.Random(0))
        return {name: (content or b"").decode() for name, content in left.items()}

    assert after("synced") == {"old": "old"}
    assert after("names") == {"old": "old", "new": ""}
    assert after("all") == {"old": "old", "new": "new"}
    call("fsync", "3")
    call("rename", hexed(f"{root}/new"), hexed(f"{root}/old"))
    assert after("synced") == {"old": "old"}
    assert after("names") == {"old": "new"}
    call("openat", "AT_FDCWD", hexed(str(root)), "O_RDONLY", result=4)
    call("fsync", "4")
    assert after("synced") == {"old": "new"}
