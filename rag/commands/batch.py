"""Questions in, one JSON line out for each: read all before the first is asked, keep what is done."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rag.errors import UsageError, YinjuError

__all__ = ["run_batch"]


def run_batch(source: Path, target: Path, ask: Callable[[str, Sequence[str]], dict[str, Any]]) -> int:
    """Ask every question of `source` and write the results to `target`, an object with its `id` a line.

    `ask` is given a question and the earlier ones of its conversation, which a line has under `history`.
    A question that fails gives an object with `status` "error" and the message, and the exit code is 1. The file
    appears under its name when all are done; until then it is `target` with `.partial` behind it.
    Raises UsageError when a line of `source` has no `id` and `question`.
    """
    if target.is_dir() or target.resolve() == source.resolve():
        raise UsageError(f"{target} can't take the results: give a new file that is not the questions themselves")
    questions = list(_questions(source))
    partial = target.with_name(target.name + ".partial")
    failed = 0
    try:
        out = partial.open("w", encoding="utf-8", errors="backslashreplace")  # half a surrogate pair: \\ud800
    except OSError as error:
        raise UsageError(
            f"{target} can't be written ({error.strerror}): give a file in a folder that exists"
        ) from error
    with out:
        for row in _progress(questions):
            try:
                result = ask(row["question"], row.get("history", ()))
            except YinjuError as error:
                failed += 1
                result = {"question": row["question"], "status": "error", "error": str(error)}
            out.write(json.dumps({"id": row["id"], **result}, ensure_ascii=False) + "\n")
            out.flush()
    partial.replace(target)
    return 1 if failed else 0


def _progress(questions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    import sys

    from tqdm import tqdm

    yield from tqdm(questions, unit="question", file=sys.stderr, delay=1)


def _questions(path: Path) -> Iterator[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} can't be read ({error.strerror}): give a file of JSON lines") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    count = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path} line {number} is no JSON ({error})") from error
        if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("question"), str):
            raise UsageError(f"{path} line {number}: expected an object with id and question")
        history = row.get("history", [])
        if not isinstance(history, list) or not all(isinstance(earlier, str) for earlier in history):
            raise UsageError(f"{path} line {number}: expected a history that is a list of questions")
        count += 1
        yield row
    if not count:
        raise UsageError(f"{path} holds no question: expected one JSON object a line with id and question")
