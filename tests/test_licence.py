"""Everything that is passed on has a licence, and it is named."""

import re
import tomllib
from importlib.metadata import metadata

from tests.conftest import ROOT

NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")


def test_the_code_is_under_apache_2() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == metadata("yinju")["License-Expression"] == "Apache-2.0"
    assert all((ROOT / name).is_file() for name in project["license-files"])
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_what_is_under_another_licence_is_named_with_it() -> None:
    models = [
        p.relative_to(ROOT).as_posix() for p in (ROOT / "rag" / "models").iterdir() if (p / "README.md").is_file()
    ]
    assert models
    for model in models:
        (licence,) = re.findall(r"^license: (.*)$", (ROOT / model / "README.md").read_text(encoding="utf-8"), re.M)
        (named,) = re.findall(rf"{model}/\n    SPDX-License-Identifier: (.*)$", NOTICE, re.M)
        assert named.lower() == licence


def test_every_seed_is_named_as_somebody_elses() -> None:
    for seed in (ROOT / "seeds").glob("*.txt"):
        assert f"seeds/{seed.name}\n    SPDX-License-Identifier: LicenseRef-" in NOTICE
