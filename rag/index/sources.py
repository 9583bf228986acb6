"""Which sources a build reads, which stay as they are, and which leave."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SourceError
from rag.index.manifest import Manifest, SourceRecord, file_sha256
from rag.ingest.folders import skipped_files, source_files
from rag.ingest.paragraphs import INGEST_VERSION
from rag.ingest.sidecar import sidecar_path

__all__ = ["Found", "Plan", "find_sources", "id_stems", "plan", "skipped"]

_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, and bytes that were no text


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build does with every source."""

    kept: tuple[SourceRecord, ...]
    read: tuple[SourceRecord, ...]  # in the order of their names, without rows


@dataclass(frozen=True, slots=True)
class Found:
    """A source as it lies on disk."""

    path: Path
    name: str  # relative to the root
    root: str  # as the user gave it, resolved


def plan(found: Sequence[Found], old: Manifest | None) -> Plan:
    """Compare the sources that were found with those that a library holds.

    A source stays when its root was not given this time: `yinju index A`, then `yinju index B`, holds both. Raises
    SourceError for two sources of one name.
    """
    held = {s.name: s for s in old.sources} if old else {}
    current = old is not None and old.ingest == INGEST_VERSION
    roots, given = {f.root for f in found}, {str(f.path.resolve()) for f in found}
    staying = [s for s in held.values() if s.root not in roots and s.path not in given]
    coming = {f.name: f.path for f in found}
    staying = [s for s in staying if not _replaced(s, coming.get(s.name))]
    stems = id_stems([*(f.name for f in found), *(s.name for s in staying)])
    renamed = [s for s in staying if s.stem != stems[s.name] and Path(s.path).is_file()]
    found = [*found, *_again(renamed)]
    staying = [s for s in staying if s not in renamed]
    if staying and not current:
        found = [*found, *_again(staying)]
        staying = []
    kept, read = staying, []
    for f in sorted(found, key=lambda f: f.name):
        known = held.get(f.name)
        if known is not None and current and known.stem == stems[f.name] and _is_as_read(known, f.path):
            kept.append(known)
        else:
            read.append(_record(f, stems[f.name]))
    return Plan(tuple(kept), tuple(read))


def find_sources(paths: Sequence[Path], *, apart_from: Path | None = None) -> list[Found]:
    """Find the sources at `paths`, but for those in the folder `apart_from`, which is the library.

    Raises SourceError for a path without any, one that can't be looked into, and for two of one name.
    """
    found: dict[str, Found] = {}
    for root in paths:
        if not root.exists():
            raise SourceError(f"{root} does not exist: check the path")
        files = [p for p in source_files(root) if not (apart_from and _lies_in(p, apart_from))]
        if not files:
            raise SourceError(f"{root} holds no article: expected files of the formats that `yinju index --help` names")
        for path in files:
            if not path.is_file():
                raise SourceError(f"{path} is not a file")
            name = path.relative_to(root).as_posix() if root.is_dir() else path.name
            if _NOT_TEXT.search(name):
                raise SourceError(f"the file name {name!r} holds what is not text: rename the file")
            if name in found and found[name].path.resolve() != path.resolve():
                raise SourceError(f"{path} and {found[name].path} are both called {name}: rename one of them")
            found[name] = Found(path, name, str(root.resolve()))
    return list(found.values())


def _is_as_read(known: SourceRecord, path: Path) -> bool:
    try:
        return known.is_as_read(path)
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check its permissions") from error


def _lies_in(path: Path, folder: Path) -> bool:
    return path.absolute().is_relative_to(folder.absolute())


def _replaced(source: SourceRecord, same: Path | None) -> bool:
    """Say whether a source that is gone comes back from another folder. Raises SourceError when both are there."""
    if same is not None and Path(source.path).is_file():
        raise SourceError(
            f"{same} and {source.path}, which the library holds, are both called {source.name}: rename one of them, "
            "or run `yinju index --fresh` to keep only what you give now"
        )
    return same is not None


def id_stems(names: Sequence[str]) -> dict[str, str]:
    """Say what the ids of each source begin with: its name without the ending, but where two differ in that alone."""
    stems = {name: str(Path(name).with_suffix("")) for name in names}
    several = Counter(stems.values())
    return {name: stem if several[stem] == 1 else name for name, stem in stems.items()}


def _again(staying: Sequence[SourceRecord]) -> list[Found]:
    for source in staying:
        if not Path(source.path).is_file():
            raise SourceError(
                f"{source.name} was read by an older version and {source.path} is gone: put it back, "
                "or run `yinju index --fresh` without it"
            )
    return [Found(Path(s.path), s.name, s.root) for s in staying]


def _record(found: Found, stem: str) -> SourceRecord:
    sidecar = sidecar_path(found.path)
    try:
        facts = found.path.stat()
        return SourceRecord(
            name=found.name,
            path=str(found.path.resolve()),
            root=found.root,
            sha256=file_sha256(found.path),
            sidecar_sha256=file_sha256(sidecar) if sidecar.is_file() else "",
            stem=stem,
            size_bytes=facts.st_size,
            changed_ns=facts.st_mtime_ns,
        )
    except OSError as error:
        raise SourceError(f"{found.path} can't be read ({error.strerror}): check its permissions") from error


def skipped(paths: Sequence[Path]) -> tuple[str, ...]:
    """Tell which files no reader knows."""
    names = [p.name for root in paths for p in skipped_files(root)]
    if not names:
        return ()
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return (
        f"no reader for {', '.join(names[:5])}{more}: convert to one of the formats that `yinju index --help` names",
    )
