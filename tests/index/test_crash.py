"""A build that is killed or runs out of room leaves the library before or the new one, and nothing half written."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rag.cli import main
from tests.conftest import ROOT

pytestmark = pytest.mark.slow


def program(what: str, folder: Path, tries: int = 0) -> list[dict[str, Any]]:
    """Run `crash_program`; return what it says of each try."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.index.crash_program", what, str(folder), str(tries)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=600,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_killed_build_leaves_the_library_before_or_the_new_one(tmp_path: Path) -> None:
    tries = program("kill", tmp_path, 110)
    assert sum(t["killed"] for t in tries) == 110
    wrong = [t for t in tries if t["after"] not in (t["before"], t["wrote"])]
    assert not wrong
    assert all(t["after"] == t["wrote"] for t in tries if not t["killed"])
    assert max(len(t["left"]) for t in tries if not t["killed"]) <= 2  # the current one and the one before
    assert {t["before"] == "none" for t in tries if t["killed"]} == {True, False}  # first builds and updates


def test_a_full_disk_is_told_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    tries = program("fill", tmp_path)
    failed = [t for t in tries if t["said"]]
    assert {t["before"] for t in failed} == {"1", "none"}
    for t in failed:
        assert "can't be written (File too large): free space" in t["said"]
        assert "\n" not in t["said"]
    assert all(t["after"] == t["before"] for t in failed)
    assert all(t["code"] == 0 and not t["left"] for t in tries)
    assert any(t["after"] == "2" for t in tries)


@pytest.fixture
def mounted(tmp_path: Path) -> Any:
    """Give a folder in which a file system is mounted for the test, and what mounts it."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    place = tmp_path / "mounted"
    place.mkdir()

    def mount(*arguments: str) -> Path:
        done = subprocess.run(["mount", *arguments, str(place)], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
        return place

    yield mount
    subprocess.run(["umount", "--lazy", str(place)], check=False, capture_output=True)


def articles(folder: Path, name: str, count: int) -> Path:
    folder.mkdir()
    for n in range(count):
        text = "\n\n".join(f"第{n}篇第{m}段，说的是人口与消费，{n * m}件事情。" for m in range(200))
        (folder / f"{name}{n}.txt").write_text(text, encoding="utf-8")
    return folder


def test_a_disk_that_is_full_takes_a_build_when_there_is_room(
    mounted: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = mounted("-t", "tmpfs", "-o", "size=1200k", "tmpfs")
    few, many = articles(tmp_path / "few", "短", 1), articles(tmp_path / "many", "长", 40)
    library = ["--library", str(place / "library")]
    assert main(["index", str(few), *library]) == 0
    for _ in range(3):
        capsys.readouterr()
        assert main(["index", str(many), *library]) == 1
        (line,) = re.findall(r"yinju: .*", capsys.readouterr().err)
        assert "can't be written (No space left on device): free space" in line
        assert [p.name for p in (place / "library" / "generations").iterdir()] == ["000001"]
    assert main(["search", "人口", *library]) == 0
    assert main(["index", str(few), *library]) == 0


def test_a_sound_library_opens_where_nothing_can_be_written(
    mounted: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = articles(tmp_path / "few", "短", 1)
    assert main(["index", str(few), "--library", str(tmp_path / "library")]) == 0
    place = mounted("--bind", str(tmp_path / "library"))
    subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], check=True)
    library = ["--library", str(place)]
    for arguments in (["search", "人口"], ["ask", "第0篇说的是什么？"], ["check"]):
        assert main([*arguments, *library]) == 0, arguments
    capsys.readouterr()
    for arguments in (["index", str(few)], ["index", "--purge"], ["check", "--repair"]):
        assert main([*arguments, *library]) == 1
        (line,) = re.findall(r"yinju: .*", capsys.readouterr().err)
        assert "can't be written (Read-only file system)" in line
