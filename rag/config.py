"""Settings: defaults < yinju.toml < environment < flags. An unknown key is an error."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

from rag.errors import ConfigError
from rag.offline import DOWNLOAD

__all__ = ["Settings", "load_settings"]

_FILE = "yinju.toml"
_PREFIX = "YINJU_"
_KINDS: dict[str, type] = {"Path": Path, "str": str, "int": int}
_NOT_SETTINGS = frozenset({DOWNLOAD, "YINJU_API_KEY"})  # read where models are loaded and servers are asked


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may set. Each name is a key of yinju.toml, a flag, and YINJU_NAME in the environment."""

    library: Path = Path(".yinju/library")
    seeds: Path = Path("seeds")
    embedder: str = "bundled"
    encoder: str = "bundled"
    reranker: str = "none"
    generator: str = "extractive"
    entailment: str = "none"
    translator: str = "none"
    passages: int = 8
    reading: int = 800
    drafts: int = 1
    seconds: int = 120
    precision: str = "auto"
    device: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.passages <= 100:
            raise ConfigError(f"passages is {self.passages}: expected 1 to 100")
        if not 100 <= self.reading <= 100_000:
            raise ConfigError(f"reading is {self.reading}: expected 100 to 100,000 characters")
        if not 1 <= self.drafts <= 16:
            raise ConfigError(f"drafts is {self.drafts}: expected 1 to 16")
        if self.seconds < 1:
            raise ConfigError(f"seconds is {self.seconds}: expected 1 or more")
        for name in ("library", "seeds"):
            if getattr(self, name) == Path():
                raise ConfigError(f"{name} is empty: expected the path of a folder")
        for name in ("embedder", "encoder", "reranker", "generator", "entailment", "translator"):
            if not getattr(self, name).strip():
                raise ConfigError(f"{name} is empty: expected a name, see `yinju --help`")

    def with_values(self, values: Mapping[str, Any], where: str) -> Self:
        """Override with `values`, text or of the right type. Raises ConfigError naming `where`."""
        kinds = {f.name: _KINDS[str(getattr(f.type, "__name__", f.type))] for f in fields(self)}
        unknown = sorted(set(values) - set(kinds))
        if unknown:
            raise ConfigError(f"{where} has unknown {', '.join(unknown)}: expected {', '.join(kinds)}")
        converted = {}
        for name, value in values.items():
            try:
                if isinstance(value, bool) or not isinstance(value, str | int | Path):
                    raise TypeError("of another type")
                converted[name] = kinds[name](value)
            except (TypeError, ValueError) as error:
                kind = {int: "a whole number", Path: "a path", str: "a text"}[kinds[name]]
                raise ConfigError(f"{where}: {name} is {value!r}, expected {kind}") from error
        return replace(self, **converted)


def load_settings(flags: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Gather settings; flags that are None were not given. Raises ConfigError."""
    environment = os.environ if environment is None else environment
    settings = Settings()
    file = Path(_FILE)
    if file.is_file():
        try:
            settings = settings.with_values(tomllib.loads(file.read_text(encoding="utf-8")), _FILE)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{_FILE} is no valid TOML ({error}): correct or remove it") from error
    found = {k: v for k, v in environment.items() if k.startswith(_PREFIX) and k not in _NOT_SETTINGS}
    settings = settings.with_values({k.removeprefix(_PREFIX).lower(): v for k, v in found.items()}, "the environment")
    return settings.with_values({k: v for k, v in flags.items() if v is not None}, "the command line")
