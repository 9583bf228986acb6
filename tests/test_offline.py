"""Nothing reaches the network unless the user says so."""

import os

import pytest

from rag.offline import DOWNLOAD, may_download, stay_offline


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        DOWNLOAD,
        "HF_HUB_OFFLINE",
        "TRANSFORMERS_OFFLINE",
        "GRADIO_ANALYTICS_ENABLED",
        "HF_HUB_DISABLE_TELEMETRY",
    ):
        monkeypatch.setenv(name, "")


def test_hubs_and_telemetry_are_off() -> None:
    stay_offline()
    assert not may_download()
    assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"


def test_the_user_may_allow_hubs_but_telemetry_stays_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DOWNLOAD, "1")
    stay_offline()
    assert may_download()
    assert os.environ["HF_HUB_OFFLINE"] == ""
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"
