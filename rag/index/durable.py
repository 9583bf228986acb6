"""Bring what was written onto the disk itself, so that it is still there after a power failure.

A write only reaches the memory of the operating system; `fsync` of a file brings its content to the disk, `fsync` of a
folder the names in it. Whatever must survive is synced before the step that relies on it (Pillai et al. 2014, "All File
Systems Are Not Created Equal", section 4).
"""

import errno
import os
import shutil
from pathlib import Path

__all__ = ["link_all", "make_folder", "sync_file", "sync_folder", "sync_tree", "write_durably"]

_NOT_OFFERED = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)  # by some network file systems, for folders
_FOLDERS_CAN_BE_OPENED = os.name != "nt"


def sync_file(path: Path) -> None:
    """Bring a file's content to the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Bring the names in a folder to the disk, where the file system can. Raises OSError."""
    if not _FOLDERS_CAN_BE_OPENED:
        return
    try:
        sync_file(path)
    except OSError as error:
        if error.errno not in _NOT_OFFERED:
            raise


def sync_tree(folder: Path) -> None:
    """Bring all files below a folder, then the folders, innermost first, to the disk. Raises OSError."""
    for below, _, files in os.walk(folder, topdown=False):
        for name in files:
            sync_file(Path(below) / name)
        sync_folder(Path(below))


def make_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, and bring their names to the disk. Raises OSError."""
    missing = [p for p in (path, *path.absolute().parents) if not p.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for made in missing:
        sync_folder(made.absolute().parent)


def link_all(source: Path, target: Path) -> None:
    """Fill a new folder with hard links to the files of another; copies where the file system has none."""
    target.mkdir(parents=True)
    for path in source.iterdir():
        if path.name.endswith(".lock"):
            continue
        try:
            os.link(path, target / path.name)
        except OSError:
            shutil.copy2(path, target / path.name)


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file and bring its content, not yet its name, to the disk. Raises OSError."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
