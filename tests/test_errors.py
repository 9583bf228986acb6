"""The error tree is what its docstring draws."""

import re

from rag import errors


def test_the_drawing_is_the_tree() -> None:
    lines = [
        line
        for line in (errors.__doc__ or "").splitlines()
        if re.match(r"^ {4}[│├└ ]*─* ?\w+Error|^ {4}[│├└─ ]*(?:Library|Deadline)\w+", line)
    ]
    drawn: dict[str, str] = {}
    path: list[str] = []
    for line in lines:
        name = re.search(r"[A-Z]\w+", line)
        assert name
        depth = (name.start() - 4) // 4
        path[depth:] = [name.group()]
        if depth:
            drawn[name.group()] = path[depth - 1]
    real = {
        name: getattr(errors, name).__base__.__name__
        for name in errors.__all__
        if name not in ("YinjuError", "first_line", "how_to_rebuild")
    }
    assert drawn == real
    assert errors.__all__ == sorted(errors.__all__)


def test_messages_are_one_line_and_exit_codes_are_set() -> None:
    assert str(errors.SourceError("a\n  b")) == "a b"
    assert errors.QuestionError("x").exit_code == 2
    assert errors.LibraryMissing("x").exit_code == 1
