"""`yinju check`: verify a library down to each paragraph's place in its source."""

import argparse
from pathlib import Path

from rag.command import Command, add_settings, settings_flags
from rag.errors import LibraryDamaged

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    add_settings(parser, "library", "embedder", "device")


def _run(arguments: argparse.Namespace) -> int:
    from rag.config import load_settings
    from rag.embed.registry import load_embedder
    from rag.index.library import Library
    from rag.ingest.readers import decode

    settings = load_settings(settings_flags(arguments))
    library = Library(settings.library, thorough=True)
    library.check_embedder(load_embedder(settings.embedder, device=settings.device or None))
    paths = {s.name: Path(s.path) for s in library.manifest.sources}
    texts = {name: decode(path).text for name, path in paths.items() if path.is_file()}
    placed = 0
    for p in library.paragraphs:
        if p.source in texts and sum(b - a for a, b in p.spans) == len(p.text):
            if "".join(texts[p.source][a:b] for a, b in p.spans) != p.text:
                raise LibraryDamaged(
                    f"paragraph {p.id} is not what its source says at {p.spans}: run `yinju index --fresh`"
                )
            placed += 1
    dense, lexical = len(library.dense), library.lexical.statistics.paragraphs
    if lexical != len(library.paragraphs):
        raise LibraryDamaged(f"{lexical} of {len(library.paragraphs)} paragraphs have terms: run `yinju index --fresh`")
    made = library.manifest
    print(
        f"{settings.library}: sound. {len(library.paragraphs)} paragraphs, {dense} vectors ({made.embedder}), "
        f"all with terms;\n{placed} found word for word in {len(texts)} of {len(paths)} sources. "
        f"fingerprint {made.fingerprint}, built {made.built}"
    )
    for notice in made.notices:
        print(f"note: {notice}")
    return 0


COMMAND = Command("check", "verify a library", _configure, _run)
