"""Bring a library whose switch was stopped, or whose files are damaged, back to a whole generation."""

from contextlib import suppress
from pathlib import Path

from rag.errors import LibraryDamaged
from rag.index.generations import (
    GENERATIONS,
    cannot_write,
    current_name,
    finish_switch,
    is_new,
    locked,
    newest_whole,
    no_library,
    point_to,
    switch_is_open,
)
from rag.index.manifest import Manifest

__all__ = ["repair", "settle"]

_SWITCH_SECONDS = 5.0  # that a build may take between its two renames


def settle(folder: Path) -> None:
    """Finish the switch of a first build that was stopped; one that is at work is waited for.

    Raises LibraryError where the folder can't be written to.
    """
    if not switch_is_open(folder):
        return
    try:
        with locked(folder, _SWITCH_SECONDS):
            finish_switch(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error


def repair(folder: Path) -> Manifest:
    """Make the newest generation all of whose files are whole the current one, and return its manifest.

    Nothing is removed. Where the current one is whole it stays. Raises LibraryMissing where there is no library,
    LibraryMismatch where it is only older, LibraryDamaged where no generation is whole, and LibraryError when a build
    is at work or `current` can't be written.
    """
    if is_new(folder):
        raise no_library(folder)
    with locked(folder):
        name = current_name(folder)
        found = newest_whole(folder, first=name)
        if found is None:
            _tell_older(folder, name)
            raise LibraryDamaged(f"no generation of {folder} is whole", repairable=False)
        try:
            point_to(folder, found[0])
        except OSError as error:
            raise cannot_write(folder, error) from error
        return found[1]


def _tell_older(folder: Path, name: str) -> None:
    """Raise LibraryMismatch where the current generation has the format of another version."""
    with suppress(LibraryDamaged):
        Manifest.read(folder / GENERATIONS / name)
