"""Who may import whom, and what importing costs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Reading order within `rag`: a stage imports itself and what stands before it.
STAGES = "schema errors deadline offline terminal web cross_encoder".split()
STAGES += "text markers config".split()
STAGES += "ingest embed index query retrieve generate answer verify".split()
STAGES += ["assistant", "live", "session", "feedback", "command", "commands", "cli"]
HEAVY = ("torch", "transformers", "faiss", "gradio", "sentence_transformers")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize(("package", "forbidden"), [("rag", ("ui", "eval")), ("ui", ("eval",)), ("eval", ("ui",))])
def test_packages_keep_apart(package: str, forbidden: tuple[str, ...]) -> None:
    wrong = [(p, name) for p in modules(package) for name in imports(p) if name.split(".")[0] in forbidden]
    assert not wrong


def test_stages_import_only_what_stands_above_them() -> None:
    wrong = []
    for path in modules("rag"):
        stage = path.relative_to(ROOT / "rag").parts[0].removesuffix(".py")
        if stage in ("__init__",):
            continue
        for name in imports(path):
            parts = name.split(".")
            if parts[0] == "rag" and len(parts) > 1 and STAGES.index(parts[1]) > STAGES.index(stage):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong


def test_every_module_of_rag_has_its_stage() -> None:
    found = {p.relative_to(ROOT / "rag").parts[0].removesuffix(".py") for p in modules("rag")}
    assert found - {"__init__"} <= set(STAGES)


@pytest.mark.parametrize(
    "code", ["import rag", "from rag.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass"]
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code: str) -> None:
    program = f"{code}\nimport sys\nprint('HEAVY:', [m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "HEAVY: []"


def test_asking_loads_no_torch(tmp_path: Path) -> None:
    program = (
        f"from rag.cli import main\ncode = main(['ask', '刘奕是谁？', '--library', {str(tmp_path / 'l')!r}])\n"
        "import sys\nprint('HEAVY:', code, [m for m in ('torch', 'transformers', 'gradio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "HEAVY: 0 []"
