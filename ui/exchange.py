"""A question with what has come of it so far."""

from dataclasses import dataclass

from rag.schema import Answer, Sentence, Turn

__all__ = ["Exchange"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question in a conversation: still being answered, answered, refused, or failed."""

    question: str
    sentences: tuple[Sentence, ...] = ()
    answer: Answer | None = None
    error: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it is answered, refused or failed."""
        return self.answer is not None or bool(self.error)

    @property
    def turn(self) -> Turn | None:
        """What later questions may refer to, made to stand alone; None while unanswered or failed."""
        return Turn(self.answer.searched_for, self.answer.text) if self.answer else None
