"""`yinju check`: verify a library down to each paragraph's place in its source."""

import argparse
from collections.abc import Sequence

from rag.command import Command, add_settings, settings_flags

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--repair",
        action="store_true",
        help="go back to the newest whole state of a damaged library; nothing is removed",
    )
    add_settings(parser, "library", "embedder", "device")


def _run(arguments: argparse.Namespace) -> int:
    from rag.config import load_settings
    from rag.embed.registry import load_embedder, load_tokens
    from rag.index.generations import leftovers
    from rag.index.library import Library
    from rag.index.repair import repair
    from rag.index.verify import verify

    settings = load_settings(settings_flags(arguments))
    if arguments.repair:
        whole = repair(settings.library)
        print(f"{settings.library}: the state built {whole.built} is current, {whole.counts['paragraphs']} paragraphs")
    library = Library(settings.library, thorough=True)
    embedder = load_embedder(settings.embedder, device=settings.device or None)
    library.check_models(embedder, load_tokens(embedder))
    verified = verify(library)
    made = library.manifest
    print(
        f"{settings.library}: sound. {len(library)} paragraphs in {_count(len(library.segments), 'segment')}, "
        f"all with vectors ({made.embedder}) and terms;\n"
        f"{verified.placed} found word for word in {verified.sources} of {len(made.sources)} sources, "
        f"{_lost(verified.lost)}. "
        f"fingerprint {made.fingerprint}, built {made.built}"
    )
    for notice in (*_gone(made.gone_sources()), *_left(leftovers(settings.library)), *made.notices):
        print(f"note: {notice}")
    return 0


def _lost(words: Sequence[str]) -> str:
    if not words:
        return "every word of which is accounted for"
    return f"with {_count(len(words), 'word')} in no paragraph: {'; '.join(words[:5])}"


def _gone(names: list[str]) -> list[str]:
    if not names:
        return []
    return [
        f"{_count(len(names), 'source')} not there any more: {', '.join(names)}; the library answers from the text "
        "that it keeps; `yinju index FOLDER` with the folder that held them takes them out"
    ]


def _left(names: list[str]) -> list[str]:
    if not names:
        return []
    return [f"left over from stopped or repaired builds: {', '.join(names)}; `yinju index --purge` removes them"]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


COMMAND = Command("check", "verify a library", _configure, _run)
