"""Corrupted copies of PDFs: one line or a document that holds together, in bounded time."""

import random
import time
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.ingest.readers.pdf import reader as pdf_module
from rag.ingest.readers.pdf.reader import read_pdf
from tests.ingest.sheets import LATIN, Sheets
from tests.ingest.test_pdf import FULL, check

COPIES = 500
LONGEST = 20.0  # seconds


def samples(folder: Path) -> list[bytes]:
    """Write three small PDFs: text and a table, two columns with notes, and one that is not compressed."""
    a = Sheets(folder / "a.pdf")
    a.line(180, 60, "城镇污水处理厂污染物排放标准", 16)
    a.column(70, 100, [FULL] * 6)
    a.grid([100, 200, 300, 400], [300, 318, 336, 354], [["序号", "项目", "限值"], ["1", "总汞", "0.001"]])
    b = Sheets(folder / "b.pdf")
    for n in range(2):
        b.line(60, 40, "A Running Head")
        b.column(60, 100, ["a line of text that fills its column well"] * 12, font=LATIN)
        b.column(320, 100, ["another line that fills the other column"] * 12, font=LATIN)
        b.rule(60, 700, 160, 700)
        b.line(60, 715, f"{n + 1} A note in small type.", 7, LATIN)
        b.page()
    c = Sheets(folder / "c.pdf", pageCompression=0)
    c.column(70, 100, [FULL, FULL, "最后一行。"])
    return [sheets.save().read_bytes() for sheets in (a, b, c)]


def damage(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Flip, cut, splice or repeat bytes."""
    kind = chance.randrange(4)
    at = chance.randrange(len(data))
    if kind == 0:
        changed = bytearray(data)
        for _ in range(chance.choice((1, 5, 50))):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return bytes(changed)
    if kind == 1:
        return data[:at]
    if kind == 2:
        return data[:at] + other[chance.randrange(len(other)) :]
    return data[:at] + data[max(0, at - chance.randrange(400)) :]


def is_told(path: Path) -> bool:
    """Read a file and check what comes out; return whether it is told instead."""
    try:
        document = read_pdf(path)
    except SourceError:
        return True
    check(document)
    return False


@pytest.mark.slow
def test_damaged_files_are_told_or_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "recognizer", lambda: None)  # whether pictures are read is tested elsewhere
    chance = random.Random(12)
    whole = samples(tmp_path)
    path = tmp_path / "damaged.pdf"
    told = 0
    for _ in range(COPIES):
        path.write_bytes(damage(chance.choice(whole), chance.choice(whole), chance))
        begun = time.monotonic()
        told += is_told(path)
        assert time.monotonic() - begun < LONGEST
    assert 0 < told < COPIES
