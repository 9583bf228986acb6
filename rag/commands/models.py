"""`yinju models`: the embedding models on this computer; does one work, and how well does it find a library's text?"""

import argparse
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.command import Command, add_settings, settings_flags
from rag.errors import LibraryError, ModelError, UsageError

if TYPE_CHECKING:
    from rag.config import Settings

__all__ = ["COMMAND"]

_PROBE = ("人口老龄化正在加快。", "The population is ageing.", "")
_TIMED = 256  # paragraphs
_ASKED = 1000  # sentences
_ACTIONS = ("list", "check", "measure")


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=_ACTIONS, default="list", help="list is the default")
    parser.add_argument(
        "names", nargs="*", metavar="MODEL", help="bundled, or models by name or path; none: --embedder"
    )
    add_settings(parser, "library", "seeds", "embedder", "device")


def _run(arguments: argparse.Namespace) -> int:
    from rag.config import load_settings

    settings = load_settings(settings_flags(arguments))
    if arguments.action == "list":
        if arguments.names:
            raise UsageError(f"did you mean `yinju models check {' '.join(arguments.names)}`? list takes no model")
        print("\n".join(_listed()))
        return 0
    for name in arguments.names or [settings.embedder]:
        act = _check if arguments.action == "check" else _measure
        print(act(name, settings))
    return 0


def _listed() -> Iterator[str]:
    """Give a line for every model that can be named without a download."""
    import json

    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    from rag.embed.registry import BUNDLED, bundled_folder
    from rag.embed.static import TRAINING_FACTS

    facts = json.loads((bundled_folder() / TRAINING_FACTS).read_text(encoding="utf-8"))
    size = sum(p.stat().st_size for p in bundled_folder().rglob("*") if p.is_file())
    yield f"{BUNDLED:40} {size / 1e6:8.1f} MB  static, {facts['pieces']:,} pieces, trained {facts['date']}"
    try:
        cached = scan_cache_dir()
    except CacheNotFound:
        return
    for repo in sorted(cached.repos, key=lambda r: r.repo_id):
        if repo.repo_type == "model":
            yield f"{repo.repo_id:40} {repo.size_on_disk / 1e6:8.1f} MB  from the hub, kept in {repo.repo_path}"


def _check(name: str, settings: "Settings") -> str:
    """Load a model and look at what it gives. Raises ModelError when it is no embedder."""
    import numpy as np

    from rag.embed.registry import load_embedder

    began = time.monotonic()
    model = load_embedder(name, device=settings.device or None)
    seconds = time.monotonic() - began
    rows = model.encode(_PROBE)
    again = model.encode(_PROBE)
    norms = np.linalg.norm(rows[:2], axis=1)
    if rows.shape != (len(_PROBE), model.dimension) or not np.isfinite(rows).all():
        raise ModelError(f"{name} gives rows of shape {rows.shape}, expected {(len(_PROBE), model.dimension)} numbers")
    if not np.allclose(norms, 1, atol=1e-3):
        raise ModelError(f"{name} gives rows of length {norms.max():.3f}, expected 1")
    if not np.allclose(rows, again, atol=1e-5):
        raise ModelError(f"{name} gives other rows for the same text: it can't be used for search")
    return f"{name}: sound. {model.dimension} dimensions, {model.fingerprint}, loaded in {seconds:.1f} s"


def _measure(name: str, settings: "Settings") -> str:
    """Ask a model for the library's own text: which paragraph was a sentence taken out of?"""
    from rag.embed.registry import load_embedder
    from rag.embed.train.held_out import hit_rates
    from rag.embed.train.own import probe
    from rag.session import open_library

    library = open_library(settings)
    model = load_embedder(name, device=settings.device or None)
    texts = [p.text for _, p in zip(range(_TIMED), library.paragraphs(), strict=False)]
    began = time.monotonic()
    model.encode(texts)
    speed = len(texts) / (time.monotonic() - began)
    asked = probe(library.paragraphs(), _ASKED)
    rates = hit_rates(model, [asked])
    if not rates:
        raise LibraryError(f"{settings.library} has too few paragraphs to measure with: index more articles")
    return (
        f"{name}: {rates[asked.name]:.3f} of {len(asked)} sentences find the rest of their paragraph first; "
        f"{speed:,.0f} paragraphs a second"
    )


COMMAND = Command("models", "list, check or measure embedding models", _configure, _run)
