"""Bring a library whose switch was stopped, or whose files are damaged, back to a whole generation."""

from pathlib import Path

from rag.errors import LibraryDamaged, LibraryError, LibraryMissing
from rag.index.generations import current_name, finish_switch, is_new, newest_whole, point_to, switch_is_open
from rag.index.manifest import Manifest

__all__ = ["repair", "settle"]


def settle(folder: Path) -> None:
    """Finish the switch of a first build that was stopped, unless a build is at work. Raises LibraryError."""
    from filelock import FileLock, Timeout

    if switch_is_open(folder):
        try:
            with FileLock(folder / ".lock", timeout=0):
                finish_switch(folder)
        except Timeout:
            return
        except OSError as error:
            raise LibraryError(f"{folder} can't be written ({error.strerror}): change its permissions") from error


def repair(folder: Path) -> Manifest:
    """Make the newest generation all of whose files are whole the current one, and return its manifest.

    Nothing is removed. Where the current one is whole it stays. Raises LibraryMissing where there is no library,
    LibraryDamaged where no generation is whole, and LibraryError when a build is at work or `current` can't be written.
    """
    from filelock import FileLock, Timeout

    if is_new(folder):
        raise LibraryMissing(f"no library in {folder}: run `yinju index PATH` with the folder of your articles")
    try:
        with FileLock(folder / ".lock", timeout=0):
            found = newest_whole(folder, first=current_name(folder))
            if found is None:
                raise LibraryDamaged(f"no generation of {folder} is whole", repairable=False)
            name, manifest = found
            point_to(folder, name)
            return manifest
    except Timeout as error:
        raise LibraryError(f"a build of {folder} is running: wait for it to end, then try again") from error
    except OSError as error:
        raise LibraryError(
            f"{folder} can't be written ({error.strerror}): change its permissions or copy it"
        ) from error
