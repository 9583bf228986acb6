"""Bytes that are no UTF-8: which encodings are read, and what is told of the rest."""

import random
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.ingest.encodings import decode

SIMPLE = "山区公路建设\n\n2025年全县完成山区公路建设，全长36.5公里。总投资8.2亿元，由县交通局负责。\n"
TRADITIONAL = (
    "山區公路建設\n\n2025年全縣完成山區公路建設，全長36.5公里。總投資8.2億元，由縣交通局負責，並於年底通車。\n"
)


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (SIMPLE, "utf-16-le", "utf-16-le"),
        (SIMPLE, "utf-16-be", "utf-16-be"),
        ("The road was finished in May, 36.5 km of it.\n", "utf-16-le", "utf-16-le"),
        (SIMPLE, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (SIMPLE, "utf-8", "utf-8"),
        ("The fee is £12.50, and may rise by 3 percent.\n", "cp1252", "windows-1252"),
    ],
)
def test_a_text_is_read_in_its_encoding(tmp_path: Path, text: str, encoding: str, told: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    found = decode(path)
    assert (found.text, found.encoding) == (text, told)


def test_bytes_of_a_program_are_no_text(tmp_path: Path) -> None:
    generator = random.Random(7)
    for n in range(50):
        path = tmp_path / f"{n}.txt"
        path.write_bytes(generator.randbytes(400) + b"\0\xff")
        with pytest.raises(SourceError, match=r"is binary|is neither"):
            decode(path)


def test_a_line_in_another_encoding_is_told_and_not_garbled(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(SIMPLE.encode() + SIMPLE.encode("gb18030"))
    with pytest.raises(SourceError, match="neither UTF-8"):
        decode(path)


@pytest.mark.parametrize("rest", [b"", b"\n"])
def test_a_text_that_was_cut_is_told(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(SIMPLE.strip().encode()[:-1] + rest)
    with pytest.raises(SourceError, match="it was cut"):
        decode(path)
