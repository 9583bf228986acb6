"""The joint where generators are swapped."""

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from rag.schema import Evidence, Turn

__all__ = ["Generator"]


@runtime_checkable
class Generator(Protocol):
    """Writes a draft from evidence."""

    @property
    def name(self) -> str:
        """What the user called it."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever it would write something else."""

    def draft(self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn]) -> Iterator[str]:
        """Stream a draft. Each sentence ends with markers [n]: the ranks of the evidence that it rests on."""
