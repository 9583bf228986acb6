"""All errors that Yinju raises on purpose.

    YinjuError                 exit code 1: the run failed
    ├── UsageError             exit code 2: the call itself is wrong
    │   ├── ConfigError        a setting is unknown or has a value that it can't take
    │   └── QuestionError      a question is empty or too long
    ├── SourceError            a source can't be read or holds nothing to cite
    ├── LibraryError           a library can't be used
    │   ├── LibraryMissing     there is none at that place
    │   ├── LibraryDamaged     a file is missing, cut short or changed
    │   └── LibraryMismatch    made by another version or model, or from sources that have changed since
    ├── ModelError             a model can't be found, loaded or used
    ├── GeneratorError         a generator failed while it was drafting
    ├── DeadlineExceeded       a question took longer than it may
    └── EvaluationError        a test set, a run or a judge can't be used

Each message says what was found, what was expected and what to do next, in one line.
"""

__all__ = [
    "ConfigError",
    "DeadlineExceeded",
    "EvaluationError",
    "GeneratorError",
    "LibraryDamaged",
    "LibraryError",
    "LibraryMismatch",
    "LibraryMissing",
    "ModelError",
    "QuestionError",
    "SourceError",
    "UsageError",
    "YinjuError",
    "first_line",
    "how_to_rebuild",
]


def first_line(error: Exception) -> str:
    """Give the first line of what another library says of its failure, to be quoted in a message of ours."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def how_to_rebuild() -> str:
    """Return what makes a library new, whatever is wrong with it."""
    return "`yinju index --fresh PATH…` with the folders of your articles"


class YinjuError(Exception):
    """Base of every error that Yinju raises on purpose."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class UsageError(YinjuError):
    """The call is wrong: the user can mend it by calling differently."""

    exit_code = 2


class ConfigError(UsageError):
    """A setting is unknown or has a value that it can't take."""


class QuestionError(UsageError):
    """A question is empty or too long."""


class SourceError(YinjuError):
    """A source can't be read or holds nothing to cite."""


class LibraryError(YinjuError):
    """A library can't be used."""


class LibraryMissing(LibraryError):
    """There is no library at that place."""


class LibraryDamaged(LibraryError):
    """A file of a library is missing, cut short or changed.

    Says what was found; the next step is added: it is the same for all damage.
    """

    def __init__(self, message: str, *, repairable: bool = True) -> None:
        """Add to `message` how to go back to a whole generation, where there may be one, or how to build anew."""
        repair = "run `yinju check --repair` to go back to a whole one, or " if repairable else "run "
        super().__init__(f"{message}: {repair}{how_to_rebuild()}; nothing was removed")


class LibraryMismatch(LibraryError):
    """A library was made by another version or model, or its sources have changed since."""


class ModelError(YinjuError):
    """A model can't be found, loaded or used."""


class GeneratorError(YinjuError):
    """A generator failed while it was drafting."""


class DeadlineExceeded(YinjuError):
    """A question took longer than it may: that says nothing of the articles."""


class EvaluationError(YinjuError):
    """A test set, a run or a judge can't be used."""
