"""Builds that are killed or run out of room, each in a process of its own; prints a JSON object a try.

This process imports all that a build needs and starts no thread, so that it can fork: a try costs a tenth of a second.
"""

import json
import os
import random
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from rag.errors import LibraryError, YinjuError
from rag.index.build import build_library
from rag.index.library import Library
from rag.index.repair import settle
from tests.conftest import HashingEmbedder, bundled


def write(articles: Path, version: int) -> None:
    """Write articles whose every paragraph names the version."""
    articles.mkdir(exist_ok=True)
    for n in range(6):
        text = "\n\n".join(f"第{version}版第{n}篇第{m}段，说的是人口与消费。" for m in range(30))
        (articles / f"{n}.txt").write_text(text, encoding="utf-8")


def build(library: Path, articles: Path) -> None:
    build_library(library, [articles], HashingEmbedder(), bundled())


def state(library: Path) -> str:
    """Say which version a library holds: "none", its number, or what is wrong."""
    try:
        settle(library)
        opened = Library(library, thorough=True, to_update=True)
        opened.load()
        verify_terms = opened.lexical.statistics.paragraphs
        versions = {p.text[1 : p.text.index("版")] for p in opened.paragraphs()}
    except YinjuError as error:
        return "none" if type(error).__name__ == "LibraryMissing" else f"{type(error).__name__}: {error}"
    if len(versions) != 1 or verify_terms != len(opened):
        return f"mixed: {sorted(versions)}, {verify_terms} of {len(opened)} with terms"
    return versions.pop()


def in_child(act: Callable[[], Any]) -> tuple[int, Any]:
    """Run in a forked process; return how it ended (negative: the signal) and what it returned."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        status = 1
        try:
            found = act()
            os.write(writer, json.dumps(found).encode())
            status = 0
        except BaseException as error:  # noqa: BLE001 - what it was is told to the parent
            os.write(writer, json.dumps(f"{type(error).__name__}: {error}").encode())
        os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        content = stream.read()
    _, ended = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(ended), json.loads(content) if content else None


def killed_after(seconds: float, act: Callable[[], Any]) -> bool:
    """Kill a forked process after so long; say whether it had not ended by itself."""
    pid = os.fork()
    if pid == 0:
        act()
        os._exit(0)
    time.sleep(seconds)
    ended, _ = os.waitpid(pid, os.WNOHANG)
    if ended:
        return False
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True


def killed_at(step: int, act: Callable[[], Any]) -> bool:
    """Let a forked process kill itself before its `step`-th sync, rename or removal; say whether it came so far."""

    def run() -> None:
        left = [step]

        def counted(function: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **more: Any) -> Any:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*arguments, **more)

            return call

        os.fsync = counted(os.fsync)
        os.rename, os.replace = counted(os.rename), counted(os.replace)
        os.rmdir = counted(os.rmdir)
        act()

    code, _ = in_child(run)
    return code == -signal.SIGKILL


def kill(folder: Path, kills: int) -> None:
    """Kill so many builds, first ones and updates, at chance moments and at each step of the switch."""
    chance = random.Random(3)
    began = time.monotonic()
    in_child(lambda: (write(folder / "a", 0), build(folder / "timed", folder / "a")))
    takes = time.monotonic() - began
    library, articles, version, step = folder / "library", folder / "articles", 1, 0
    write(articles, version)
    left_to_kill = kills
    for number in count():
        if not left_to_kill:
            return
        _, before = in_child(lambda: state(library))
        if number % 2:
            what, killed = f"step {step}", killed_at(step, lambda: build(library, articles))
            step = step + 1 if killed else 0
        else:
            seconds = chance.uniform(0, 2 * takes)
            what, killed = f"{seconds:.3f} s", killed_after(seconds, lambda: build(library, articles))
        left_to_kill -= killed
        _, after = in_child(lambda: state(library))
        left = [p.name for p in (library / "generations").glob("*")] if library.exists() else []
        row = {"what": what, "killed": killed, "before": before, "after": after, "wrote": str(version), "left": left}
        print(json.dumps(row), flush=True)
        if after == str(version):  # it is there: change the articles, now and then begin anew
            version += 1
            write(articles, version)
            if number % 5 == 0:
                shutil.rmtree(library)


def fill(folder: Path, _tries: int) -> None:
    """Build where no file may grow beyond a limit, larger and larger, over a library and into nothing."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    library, articles = folder / "library", folder / "articles"
    write(articles, 1)
    in_child(lambda: build(library, articles))
    write(articles, 2)
    for limit in (0, 50, 300, 700, 1500, 3000, 6000, 12_000, 25_000, 50_000, 100_000, 200_000):
        for target in (library, folder / f"new{limit}"):
            _, before = in_child(lambda target=target: state(target))

            def limited(limit: int = limit, target: Path = target) -> str:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
                try:
                    build(target, articles)
                except LibraryError as error:
                    return str(error)
                return ""

            code, said = in_child(limited)
            _, after = in_child(lambda target=target: state(target))
            left = [p.name for p in (target / "generations").glob("*.partial")]
            row = {"limit": limit, "code": code, "said": said, "before": before, "after": after, "left": left}
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    bundled()  # read before the first fork
    for needed in ("filelock", "tantivy", "faiss", "rag.index.verify"):
        import_module(needed)
    {"kill": kill, "fill": fill}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
