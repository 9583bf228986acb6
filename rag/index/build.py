"""Make or update a library: read what is new, embed what is new, switch at once."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embed.base import Embedder
from rag.errors import LibraryError, SourceError
from rag.index.dense import FaissIndex
from rag.index.lexical import LexicalIndex
from rag.index.library import ARTICLES, CURRENT, GENERATIONS, PARAGRAPHS, TERMS, VECTORS, Library
from rag.index.manifest import Manifest, SourceRecord, file_sha256
from rag.index.terms import terms
from rag.ingest.paragraphs import INGEST_VERSION, Ingested, ingest
from rag.ingest.readers import skipped_files, source_files
from rag.ingest.sidecar import sidecar_path
from rag.schema import Article, Paragraph

__all__ = ["BuildReport", "Progress", "build_library", "context_of"]

Progress = Callable[[Iterable[Any], str, int], Iterable[Any]]  # wraps an iterable: items, what, how many
_BATCH = 512


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    folder: Path
    manifest: Manifest
    read: int  # sources read
    kept: int  # sources unchanged
    embedded: int  # paragraphs embedded
    notices: tuple[str, ...]


def context_of(paragraph: Paragraph, article: Article) -> str:
    """Give what is searched of a paragraph: its text, after the words that say what it is about.

    An author note does not say whose it is: the names stand before it.
    """
    if paragraph.kind == "note":
        return f"{' '.join(article.authors)} {paragraph.text}".strip()
    return f"{paragraph.section} {paragraph.text}".strip()


def build_library(
    folder: Path,
    paths: Sequence[Path],
    embedder: Embedder,
    *,
    fresh: bool = False,
    wait_seconds: float = 0,
    progress: Progress = lambda items, _what, _count: items,
) -> BuildReport:
    """Read the sources at `paths` into the library in `folder`, beside those that it has already.

    With `fresh` nothing of an earlier build is used. Another build is waited for `wait_seconds`. Until the last step,
    an atomic rename, readers see the old library, and so they do when anything fails. Raises SourceError for a source
    that can't be read, and LibraryError when another build is at work.
    """
    from filelock import FileLock, Timeout

    found = _find_sources(paths)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"{folder} can't be made a library ({error.strerror}): give another folder") from error
    try:
        with FileLock(folder / ".lock", timeout=wait_seconds):
            is_there = (folder / CURRENT).is_file() and not fresh
            old = Library(folder, thorough=True, to_update=True) if is_there else None
            report = _build(folder, found, old, embedder, progress)
            return replace(report, notices=(*report.notices, *_skipped(paths)))
    except Timeout as error:
        raise LibraryError(f"another build of {folder} is running: wait for it to end, then try again") from error


def _find_sources(paths: Sequence[Path]) -> list[tuple[Path, str, str]]:
    """Give (path, name, root) for every source; names are relative to the root given by the user."""
    found: dict[str, tuple[Path, str, str]] = {}
    for root in paths:
        if not root.exists():
            raise SourceError(f"{root} does not exist: check the path")
        files = list(source_files(root))
        if not files:
            raise SourceError(f"{root} holds no article: expected .txt, .md or .jsonl files in it")
        for path in files:
            name = path.relative_to(root).as_posix() if root.is_dir() else path.name
            if name in found and found[name][0].resolve() != path.resolve():
                raise SourceError(f"{path} and {found[name][0]} are both called {name}: rename one of them")
            found[name] = (path, name, str(root.resolve()))
    return list(found.values())


def _build(
    folder: Path,
    found: Sequence[tuple[Path, str, str]],
    old: Library | None,
    embedder: Embedder,
    progress: Progress,
) -> BuildReport:
    known = {s.name: s for s in old.manifest.sources} if old else {}
    reusable = old is not None and old.manifest.ingest == INGEST_VERSION
    roots = {root for _, _, root in found}
    # A source stays when its root was not given this time: `yinju index A` then `yinju index B` holds both.
    given = {str(path.resolve()) for path, _, _ in found}
    staying = [s for s in known.values() if s.root not in roots and s.path not in given]
    staying = [s for s in staying if not _replaced(s, found)]
    _check_names([*(name for _, name, _ in found), *(s.name for s in staying)])
    if staying and not reusable:
        found = [*found, *_again(staying)]
        staying = []
    records, read, kept = [*staying], [], [s.name for s in staying]
    for path, name, root in progress(found, "read", len(found)):
        record = _record(path, name, root)
        if (
            reusable
            and name in known
            and known[name].sha256 == record.sha256
            and (known[name].sidecar_sha256 == record.sidecar_sha256)
        ):
            kept.append(name)
        else:
            read.append(ingest(path, name))
        records.append(record)
    articles, paragraphs = _merged(old, set(kept), read)
    vectors, embedded = _vectors(articles, paragraphs, old, embedder, progress)
    notices = _notices(old, kept, read)
    name = _write(folder, articles, paragraphs, vectors, records, embedder, notices, progress)
    manifest = Manifest.read(folder / GENERATIONS / name)
    _switch(folder, name)
    return BuildReport(folder, manifest, len(read), len(kept), embedded, tuple(n for i in read for n in i.notices))


def _skipped(paths: Sequence[Path]) -> tuple[str, ...]:
    """Tell which files no reader knows."""
    names = [p.name for root in paths for p in skipped_files(root)]
    if not names:
        return ()
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return (f"no reader for {', '.join(names[:5])}{more}: convert to .txt, .md or .jsonl",)


def _replaced(source: SourceRecord, found: Sequence[tuple[Path, str, str]]) -> bool:
    """Say whether a source that is gone comes back from another folder. Raises SourceError when both are there."""
    same = next((path for path, name, _ in found if name == source.name), None)
    if same is not None and Path(source.path).is_file():
        raise SourceError(
            f"{same} and {source.path}, which the library holds, are both called {source.name}: rename one of them, "
            "or run `yinju index --fresh` to keep only what you give now"
        )
    return same is not None


def _check_names(names: Sequence[str]) -> None:
    """Raise SourceError where two sources differ in their suffix alone: ids and sidecars go by what stands before."""
    seen: dict[str, str] = {}
    for name in names:
        stem = str(Path(name).with_suffix(""))
        if stem in seen:
            raise SourceError(f"{seen[stem]} and {name} differ in their suffix alone: rename one of them")
        seen[stem] = name


def _again(staying: Sequence[SourceRecord]) -> list[tuple[Path, str, str]]:
    for source in staying:
        if not Path(source.path).is_file():
            raise SourceError(
                f"{source.name} was read by an older version and {source.path} is gone: put it back, "
                "or run `yinju index --fresh` without it"
            )
    return [(Path(s.path), s.name, s.root) for s in staying]


def _record(path: Path, name: str, root: str) -> SourceRecord:
    sidecar = sidecar_path(path)
    return SourceRecord(
        name=name,
        path=str(path.resolve()),
        root=root,
        sha256=file_sha256(path) if path.is_file() else "",
        sidecar_sha256=file_sha256(sidecar) if sidecar.is_file() else "",
    )


def _merged(
    old: Library | None, kept: set[str], read: Sequence[Ingested]
) -> tuple[dict[str, Article], list[Paragraph]]:
    articles = {a.id: a for a in old.articles.values() if a.source in kept} if old else {}
    paragraphs = [p for p in old.paragraphs if p.source in kept] if old else []
    articles |= {a.id: a for i in read for a in i.articles}
    paragraphs += [p for i in read for p in i.paragraphs]
    paragraphs.sort(key=lambda p: p.source)  # stable: order within a source is reading order
    sources: dict[str, str] = {}
    for p in paragraphs:
        if p.id in sources:
            raise SourceError(
                f"paragraph id {p.id!r} stands in both {sources[p.id]} and {p.source}: ids must be unique; change one"
            )
        sources[p.id] = p.source
    return {p.article: articles[p.article] for p in paragraphs}, paragraphs


def _vectors(
    articles: dict[str, Article],
    paragraphs: Sequence[Paragraph],
    old: Library | None,
    embedder: Embedder,
    progress: Progress,
) -> tuple[NDArray[np.float32], int]:
    """Embed what the old library has no vector for: (n, d) float32, and how many were embedded."""
    rows = np.zeros((len(paragraphs), embedder.dimension), dtype=np.float32)
    todo = list(range(len(paragraphs)))
    if old and old.manifest.embedder_fingerprint == embedder.fingerprint:
        before = {context_of(p, old.article_of(p)): n for n, p in enumerate(old.paragraphs)}
        same = [(n, before.get(context_of(p, articles[p.article]))) for n, p in enumerate(paragraphs)]
        reused = [(n, m) for n, m in same if m is not None]
        if reused:
            rows[[n for n, _ in reused]] = old.dense.vectors([m for _, m in reused])
        todo = [n for n, m in same if m is None]
    for start in progress(range(0, len(todo), _BATCH), "embed", -(-len(todo) // _BATCH)):
        batch = todo[start : start + _BATCH]
        texts = [context_of(paragraphs[n], articles[paragraphs[n].article]) for n in batch]
        rows[batch] = embedder.encode(texts, kind="passage")
    return rows, len(todo)


def _notices(old: Library | None, kept: Sequence[str], read: Sequence[Ingested]) -> tuple[str, ...]:
    before = [n for n in old.manifest.notices if n.split(":", 1)[0] in kept] if old else []
    return (*before, *(n for i in read for n in i.notices))


def _write(
    folder: Path,
    articles: dict[str, Article],
    paragraphs: Sequence[Paragraph],
    vectors: NDArray[np.float32],
    records: Sequence[SourceRecord],
    embedder: Embedder,
    notices: tuple[str, ...],
    progress: Progress,
) -> str:
    generations = folder / GENERATIONS
    generations.mkdir(exist_ok=True)
    number = max((int(p.name[:6]) for p in generations.iterdir() if p.name[:6].isdigit()), default=0) + 1
    partial = generations / f"{number:06d}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    _write_rows(partial / ARTICLES, articles.values())
    _write_rows(partial / PARAGRAPHS, paragraphs)
    dense = FaissIndex(embedder.dimension)
    if len(paragraphs):
        dense.add(np.arange(len(paragraphs), dtype=np.int64), vectors)
    dense.save(partial / VECTORS)
    lexical_rows = ((n, terms(context_of(p, articles[p.article]))) for n, p in enumerate(paragraphs))
    LexicalIndex.write(partial / TERMS, progress(lexical_rows, "index", len(paragraphs)))
    files = {
        p.relative_to(partial).as_posix(): {"bytes": p.stat().st_size, "sha256": file_sha256(p)}
        for p in sorted(partial.rglob("*"))
        if p.is_file() and not p.name.endswith(".lock")
    }
    texts = "".join(str(files[name]["sha256"]) for name in (ARTICLES, PARAGRAPHS))
    Manifest(
        fingerprint=hashlib.sha256(f"{texts}{embedder.fingerprint}".encode()).hexdigest()[:16],
        yinju=version("yinju"),
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        embedder=embedder.name,
        embedder_fingerprint=embedder.fingerprint,
        dimension=embedder.dimension,
        ingest=INGEST_VERSION,
        counts={"sources": len(records), "articles": len(articles), "paragraphs": len(paragraphs)},
        sources=tuple(sorted(records, key=lambda r: r.name)),
        files=files,
        notices=notices,
    ).write(partial)
    partial.rename(generations / f"{number:06d}")
    return f"{number:06d}"


def _write_rows(path: Path, rows: Iterable[Article | Paragraph]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row.to_json(), ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _switch(folder: Path, name: str) -> None:
    """Make a generation the current one; keep the one before for readers that have it open, drop older ones."""
    pointer = folder / CURRENT
    before = pointer.read_text(encoding="utf-8", errors="replace").strip() if pointer.is_file() else ""
    partial = folder / f"{CURRENT}.partial"
    partial.write_text(name + "\n", encoding="utf-8")
    partial.replace(pointer)
    for path in (folder / GENERATIONS).iterdir():
        if path.name not in (name, before):
            shutil.rmtree(path, ignore_errors=True)
