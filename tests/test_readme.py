"""The README says what is there."""

import re
import subprocess

from rag.cli import _commands, _parser
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def tree() -> set[str]:
    (block,) = [b for b in re.findall(r"```text\n(.*?)```", README, re.DOTALL) if b.startswith("pyproject")]
    found, path = set(), []
    for line in block.splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        path[depth:] = [name.rstrip("/")]
        found.add("/".join(path) + ("/" if name.endswith("/") else ""))
    return found


def test_the_tree_names_every_file_once_and_no_other() -> None:
    listed = tree()
    assert [p for p in listed if not (ROOT / p).exists()] == []
    folders = tuple(p for p in listed if p.endswith("/") and not any(q != p and q.startswith(p) for q in listed))
    files = {
        p.relative_to(ROOT).as_posix()
        for package in ("rag", "ui", "eval")
        for p in (ROOT / package).rglob("*.*")
        if p.suffix in (".py", ".css") and p.name != "__init__.py"
    }
    assert {f for f in files if not f.startswith(folders)} <= listed


def test_every_command_is_in_the_readme_and_in_help() -> None:
    commands = _commands()
    for name in commands:
        assert f"`yinju {name}" in README
        assert name in _parser(commands).format_help()
    named = set(re.findall(r"^\| `yinju (\w+)", README, re.MULTILINE))
    assert named == set(commands)


def test_the_two_commands_are_one_line_each() -> None:
    lines = re.findall(r"^    (pip install .*)$", README, re.MULTILINE)
    assert len(lines) == 2
    assert "yinju ask" in lines[0]
    assert "pytest" in lines[1]
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    (extract,) = [line for line in script.splitlines() if line.startswith("command=$(sed")]
    shown = subprocess.run(["bash", "-c", f'{extract}; echo "$command"'], capture_output=True, text=True, cwd=ROOT)
    assert shown.stdout.strip() == lines[1]


def test_every_promise_names_tests_that_are_there() -> None:
    (section,) = re.findall(r"## What is kept where.*?\n(?=## )", README, re.DOTALL)
    promises = re.split(r"^\d+\. ", section, flags=re.MULTILINE)[1:]
    assert len(promises) == 10
    for promise in promises:
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", promise)
        assert named, promise
        for file, test in named:
            assert f"def {test}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), (file, test)
