"""The generations of a library folder: which one is current, how a new one takes its place, what is left over.

    library/
      current                  "NAME SHA256": the generation in use and the checksum of its manifest
      current.partial          the same of a generation that is about to take its place
      generations/NAME/        a finished generation
      generations/NAME.partial an unfinished one

A switch syncs the new generation, syncs `current.partial`, renames the generation to its name, renames
`current.partial` to `current`, and syncs the folder after each; only then what an intact generation had superseded is
removed. So whenever the program or the machine stops, either `current` or, in a first build, `current.partial` names a
whole generation, or there is none yet. A folder that has finished generations but nothing valid that names one is
damaged: nothing in it is removed until somebody decides.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rag.errors import LibraryDamaged, LibraryError, LibraryMissing
from rag.index.durable import sync_folder, sync_tree, write_durably
from rag.index.manifest import GENERATION_NAME, MANIFEST, Manifest, file_sha256, read_part

__all__ = [
    "CURRENT",
    "GENERATIONS",
    "Pointer",
    "cannot_write",
    "check_place",
    "current_generation",
    "current_name",
    "finish_switch",
    "is_new",
    "leftovers",
    "locked",
    "newest_whole",
    "next_name",
    "no_library",
    "point_to",
    "publish",
    "read_pointer",
    "remove_leftovers",
    "remove_superseded",
    "remove_unfinished",
    "switch_is_open",
]

CURRENT, GENERATIONS = "current", "generations"
_NEXT, _LOCK = f"{CURRENT}.partial", ".lock"
_UNFINISHED = ".partial"
_POINTER = re.compile(r"([0-9]{6,}) ([0-9a-f]{64})\n")
_OLD_POINTER = re.compile(r"([0-9]{6,})\n?")  # up to format 4, without a checksum


@dataclass(frozen=True, slots=True)
class Pointer:
    """What `current` holds: a generation and the sha256 of its manifest."""

    name: str
    manifest_sha256: str

    @classmethod
    def to(cls, generation: Path, name: str) -> Self:
        """Make a pointer to a generation that lies in a folder of any name. Raises OSError."""
        return cls(name, file_sha256(generation / MANIFEST))

    def to_bytes(self) -> bytes:
        """Return the content of the file."""
        return f"{self.name} {self.manifest_sha256}\n".encode()


@contextmanager
def locked(folder: Path, wait_seconds: float = 0) -> Iterator[None]:
    """Keep other builds of the folder away, after waiting for one that is running.

    Raises LibraryError when it is still running then, or when the folder can't be written to.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, timeout=wait_seconds)
    try:
        lock.acquire()
    except Timeout as error:
        raise LibraryError(f"another build of {folder} is running: wait for it to end, then try again") from error
    except OSError as error:
        raise cannot_write(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def cannot_write(folder: Path, error: OSError) -> LibraryError:
    """Make the error for a library that can't be written."""
    said = error.strerror or type(error).__name__
    return LibraryError(
        f"the library {folder} can't be written ({said}): free space or change the permissions, or give another folder "
        "with --library; what was there before is unchanged"
    )


def no_library(folder: Path) -> LibraryMissing:
    """Make the error for a folder without a library."""
    return LibraryMissing(f"no library in {folder}: run `yinju index PATH` with the folder of your articles")


def check_place(folder: Path) -> None:
    """Raise LibraryError where no library can be made: in a file, or beside files that are not ours."""
    if folder.is_symlink() and not folder.exists():
        raise LibraryError(f"{folder} is a link to nothing: make the folder that it names, or give another")
    if folder.exists() and not folder.is_dir():
        raise LibraryError(f"{folder} can't be made a library (it is a file): give another folder")
    try:
        str(folder.absolute()).encode()
    except UnicodeEncodeError as error:
        raise LibraryError(f"the path {str(folder)!r} holds what is not text: give another folder") from error
    if not folder.exists() or (_is_ours(folder) and not (folder / CURRENT).is_dir()):
        return
    others = sorted(p.name for p in folder.iterdir() if p.name not in (_NEXT, GENERATIONS, _LOCK))
    if others:
        raise LibraryError(
            f"{folder} holds no library but other files ({', '.join(others[:3])}): give an empty or a new folder"
        )


def is_new(folder: Path) -> bool:
    """Say whether a folder is absent, empty, or holds nothing but what a stopped first build left."""
    return not folder.is_dir() or not _is_ours(folder)


def _is_ours(folder: Path) -> bool:
    return bool(_finished(folder)) or bool(_named_by(folder / CURRENT))


def _named_by(pointer: Path) -> str:
    """Return the name of the generation that a pointer of whatever format holds; "" where it holds none."""
    try:
        found = pointer.read_bytes().decode("ascii", errors="replace")
    except OSError:
        return ""
    match = _POINTER.fullmatch(found) or _OLD_POINTER.fullmatch(found)
    return match[1] if match else ""


def read_pointer(folder: Path) -> Pointer:
    """Read which generation is current.

    Raises LibraryMissing where there is no library, LibraryDamaged where there is one that nothing points to, and
    LibraryMismatch for one of an older format.
    """
    path = folder / CURRENT
    if is_new(folder):
        raise no_library(folder)
    if not path.exists():
        raise _damaged(folder, f"{path} is missing")
    match = _POINTER.fullmatch(read_part(path).decode("ascii", errors="replace"))
    if not match:
        old = _named_by(path)
        if old:
            Manifest.read(folder / GENERATIONS / old)  # tells that its format is another
        raise _damaged(folder, f"{path} is broken")
    pointer = Pointer(*match.groups())
    if not (folder / GENERATIONS / pointer.name).is_dir():
        raise _damaged(folder, f"{path} names {pointer.name!r}, which is not there")
    return pointer


def current_generation(folder: Path) -> tuple[Path, Manifest]:
    """Return the folder of the current generation and its manifest, checked against `current`.

    Raises LibraryMissing, LibraryDamaged, LibraryMismatch, or LibraryError where it may not be read.
    """
    pointer = read_pointer(folder)
    generation = folder / GENERATIONS / pointer.name
    return generation, Manifest.read(generation, sha256=pointer.manifest_sha256)


def current_name(folder: Path) -> str:
    """Return the name of the generation that `current` validly names, of whatever format; "" where it names none."""
    name = _named_by(folder / CURRENT)
    return name if name and (folder / GENERATIONS / name).is_dir() else ""


def next_name(folder: Path) -> str:
    """Return a name that no generation has had yet."""
    return f"{max((int(p.name.split('.')[0]) for p in _all(folder)), default=0) + 1:06d}"


def publish(folder: Path, partial: Path, name: str) -> None:
    """Make the finished folder `partial` the generation `name` and the current one, each step on disk before the next.

    Raises OSError; until the last rename readers see the generation before.
    """
    sync_tree(partial)
    write_durably(folder / _NEXT, Pointer.to(partial, name).to_bytes())
    sync_folder(folder)
    partial.rename(folder / GENERATIONS / name)
    sync_folder(folder / GENERATIONS)
    (folder / _NEXT).replace(folder / CURRENT)
    sync_folder(folder)


def point_to(folder: Path, name: str) -> None:
    """Make a generation that is there the current one. Raises OSError."""
    write_durably(folder / _NEXT, Pointer.to(folder / GENERATIONS / name, name).to_bytes())
    (folder / _NEXT).replace(folder / CURRENT)
    sync_folder(folder)


def switch_is_open(folder: Path) -> bool:
    """Say whether a first build was stopped, or is at work, between its two renames."""
    return not (folder / CURRENT).exists() and (folder / _NEXT).is_file()


def finish_switch(folder: Path) -> None:
    """Finish a switch that was stopped between its two renames: the generation is whole, nothing points to it yet.

    Raises OSError.
    """
    if not (folder / _NEXT).is_file():
        return
    match = _POINTER.fullmatch((folder / _NEXT).read_bytes().decode("ascii", errors="replace"))
    if not match:
        return
    try:
        follows = Manifest.read(folder / GENERATIONS / match[1], sha256=match[2]).before == current_name(folder)
    except LibraryError:
        return
    if follows:
        (folder / _NEXT).replace(folder / CURRENT)
        sync_folder(folder)


def remove_unfinished(folder: Path) -> None:
    """Remove what stopped builds left half written."""
    for path in _all(folder):
        if path.name.endswith(_UNFINISHED):
            shutil.rmtree(path, ignore_errors=True)


def remove_superseded(folder: Path, before: str) -> None:
    """Remove the generations that `before`, current until now, had taken the place of, oldest first.

    `before` itself stays for readers that have it open. What no chain of switches leads to stays too, and all stays
    where `before` is not whole: one of the others may be needed.
    """
    if not before or not _is_whole(folder / GENERATIONS / before, thorough=False):
        return
    chain: list[str] = []
    name = _before(folder, before)
    while name and name not in (*chain, before, current_name(folder)) and (folder / GENERATIONS / name).is_dir():
        chain.append(name)
        name = _before(folder, name)
    for name in reversed(chain):
        shutil.rmtree(folder / GENERATIONS / name, ignore_errors=True)


def leftovers(folder: Path) -> list[str]:
    """Name the generations, finished or not, beside the current one and the one before it.

    Raises what `current_generation` does.
    """
    generation, manifest = current_generation(folder)
    kept = {generation.name, manifest.before}
    return sorted(p.name for p in _all(folder) if p.name not in kept)


def remove_leftovers(folder: Path) -> None:
    """Remove every generation but the current one. Raises LibraryError naming what can't be removed."""
    current = read_pointer(folder).name
    stay = []
    for path in _all(folder):
        if path.name == current:
            continue
        if path.is_symlink():
            stay.append(f"{path} (a link to {path.readlink()})")
            continue
        shutil.rmtree(path, ignore_errors=True)
        if path.exists():
            stay.append(str(path))
    if stay:
        raise LibraryError(
            f"not everything could be removed: {', '.join(stay)} may still hold removed text: remove it by hand"
        )


def newest_whole(folder: Path, *, first: str = "") -> tuple[str, Manifest] | None:
    """Find the newest generation all of whose files are what its manifest says, after trying `first`."""
    for path in sorted(_finished(folder), key=lambda p: (p.name == first, int(p.name)), reverse=True):
        if _is_whole(path, thorough=True, sha256=_expected(folder, path.name)):
            return path.name, Manifest.read(path)
    return None


def _expected(folder: Path, name: str) -> str:
    """Return the checksum that `current` gives of a generation's manifest; "" where it names another."""
    match = _POINTER.fullmatch(_text(folder / CURRENT))
    return match[2] if match and match[1] == name else ""


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("ascii", errors="replace")
    except OSError:
        return ""


def _is_whole(generation: Path, *, thorough: bool, sha256: str = "") -> bool:
    try:
        Manifest.read(generation, sha256=sha256).check_files(generation, thorough=thorough)
    except LibraryError:
        return False
    return True


def _before(folder: Path, name: str) -> str:
    """Return the generation that another took the place of; "" where none is known."""
    try:
        return Manifest.read(folder / GENERATIONS / name).before if name else ""
    except LibraryError:
        return ""


def _all(folder: Path) -> list[Path]:
    """List the folders of all generations, finished or not; what is called otherwise is not ours."""
    generations = folder / GENERATIONS
    if not generations.is_dir():
        return []
    names = (p for p in generations.iterdir() if GENERATION_NAME.fullmatch(p.name.removesuffix(_UNFINISHED)))
    return sorted(p for p in names if p.is_dir())


def _finished(folder: Path) -> list[Path]:
    return [p for p in _all(folder) if not p.name.endswith(_UNFINISHED)]


def _damaged(folder: Path, what: str) -> LibraryDamaged:
    """Make the error for a library that nothing valid points to, with the generation that could be gone back to."""
    whole = newest_whole(folder)
    if whole is None:
        return LibraryDamaged(f"{what}, and no generation of {folder} is whole", repairable=False)
    name, manifest = whole
    return LibraryDamaged(
        f"{what}; generation {name}, built {manifest.built}, is whole and holds "
        f"{manifest.counts['paragraphs']} paragraphs"
    )
