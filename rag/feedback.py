"""Answers that readers marked down: a table in SQLite, written by the chat, read where answers are reviewed."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import YinjuError

__all__ = ["Marked", "connected", "mark_down", "marked_down"]

_TABLE = """create table if not exists marked_down (
    id integer primary key, question text not null, answer text not null, note text not null, at text not null)"""


@dataclass(frozen=True, slots=True)
class Marked:
    """An answer in the JSON of the contract, and what the reader said of it."""

    id: int
    question: str
    answer: dict[str, Any]
    note: str
    at: str


@contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database, made where there is none; what was written is kept when no error came. Raises YinjuError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30)
        try:
            with connection:
                yield connection
        finally:
            connection.close()
    except (sqlite3.Error, OSError) as error:
        raise YinjuError(f"{path} can't be used as a database ({error}): give another file") from error


def mark_down(path: Path, question: str, answer: dict[str, Any], note: str = "") -> None:
    """Keep an answer that a reader marked down. Raises YinjuError."""
    row = (question, json.dumps(answer, ensure_ascii=False), note, time.strftime("%Y-%m-%dT%H:%M:%S%z"))
    with connected(path) as database:
        database.execute(_TABLE)
        database.execute("insert into marked_down (question, answer, note, at) values (?, ?, ?, ?)", row)


def marked_down(path: Path) -> list[Marked]:
    """Give what readers marked down, oldest first. Raises YinjuError."""
    with connected(path) as database:
        database.execute(_TABLE)
        rows = database.execute("select id, question, answer, note, at from marked_down order by id").fetchall()
    return [Marked(number, question, json.loads(answer), note, at) for number, question, answer, note, at in rows]
