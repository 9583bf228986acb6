"""Read .csv and .tsv files into blocks: the delimiter found out, quoted line ends kept together, a row with its header.

The text is extracted, although the source is text: cells are unquoted and joined like those of every other table.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rag.errors import SourceError
from rag.ingest.blocks import BlockKind, Document
from rag.ingest.encodings import decode
from rag.ingest.readers.composer import Composer, flow
from rag.ingest.readers.kinds import kind_of, wrong_kind
from rag.ingest.readers.tables import Cell, Row, arrange

__all__ = ["read_delimited"]

_DELIMITERS = ",;\t|，"
_SAMPLE = 200  # records by which the delimiter is found out
_MOST_BYTES = 100 << 20
_MOST_CELLS = 600_000
_LONGEST_QUOTED = 20_000  # characters of a quoted cell: a longer one is a quotation mark that was never closed
_MOST_LINES = 200  # of a quoted cell, likewise
_HINT = re.compile(r"\ufeff?\"?sep=(.)\"?\s*(?:\r\n|\r|\n)", re.IGNORECASE)


def read_delimited(path: Path) -> Document:
    """Read a table of values with delimiters between them.

    Raises SourceError where it is no text, too large, or in truth another kind of file.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check the path and its permissions") from error
    if size > _MOST_BYTES:
        raise SourceError(f"{path} has {size >> 20} MB: expected at most {_MOST_BYTES >> 20} MB; split it")
    kind = kind_of(head)
    if kind:
        # The head of a zip is too short to tell what it holds.
        raise SourceError(f"{path} is {wrong_kind(kind_of(path.read_bytes()))}")
    text = decode(path).text
    hint = _HINT.match(text)
    composer = Composer()
    if hint:
        composer.add(hint[0].strip("\ufeff \r\n"), BlockKind.METADATA)
        text = text[hint.end() :]
    delimiter = hint[1] if hint else find_delimiter(text, "\t" if path.suffix.lower() == ".tsv" else ",")
    try:
        rows, cut = _rows(text, delimiter)
    except csv.Error as error:
        raise SourceError(f"{path} is no table of values ({error}): expected rows of short cells") from error
    notices = (f"the file is read in part: up to {_MOST_CELLS:,} cells",) if cut else ()
    table = 0
    for part in _parts(rows):
        blocks = arrange(part, table, data=True)
        for block in blocks:
            composer.add(block.text, block.kind, row=block.row)
        table += any(block.row for block in blocks)
    if not any(block.kind is not BlockKind.METADATA for block in composer.blocks):
        raise SourceError(f"{path} holds no words: expected a table; remove it or fill it")
    return composer.document((), notices)


def find_delimiter(text: str, usual: str = ",") -> str:
    """Return the delimiter that cuts the records into the same number of cells most often, the most cells among equals.

    `usual` is returned where none cuts them.
    """
    sample = text[: 1 << 18]
    best, found = 0.0, usual
    for delimiter in dict.fromkeys(usual + _DELIMITERS):
        try:
            counts = Counter(len(record) for record in islice(_records(sample, delimiter), _SAMPLE) if any(record))
        except csv.Error:  # a cell without end: this delimiter does not stand between cells
            continue
        several = {n: count for n, count in counts.items() if n > 1}
        if not several:
            continue
        columns, times = max(several.items(), key=lambda one: (one[1], one[0]))
        score = times / counts.total() + min(columns, 50) / 1000
        if score > best:
            best, found = score, delimiter
    return found


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the records; where a quotation mark is never closed, quotation marks are plain characters."""
    quoting: list[int] = [csv.QUOTE_MINIMAL] if _quotes_close(text, delimiter) else [csv.QUOTE_NONE]
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    yield from csv.reader(lines, delimiter=delimiter, quoting=quoting[0])  # type: ignore[arg-type]


def _quotes_close(text: str, delimiter: str) -> bool:
    """Say whether no quoted cell is longer than any that was meant."""
    if '"' not in text:
        return True
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(len(cell) > _LONGEST_QUOTED or cell.count("\n") > _MOST_LINES for cell in record):
                return False
    except csv.Error:
        return False
    return True


def _rows(text: str, delimiter: str) -> tuple[list[Row | None], bool]:
    """Return the rows, None for an empty one, and whether there are more than are read."""
    rows: list[Row | None] = []
    left = _MOST_CELLS
    for record in _records(text, delimiter):
        left -= max(len(record), 1)
        if left < 0:
            return rows, True
        cells: list[Cell] = []
        for column, value in enumerate(record):
            lines = [line.text for line in flow([value])] if value else []
            breaks = tuple(len(" ".join(lines[: k + 1])) for k in range(len(lines) - 1)) if len(lines) > 1 else ()
            cells.append(Cell(" ".join(lines), column, breaks=breaks))
        filled = sum(bool(cell.text) for cell in cells)
        if filled == 1 and cells[0].text:
            cells = cells[:1]  # a title or a remark, filled up with delimiters by a spreadsheet
        rows.append(Row(tuple(cells)) if filled else None)
    return rows, False


def _parts(rows: list[Row | None]) -> Iterator[list[Row]]:
    """Cut the rows at empty ones into tables where the number of columns changes."""
    part: list[Row] = []
    gap = False
    for row in rows:
        if row is None:
            gap = True
            continue
        if part and gap and len(row.filled) > 1 and len(part[-1].filled) > 1 and len(row.cells) != len(part[-1].cells):
            yield part
            part = []
        part.append(row)
        gap = False
    if part:
        yield part
