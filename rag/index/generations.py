"""The generations of a library folder: which one is current, how a new one takes its place, what is left over.

    library/
      current                  "NAME SHA256": the generation in use and the checksum of its manifest
      current.partial          the same of a generation that is about to take its place
      generations/NAME/        a finished generation
      generations/NAME.partial an unfinished one

A switch syncs the new generation, syncs `current.partial`, renames the generation to its name, renames
`current.partial` to `current`, and syncs the folder after each; only then the generation before the last is removed. So
whenever the program or the machine stops, `current` names a whole generation. A folder that has finished generations
but no valid `current` is damaged: nothing in it is removed until somebody decides.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rag.errors import LibraryDamaged, LibraryError, LibraryMismatch, LibraryMissing
from rag.index.durable import sync_folder, sync_tree, write_durably
from rag.index.manifest import MANIFEST, Manifest, file_sha256

__all__ = [
    "CURRENT",
    "GENERATIONS",
    "Pointer",
    "current_generation",
    "current_name",
    "finish_switch",
    "is_new",
    "leftovers",
    "newest_whole",
    "next_name",
    "point_to",
    "publish",
    "read_pointer",
    "remove_leftovers",
    "remove_superseded",
    "remove_unfinished",
    "switch_is_open",
]

CURRENT, GENERATIONS = "current", "generations"
_NEXT = f"{CURRENT}.partial"
_UNFINISHED = ".partial"
_POINTER = re.compile(r"(\d{6,}) ([0-9a-f]{64})\n")
_OLD_POINTER = re.compile(r"(\d{6,})\n?")  # up to format 4, without a checksum


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


def is_new(folder: Path) -> bool:
    """Say whether a first build may go into the folder: it is absent, or holds nothing but an interrupted first build.

    Raises LibraryError when it holds something else, so that a wrong path never mixes a library into other files.
    """
    if not folder.exists():
        return True
    if not folder.is_dir():
        raise LibraryError(f"{folder} can't be made a library (it is a file): give another folder")
    if (folder / CURRENT).exists() or _finished(folder):
        return False
    ours = {CURRENT, _NEXT, GENERATIONS, ".lock"}
    others = sorted(p.name for p in folder.iterdir() if p.name not in ours)
    if others:
        raise LibraryError(
            f"{folder} holds no library but other files ({', '.join(others[:3])}): give an empty or a new folder"
        )
    return True


def read_pointer(folder: Path) -> Pointer:
    """Read which generation is current.

    Raises LibraryMissing where there is no library, LibraryDamaged where there is one that nothing points to, and
    LibraryMismatch for one of an older format.
    """
    path = folder / CURRENT
    try:
        found = path.read_bytes().decode("ascii", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        if _finished(folder):
            raise _damaged(folder, f"{path} is missing") from None
        raise LibraryMissing(
            f"no library in {folder}: run `yinju index PATH` with the folder of your articles"
        ) from None
    except OSError as error:
        raise LibraryDamaged(f"{path} can't be read ({error.strerror})") from error
    match = _POINTER.fullmatch(found)
    if not match:
        old = _OLD_POINTER.fullmatch(found)
        if old:
            Manifest.check_format(folder / GENERATIONS / old[1])
        raise _damaged(folder, f"{path} is broken")
    pointer = Pointer(*match.groups())
    if not (folder / GENERATIONS / pointer.name).is_dir():
        raise _damaged(folder, f"{path} names {pointer.name!r}, which is not there")
    return pointer


def current_generation(folder: Path) -> tuple[Path, Manifest]:
    """Return the folder of the current generation and its manifest, checked against `current`.

    Raises LibraryMissing, LibraryDamaged or LibraryMismatch.
    """
    pointer = read_pointer(folder)
    generation = folder / GENERATIONS / pointer.name
    return generation, Manifest.read(generation, sha256=pointer.manifest_sha256)


def current_name(folder: Path) -> str:
    """Return the name of the generation that `current` validly names, of whatever format; "" where it names none."""
    try:
        found = (folder / CURRENT).read_bytes().decode("ascii", errors="replace")
    except OSError:
        return ""
    match = _POINTER.fullmatch(found) or _OLD_POINTER.fullmatch(found)
    return match[1] if match and (folder / GENERATIONS / match[1]).is_dir() else ""


def next_name(folder: Path) -> str:
    """Return a name that no generation has had yet."""
    numbers = (int(p.name.split(".")[0]) for p in _all(folder) if p.name.split(".")[0].isdigit())
    return f"{max(numbers, default=0) + 1:06d}"


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
    sync_folder(folder.parent)


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
    generation = folder / GENERATIONS / match[1]
    try:
        follows = Manifest.read(generation, sha256=match[2]).before == current_name(folder)
    except (LibraryDamaged, LibraryMismatch):
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

    `before` itself stays for readers that have it open. What no chain of switches leads to stays too.
    """
    chain: list[str] = []
    name = _before(folder, before)
    while name and name not in chain and (folder / GENERATIONS / name).is_dir():
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
    """Remove every generation but the current one. Raises what `read_pointer` does."""
    current = read_pointer(folder).name
    for path in _all(folder):
        if path.name != current:
            shutil.rmtree(path, ignore_errors=True)


def newest_whole(folder: Path, *, first: str = "") -> tuple[str, Manifest] | None:
    """Find the newest generation all of whose files are what its manifest says, after trying `first`."""
    for path in sorted(_finished(folder), key=lambda p: (p.name == first, int(p.name)), reverse=True):
        try:
            manifest = Manifest.read(path)
            manifest.check_files(path, thorough=True)
        except (LibraryDamaged, LibraryMismatch):
            continue
        return path.name, manifest
    return None


def _before(folder: Path, name: str) -> str:
    """Return the generation that another took the place of; "" where none is known."""
    try:
        return Manifest.read(folder / GENERATIONS / name).before if name else ""
    except (LibraryDamaged, LibraryMismatch):
        return ""


def _all(folder: Path) -> list[Path]:
    """List the folders of all generations, finished or not."""
    generations = folder / GENERATIONS
    return sorted(p for p in generations.iterdir() if p.is_dir()) if generations.is_dir() else []


def _finished(folder: Path) -> list[Path]:
    return [p for p in _all(folder) if p.name.isdigit()]


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
