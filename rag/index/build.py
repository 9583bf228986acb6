"""Make or update a library: read what is new, embed what is new, switch at once."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from rag.embed.base import Embedder
from rag.embed.static import StaticEmbedder
from rag.errors import SourceError
from rag.index.copies import Copies
from rag.index.dense import EXACT_UP_TO
from rag.index.durable import link_all, make_folder
from rag.index.generations import (
    GENERATIONS,
    cannot_write,
    check_place,
    current_name,
    finish_switch,
    is_new,
    locked,
    next_name,
    no_library,
    publish,
    remove_leftovers,
    remove_superseded,
    remove_unfinished,
)
from rag.index.lexical import LexicalWriter
from rag.index.library import SEGMENTS, TERMS, Library, held, open_current
from rag.index.manifest import MANIFEST, Manifest, SegmentRecord, SourceRecord, file_sha256
from rag.index.segment import Entry, SegmentWriter, SourceText, text_searched
from rag.index.sources import Plan, find_sources, plan, skipped
from rag.index.terms import terms
from rag.ingest.paragraphs import INGEST_VERSION, Ingested, ingest

__all__ = ["BuildReport", "Progress", "build_library"]

Progress = Callable[[Iterable[Any], str, int | None], Iterable[Any]]  # wraps an iterable: items, what, how many
T = TypeVar("T")

_BATCH = 1024  # paragraphs embedded at once
_ABSORB = 2  # a segment is written anew with a new one that has more than half its rows
# The term index still counts the terms of rows that were taken out: up to so many rows it is written anew at once
# (a second or two), beyond when a quarter of its rows are gone.
_TERMS_ANEW_UP_TO = 5_000
_TERMS_ANEW_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    folder: Path
    manifest: Manifest
    read: int  # sources read
    kept: int  # sources unchanged
    embedded: int  # paragraphs embedded
    notices: tuple[str, ...]
    unread: tuple[str, ...] = ()  # the files that could not be read, with the reason of each


def build_library(
    folder: Path,
    paths: Sequence[Path],
    embedder: Embedder,
    tokens: StaticEmbedder,
    *,
    fresh: bool = False,
    purge: bool = False,
    only_if_new: bool = False,
    wait_seconds: float = 0,
    progress: Progress = lambda items, _what, _count: items,
) -> BuildReport:
    """Read the sources at `paths` into the library in `folder`, beside those that it has already.

    `tokens` cuts paragraphs into the pieces that late interaction compares. With `fresh` nothing of an earlier build
    is used; with `purge` nothing that the library no longer holds is left in its folder; with `only_if_new` a library
    that is there by then stays as it is. Another build is waited for `wait_seconds`. Until the last step, an atomic
    rename, readers see the old library, and so they do when anything fails. Raises SourceError for a source that can't
    be read, and LibraryError when another build is at work, when the library can't be written, or when it is damaged:
    what nothing points to is never built over unless `fresh` is given.
    """
    check_place(folder)
    if purge and not paths and is_new(folder):
        raise no_library(folder)
    found = find_sources(paths, apart_from=folder)  # a wrong path is told before a folder is made
    try:
        make_folder(folder)
        with locked(folder, wait_seconds):
            remove_unfinished(folder)
            finish_switch(folder)
            old = None if fresh or is_new(folder) else open_current(folder, to_update=True)
            if old is not None and only_if_new:
                return BuildReport(folder, old.manifest, read=0, kept=len(old.manifest.sources), embedded=0, notices=())
            todo = plan(found, old.manifest if old else None)
            report = _Build(folder, old, embedder, tokens, progress, purge=purge).run(todo)
            if purge:
                remove_leftovers(folder)
    except OSError as error:  # of the library: what reads sources tells its own
        raise cannot_write(folder, error) from error
    return replace(report, notices=(*report.notices, *skipped(paths)))


class _Build:
    """One build, from a plan to a new generation."""

    def __init__(
        self,
        folder: Path,
        old: Library | None,
        embedder: Embedder,
        tokens: StaticEmbedder,
        progress: Progress,
        *,
        purge: bool,
    ) -> None:
        self._folder, self._old, self._embedder, self._tokens, self._progress = folder, old, embedder, tokens, progress
        made = old.manifest if old else None
        self._same_models = made is not None and (
            (made.embedder_fingerprint, made.tokens_fingerprint) == (embedder.fingerprint, tokens.fingerprint)
        )
        self._purge = purge
        self._records: list[SourceRecord] = []
        self._notices: list[str] = []
        self._embedded = 0
        self.unread: list[str] = []

    def run(self, todo: Plan) -> BuildReport:
        """Write a new generation beside the current one, and switch to it; a failed one is removed."""
        name = next_name(self._folder)
        partial = self._folder / GENERATIONS / f"{name}.partial"
        before = current_name(self._folder)
        try:
            partial.mkdir(parents=True)
            manifest = self._write(partial, name, todo, before)
            if self.unread and not manifest.sources:
                raise SourceError(self.unread[0])
            manifest.write(partial)
            _open_to_others(partial)
            _switch(self._folder, partial, name, before)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        read, kept = len(todo.read) - len(self.unread), len(todo.kept)
        return BuildReport(self._folder, manifest, read, kept, self._embedded, tuple(self._notices), tuple(self.unread))

    def _write(self, partial: Path, name: str, todo: Plan, before: str) -> Manifest:
        old = self._old.manifest if self._old else None
        staying = {s.name for s in todo.kept}
        leaving = [s for s in old.sources if s.name not in staying] if old else []
        self._tell_gone(leaving, todo)
        carried, absorbed = self._divided(todo.kept)
        if self._old:
            for record in carried:
                link_all(self._old.folder / SEGMENTS / record.name, partial / SEGMENTS / record.name)
        anew, deleted = self._deleted_terms(todo.kept, leaving)
        if self._old and not anew:
            link_all(self._old.folder / TERMS, partial / TERMS)
        with LexicalWriter(partial / TERMS) as lexical:
            if anew:
                self._write_terms(lexical, todo.kept)
            else:
                lexical.remove(chain.from_iterable(s.rows for s in leaving))
            written = self._write_segment(partial / SEGMENTS / name, todo, absorbed, leaving, lexical)
            lexical.finish()
        records = (*todo.kept, *self._records)
        segments = (*carried, *written)
        return Manifest(
            fingerprint=_fingerprint(records, segments, deleted, self._embedder, self._tokens),
            yinju=version("yinju"),
            built=datetime.now(UTC).isoformat(timespec="seconds"),
            embedder=self._embedder.name,
            embedder_fingerprint=self._embedder.fingerprint,
            dimension=self._embedder.dimension,
            tokens_fingerprint=self._tokens.fingerprint,
            ingest=INGEST_VERSION,
            next_row=max([old.next_row if old else 0, *(r.rows.stop for r in self._records)]),
            sources=tuple(sorted(records, key=lambda r: r.name)),
            segments=segments,
            files=self._checksums(partial, [f"{SEGMENTS}/{c.name}/" for c in carried]),
            before=before,
            deleted_terms=deleted,
            notices=(*_kept_notices(old, staying), *self._notices),
        )

    def _deleted_terms(self, kept: Sequence[SourceRecord], leaving: Sequence[SourceRecord]) -> tuple[bool, int]:
        """Say whether the term index is written anew, and how many rows are out of it whose terms it still counts."""
        if self._old is None:
            return False, 0
        deleted = self._old.manifest.deleted_terms + sum(s.paragraphs for s in leaving)
        staying = sum(s.paragraphs for s in kept)
        if deleted and (self._purge or staying <= _TERMS_ANEW_UP_TO or deleted > _TERMS_ANEW_SHARE * staying):
            return True, 0
        return False, deleted

    def _write_terms(self, lexical: LexicalWriter, kept: Sequence[SourceRecord]) -> None:
        """Write the terms of all rows that stay."""
        assert self._old is not None
        staying = sum(s.paragraphs for s in kept)
        for row in self._progress(chain.from_iterable(s.rows for s in kept), "terms", staying):
            paragraph = self._old.paragraph(row)
            lexical.add(row, terms(text_searched(paragraph, self._old.article_of(paragraph))))

    def _divided(self, kept: Sequence[SourceRecord]) -> tuple[list[SegmentRecord], list[SegmentRecord]]:
        """Say which segments are carried over as they are, and which are written anew with what is new.

        Written anew are all where a model changed, those of which less than half is still held (of a purge: those of
        which anything is not), and the newest ones as long as they are of like size: so a library of n paragraphs has
        about log n segments.
        """
        if self._old is None:
            return [], []
        records = self._old.manifest.segments
        rows = {s.folder.name: s.rows for s in self._old.segments}
        live = {r.name: int(held(rows[r.name], kept).sum()) for r in records}
        least = 1.0 if self._purge else 0.5
        absorbed = {r.name for r in records if not self._same_models or live[r.name] < least * r.rows}
        tail = 0
        for newer, older in pairwise(reversed(records)):
            tail += live[newer.name]
            if live[older.name] > _ABSORB * tail:
                break
            absorbed |= {newer.name, older.name}
        carried = [replace(r, gone=r.rows - live[r.name]) for r in records if r.name not in absorbed]
        return carried, [r for r in records if r.name in absorbed]

    def _write_segment(
        self,
        folder: Path,
        todo: Plan,
        absorbed: Sequence[SegmentRecord],
        leaving: Sequence[SourceRecord],
        lexical: LexicalWriter,
    ) -> tuple[SegmentRecord, ...]:
        """Write what is absorbed and what is new into one segment; none where there is nothing."""
        first_new = self._old.manifest.next_row if self._old else 0
        without_terms = 0
        with SegmentWriter(folder, self._embedder, self._tokens) as writer:
            self._carry_sources(writer, absorbed, todo.kept)
            held_entries = self._held_entries(absorbed, todo.kept)
            entries = chain(held_entries, self._new_entries(writer, todo, leaving, first_new))
            for batch in _batches(self._progress(entries, "index", None)):
                writer.add(batch)
                self._embedded += sum(e.vector is None for e in batch)
                for e in batch:
                    if e.row >= first_new:
                        found = terms(text_searched(e.paragraph, e.article))
                        without_terms += not found
                        lexical.add(e.row, found)
            recall = writer.finish() if len(writer) else 0.0
        if not len(writer):
            shutil.rmtree(folder)
            return ()
        self._tell_dead(writer.without_vector, without_terms, len(writer))
        return (SegmentRecord(folder.name, len(writer), gone=0, recall=recall),)

    def _tell_gone(self, leaving: Sequence[SourceRecord], todo: Plan) -> None:
        """Say which sources the library holds no longer."""
        read = {r.name for r in todo.read}
        gone = [s.name for s in leaving if s.name not in read]
        if gone:
            more = f" and {len(gone) - 5} more" if len(gone) > 5 else ""
            self._notices.append(f"not in the folder any more, taken out: {', '.join(gone[:5])}{more}")

    def _tell_dead(self, without_vector: int, without_terms: int, total: int) -> None:
        """Say what a search will never find."""
        if without_vector:
            self._notices.append(
                f"{without_vector} of {total} paragraphs have no vector: the embedder {self._embedder.name} knows "
                "nothing of their text; search by meaning does not find them"
            )
        if without_terms:
            self._notices.append(f"paragraphs that hold no word, which search by words can't find: {without_terms}")

    def _held_entries(self, absorbed: Sequence[SegmentRecord], kept: Sequence[SourceRecord]) -> Iterator[Entry]:
        """Read paragraphs out of segments; their vectors too where the models are the same."""
        if self._old is None or not absorbed:
            return
        names = {record.name for record in absorbed}
        rows = np.concatenate([s.rows for s in self._old.segments if s.folder.name in names])
        for batch in _batches(np.sort(rows[held(rows, kept)]).tolist()):
            vectors = self._old.vectors(batch) if self._same_models else None
            pieces = self._old.pieces(batch) if self._same_models else None
            for n, row in enumerate(batch):
                paragraph = self._old.paragraph(row)
                yield Entry(
                    row,
                    paragraph,
                    self._old.article_of(paragraph),
                    vector=None if vectors is None else vectors[n],
                    pieces=None if pieces is None else pieces[n],
                )

    def _carry_sources(
        self, writer: SegmentWriter, absorbed: Sequence[SegmentRecord], kept: Sequence[SourceRecord]
    ) -> None:
        """Copy what is kept of the sources in segments that are written anew."""
        if self._old is None or not absorbed:
            return
        names = {record.name for record in absorbed}
        rows = np.sort(np.concatenate([s.rows for s in self._old.segments if s.folder.name in names]))
        for source in kept:
            at = int(np.searchsorted(rows, source.first_row))
            if source.paragraphs and at < len(rows) and rows[at] == source.first_row:
                writer.add_source(self._old.source_text(source.name))

    def _new_entries(
        self, writer: SegmentWriter, todo: Plan, leaving: Sequence[SourceRecord], next_row: int
    ) -> Iterator[Entry]:
        """Read the sources; a paragraph that stood in the source before keeps its vector."""
        before = self._vectors_before([s for s in leaving if s.name in {r.name for r in todo.read}])
        gone = {s.name for s in leaving}
        seen: dict[str, str] = {}
        copies = Copies(todo.kept)
        for record in self._progress(todo.read, "read", len(todo.read)):
            found = self._ingest(record)
            if found is None:
                continue
            self._notices += found.notices
            self._notices += copies.tell(record, found)
            self._check_ids(found, seen, gone)
            writer.add_source(SourceText(record.name, found.extracted, found.named))
            articles = {a.id: a for a in found.articles}
            order = {a.id: n for n, a in enumerate(found.articles)}
            paragraphs = sorted(found.paragraphs, key=lambda p: order[p.article])
            for row, paragraph in enumerate(paragraphs, next_row):
                article = articles[paragraph.article]
                known = before.get(text_searched(paragraph, article)) if before else None
                vector = None if known is None or self._old is None else self._old.vectors([known])[0]
                yield Entry(row, paragraph, article, vector=vector)
            used = len({p.article for p in paragraphs})
            self._records.append(replace(record, first_row=next_row, paragraphs=len(paragraphs), articles=used))
            next_row += len(paragraphs)

    def _ingest(self, record: SourceRecord) -> Ingested | None:
        """Read a source; None where it can't be read and the library never held it, which is told.

        Raises SourceError for one that the library holds: its text must not go because a file was damaged.
        """
        try:
            return ingest(Path(record.path), record.name, stem=record.stem)
        except SourceError as error:
            if self._old is not None and any(s.name == record.name for s in self._old.manifest.sources):
                raise
            self.unread.append(str(error))
            return None

    def _vectors_before(self, changed: Sequence[SourceRecord]) -> dict[str, int]:
        """Give the rows of sources that are read again, by the text that their vectors were made of."""
        if self._old is None or not self._same_models:
            return {}
        found = {}
        for row in chain.from_iterable(s.rows for s in changed):
            paragraph = self._old.paragraph(row)
            found[text_searched(paragraph, self._old.article_of(paragraph))] = row
        return found

    def _check_ids(self, found: Ingested, seen: dict[str, str], gone: set[str]) -> None:
        """Raise SourceError where an id stands in two sources."""
        for p in found.paragraphs:
            other = seen.setdefault(p.id, p.source)
            row = self._old.row_of(p.id) if self._old and other == p.source else None
            if row is not None and self._old and (held_by := self._old.paragraph(row).source) not in gone:
                other = held_by
            if other != p.source:
                raise SourceError(
                    f"paragraph id {p.id!r} stands in both {other} and {p.source}: ids must be unique; change one"
                )

    def _checksums(self, partial: Path, carried: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Hash every file; of hard links the hash is known."""
        files: dict[str, dict[str, Any]] = {}
        for path in sorted(p for p in partial.rglob("*") if p.is_file() and not p.name.endswith(".lock")):
            name = path.relative_to(partial).as_posix()
            known = self._old.manifest.files.get(name) if self._old and name.startswith(tuple(carried)) else None
            files[name] = dict(known) if known else {"bytes": path.stat().st_size, "sha256": file_sha256(path)}
        return files


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _kept_notices(old: Manifest | None, staying: set[str]) -> list[str]:
    return [n for n in old.notices if n.split(":", 1)[0] in staying] if old else []


def _fingerprint(
    records: Sequence[SourceRecord],
    segments: Sequence[SegmentRecord],
    deleted_terms: int,
    embedder: Embedder,
    tokens: StaticEmbedder,
) -> str:
    """Hash what decides the content and its ranking: an update that ranks as a fresh build has the same.

    Two things make an update rank otherwise: terms that still count though their rows are gone, and segments too large
    to be searched exactly, where it matters how the rows are spread over them.
    """
    sources = sorted((r.name, r.sha256, r.sidecar_sha256) for r in records)
    made: list[Any] = [INGEST_VERSION, embedder.fingerprint, tokens.fingerprint, sources]
    if deleted_terms:
        made.append(["deleted terms", deleted_terms])
    if any(s.rows > EXACT_UP_TO for s in segments):
        made.append(["segments", [(s.rows, s.gone) for s in segments]])
    return hashlib.sha256(json.dumps(made, ensure_ascii=False).encode()).hexdigest()[:16]


def _open_to_others(partial: Path) -> None:
    """Give new files the permissions that new files have here: tantivy makes some for their owner alone."""
    mode = (partial / MANIFEST).stat().st_mode
    for path in partial.rglob("*"):
        if path.is_file() and path.stat().st_nlink == 1 and path.stat().st_mode != mode:
            path.chmod(mode)


def _switch(folder: Path, partial: Path, name: str, before: str) -> None:
    """Make a generation the current one; keep the one before for readers that have it open, drop older ones."""
    publish(folder, partial, name)
    remove_superseded(folder, before)
