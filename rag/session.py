"""From settings to an assistant that is ready to answer."""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from rag.answer.base import Generator
from rag.answer.extractive import ExtractiveGenerator
from rag.assistant import Assistant
from rag.config import Settings
from rag.embed.base import Embedder
from rag.embed.registry import load_embedder, load_tokens
from rag.errors import ConfigError, LibraryMissing
from rag.index.build import BuildReport, build_library
from rag.index.library import CURRENT, Library
from rag.retrieve.rerank import load_reranker
from rag.retrieve.retriever import Retriever

__all__ = ["index_sources", "open_assistant", "open_library", "open_retriever", "progress_bar"]

_WAIT = 600.0  # seconds for another first build
_GENERATORS: dict[str, Callable[[Library, Embedder], Generator]] = {"extractive": ExtractiveGenerator}


def progress_bar(items: Iterable[Any], what: str, count: int | None) -> Iterable[Any]:
    """Wrap an iterable in a progress bar on stderr."""
    from tqdm import tqdm

    return tqdm(items, desc=what, total=count, file=sys.stderr, leave=False, delay=0.2)  # type: ignore[no-any-return]


def index_sources(
    settings: Settings, paths: Sequence[Path], *, fresh: bool = False, wait_seconds: float = 0
) -> BuildReport:
    """Make or update the library from `paths`, or from the seeds where none are given."""
    embedder = load_embedder(settings.embedder, device=settings.device or None, progress=True)
    return build_library(
        settings.library,
        paths or [settings.seeds],
        embedder,
        load_tokens(embedder),
        fresh=fresh,
        wait_seconds=wait_seconds,
        progress=progress_bar,
    )


def open_library(settings: Settings) -> Library:
    """Open the library; build it from the seeds on first use.

    Raises LibraryError, or ModelError or SourceError when it can't be built.
    """
    if not (settings.library / CURRENT).is_file():
        if not settings.seeds.is_dir():
            raise LibraryMissing(
                f"no library in {settings.library} and no folder {settings.seeds} to build it from: "
                "run `yinju index PATH` with the folder of your articles"
            )
        print(f"building the library {settings.library} from {settings.seeds}/ (first use)", file=sys.stderr)
        # Whoever comes first builds; the others wait for it and find everything done.
        for notice in index_sources(settings, [], wait_seconds=_WAIT).notices:
            print(f"note: {notice}", file=sys.stderr)
    return Library(settings.library)


def open_retriever(settings: Settings) -> Retriever:
    """Open the library with its embedder. Raises LibraryError, ModelError or SourceError."""
    library = open_library(settings)
    library.load()
    device = settings.device or None
    embedder = load_embedder(settings.embedder, device=device)
    return Retriever(library, embedder, load_tokens(embedder), load_reranker(settings.reranker, device=device))


def open_assistant(settings: Settings) -> Assistant:
    """Open the library and put an assistant on it. Raises what `open_retriever` does, and ConfigError."""
    make = _GENERATORS.get(settings.generator)
    if make is None:
        raise ConfigError(f"generator {settings.generator!r} is unknown: expected {', '.join(_GENERATORS)}")
    retriever = open_retriever(settings)
    return Assistant(retriever, make(retriever.library, retriever.embedder), passages=settings.passages)
