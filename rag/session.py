"""From settings to an assistant that is ready to answer."""

import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rag.answer.extractive import ExtractiveGenerator
from rag.answer.plan import SentencePlanner
from rag.answer.ranking import SentenceRanker
from rag.assistant import Assistant
from rag.config import Settings
from rag.embed.registry import load_embedder, load_encoder, load_tokens
from rag.errors import ConfigError, LibraryError, LibraryMissing, UsageError
from rag.generate.base import Generator, Translator
from rag.index.build import BuildReport, build_library
from rag.index.generations import current_generation, is_new
from rag.index.library import Library, open_current
from rag.index.repair import settle
from rag.live import LiveAssistant
from rag.retrieve.rerank import load_reranker
from rag.retrieve.retriever import Retriever
from rag.terminal import printable
from rag.verify.entailment import load_entailment

__all__ = [
    "Models",
    "SearchModels",
    "index_sources",
    "open_assistant",
    "open_library",
    "open_live_assistant",
    "open_retriever",
    "progress_bar",
]

_WAIT = 600.0  # seconds for another first build
# Made for a library; what is dear to load is loaded once, before.
Make = Callable[[Library], Generator]


def _extractive(_name: str, _settings: Settings) -> Make:
    return lambda _library: ExtractiveGenerator()


def _local(name: str, settings: Settings) -> Make:
    from rag.generate.local import LocalGenerator

    loaded = LocalGenerator(
        name,
        device=settings.device or None,
        precision=settings.precision,
        seconds=settings.seconds,
        temperature=_temperature(settings),
        reading=settings.reading,
    )
    return lambda library: loaded.over(library.article_of)


def _server(name: str, settings: Settings) -> Make:
    from rag.generate.server import ServerGenerator

    made = ServerGenerator(name, seconds=settings.seconds, temperature=_temperature(settings), reading=settings.reading)
    return lambda library: made.over(library.article_of)


_GENERATORS: dict[str, Callable[[str, Settings], Make]] = {
    "extractive": _extractive,
    "transformers": _local,
    "server": _server,
}


def _maker(setting: str, value: str, default: str) -> Callable[[Settings], Make]:
    """Give what loads a generator. Raises ConfigError."""
    kind, _, name = value.partition(":")
    load = _GENERATORS.get(kind)
    if load is None or (kind == "extractive") != (not name) or (kind == "extractive" and default != kind):
        raise ConfigError(
            f"{setting} {value!r} is unknown: expected {default}, transformers:NAME_OR_PATH or server:URL#MODEL"
        )
    return partial(load, name)


def _temperature(settings: Settings) -> float:
    """Several drafts must differ."""
    return 0.7 if settings.drafts > 1 else 0.0


def progress_bar(items: Iterable[Any], what: str, count: int | None) -> Iterable[Any]:
    """Wrap an iterable in a progress bar on stderr."""
    from tqdm import tqdm

    return tqdm(items, desc=what, total=count, file=sys.stderr, leave=False, delay=0.2)  # type: ignore[no-any-return]


def index_sources(
    settings: Settings,
    paths: Sequence[Path],
    *,
    fresh: bool = False,
    purge: bool = False,
    only_if_new: bool = False,
    wait_seconds: float = 0,
) -> BuildReport:
    """Make or update the library from `paths`, or from the seeds where none are given; a purge may do without.

    With `only_if_new` a library that is there by then stays as it is. Raises UsageError where `fresh` would drop
    articles that nobody named.
    """
    if not paths and fresh:
        _check_seeds_alone(settings)
    embedder = load_embedder(settings.embedder, device=settings.device or None, progress=True)
    return build_library(
        settings.library,
        paths or ([] if purge and not fresh else [settings.seeds]),
        embedder,
        load_tokens(embedder),
        fresh=fresh,
        purge=purge,
        only_if_new=only_if_new,
        wait_seconds=wait_seconds,
        progress=progress_bar,
    )


def _check_seeds_alone(settings: Settings) -> None:
    """Raise UsageError when the library holds, or may hold, other articles than the seeds."""
    if is_new(settings.library):
        return
    try:
        roots = sorted({s.root for s in current_generation(settings.library)[1].sources})
    except LibraryError:
        roots = []
    if roots != [str(settings.seeds.resolve())]:
        command = shlex.join(["yinju", "index", "--fresh", *roots]) + ("" if roots else " PATH…")
        raise UsageError(
            f"--fresh without PATH would leave only {settings.seeds}/ in the library {settings.library}: "
            f"name the folders that it is to hold, `{command}`"
        )


def open_library(settings: Settings) -> Library:
    """Open the library; build it from the seeds on first use, into a folder that is absent or empty.

    Raises LibraryError, or ModelError or SourceError when it can't be built.
    """
    settle(settings.library)
    if is_new(settings.library):
        if not settings.seeds.is_dir():
            raise LibraryMissing(
                f"no library in {settings.library} and no folder {settings.seeds} to build it from: "
                "run `yinju index PATH` with the folder of your articles"
            )
        print(
            f"building the library {settings.library} from {settings.seeds}/ (first use), or waiting for a build of it",
            file=sys.stderr,
        )
        report = index_sources(settings, [], only_if_new=True, wait_seconds=_WAIT)
        for notice in (*report.notices, *report.unread):
            print(f"note: {printable(notice)}", file=sys.stderr)
    return open_current(settings.library)


def open_retriever(settings: Settings) -> Retriever:
    """Open the library with its embedder. Raises LibraryError, ModelError or SourceError."""
    return SearchModels(settings).retriever(open_library(settings))


def open_assistant(settings: Settings) -> Assistant:
    """Open the library and put an assistant on it. Raises what `open_retriever` does, and ConfigError."""
    _check_generators(settings)
    library = open_library(settings)
    return Models(settings, library).assistant(library)


def open_live_assistant(settings: Settings) -> LiveAssistant:
    """Put an assistant on the library that follows it from then on. Raises what `open_assistant` does."""
    _check_generators(settings)
    models = Models(settings, open_library(settings))
    return LiveAssistant(settings.library, models.assistant)


class SearchModels:
    """What is loaded once to search, and then works on one library after the other."""

    def __init__(self, settings: Settings) -> None:
        """Load the models. Raises ModelError."""
        device = settings.device or None
        self.embedder = load_embedder(settings.embedder, device=device)
        self.tokens = load_tokens(self.embedder)
        self._reranker = load_reranker(settings.reranker, device=device)
        self.encoder = load_encoder(settings.encoder)

    def retriever(self, library: Library) -> Retriever:
        """Put a retriever on a library. Raises LibraryMismatch when other models made it."""
        return Retriever(library, self.embedder, self.tokens, self._reranker, self.encoder)


class Models:
    """What is loaded once to answer, and then works on one library after the other."""

    def __init__(self, settings: Settings, library: Library) -> None:
        """Load the models; those that made `library` first. Raises ConfigError, LibraryMismatch or ModelError."""
        self._settings = settings
        self._search = SearchModels(settings)
        library.check_models(self._search.embedder, self._search.tokens)
        self._make = _maker("generator", settings.generator, "extractive")(settings)
        self._make_translator: Make | None = None
        if settings.translator == settings.generator:
            self._make_translator = self._make
        elif settings.translator != "none":
            self._make_translator = _maker("translator", settings.translator, "none")(settings)
        self._entailment = load_entailment(settings.entailment, device=settings.device or None)

    def assistant(self, library: Library) -> Assistant:
        """Put an assistant on a library. Raises LibraryMismatch when other models made it."""
        retriever = self._search.retriever(library)
        ranker = SentenceRanker(library, retriever.tokens, retriever.encoder)
        translator = self._make_translator and self._make_translator(library)
        return Assistant(
            retriever,
            self._make(library),
            SentencePlanner(ranker),
            passages=self._settings.passages,
            drafts=self._settings.drafts,
            entailment=self._entailment,
            encoder=self._search.encoder,
            translator=translator if isinstance(translator, Translator) else None,
        )


def _check_generators(settings: Settings) -> None:
    """Raise ConfigError for a generator that is none, before anything is loaded."""
    _maker("generator", settings.generator, "extractive")
    if settings.translator != "none":
        _maker("translator", settings.translator, "none")
