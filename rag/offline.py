"""Keep libraries from reaching the network without being asked to."""

import os

__all__ = ["DOWNLOAD", "may_download", "stay_offline"]

DOWNLOAD = "YINJU_DOWNLOAD"

_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
_HERE = ("127.0.0.1", "localhost", "::1")
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}


def may_download() -> bool:
    """Say whether the user allowed models to be fetched: YINJU_DOWNLOAD=1."""
    return os.environ.get(DOWNLOAD) == "1"


def stay_offline() -> None:
    """Switch telemetry off, and hubs too unless the user allowed them. To be called before they are imported.

    What goes to this machine itself must not take the way over a proxy.
    """
    os.environ.update(_QUIET)
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [h for h in os.environ.get(name, "").split(",") if h]
        os.environ[name] = ",".join(dict.fromkeys([*hosts, *_HERE]))
    if not may_download():
        os.environ.update(_OFFLINE)
