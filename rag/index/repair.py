"""Go back to the newest whole generation of a damaged library."""

from pathlib import Path

from rag.errors import LibraryDamaged, LibraryError, LibraryMissing
from rag.index.generations import current_name, is_new, newest_whole, point_to
from rag.index.manifest import Manifest

__all__ = ["repair"]


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
