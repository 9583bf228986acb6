"""The files of a model's folder: are they there, and do they still give the same vectors?"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

__all__ = ["fingerprint_of", "missing_files"]


def missing_files(folder: Path, names: Sequence[str]) -> list[str]:
    """Name those of `names` that `folder` lacks."""
    return [name for name in names if not (folder / name).is_file()]


def fingerprint_of(kind: str, folder: Path, names: Sequence[str]) -> str:
    """Give `kind` with the beginning of the SHA-256 of these files, one behind the other."""
    digest = hashlib.sha256()
    for name in names:
        digest.update((folder / name).read_bytes())
    return f"{kind}-{digest.hexdigest()[:16]}"
