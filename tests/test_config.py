"""Settings: later sources win, mistakes are told."""

from pathlib import Path

import pytest

from rag.config import Settings, load_settings
from rag.errors import ConfigError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults_file_environment_flags(elsewhere: Path) -> None:
    assert load_settings({}, {}) == Settings()
    (elsewhere / "yinju.toml").write_text('library = "file"\npassages = 5\ndevice = "file"\n', encoding="utf-8")
    found = load_settings(
        {"library": "flag", "device": None}, {"YINJU_DEVICE": "cuda", "PATH": "x", "YINJU_DOWNLOAD": "1"}
    )
    assert (found.library, found.passages, found.device) == (Path("flag"), 5, "cuda")


@pytest.mark.parametrize(
    ("content", "environment", "message"),
    [
        ("libary = 'x'", {}, "yinju.toml has unknown libary: expected library"),
        ("passages = 'x'", {}, "passages is 'x', expected a whole number"),
        ("passages = true", {}, "expected a whole number"),
        ("passages = 0", {}, "expected 1 to 100"),
        ("passages = ", {}, "no valid TOML"),
        ("library = true", {}, "library is True, expected a path"),
        ("library = 5", {}, "library is 5, expected a path"),
        ("library = ''", {}, "library is empty"),
        ("", {"YINJU_LIBARY": "x"}, "the environment has unknown libary"),
        ("", {"YINJU_EMBEDDER": " "}, "embedder is empty"),
    ],
)
def test_mistakes(elsewhere: Path, content: str, environment: dict[str, str], message: str) -> None:
    (elsewhere / "yinju.toml").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_settings({}, environment)
