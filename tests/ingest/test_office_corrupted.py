"""Five hundred damaged copies of each kind of Office file: read or refused in one line, never anything else."""

import io
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from rag.errors import SourceError
from rag.ingest.blocks import Document
from rag.ingest.readers.delimited import read_delimited
from rag.ingest.readers.docx.reader import read_docx
from rag.ingest.readers.xlsx.reader import read_xlsx
from tests.ingest.office_files import check, item, level, lists, p, table, tc, tr, word

COPIES = 500
SECONDS = 20.0


def word_file(path: Path) -> Path:
    note = '<w:p><w:r><w:t>依法</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'
    field = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>'
    field += '<w:r><w:fldChar w:fldCharType="separate"/><w:t>目录</w:t><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    merged = tr(tc("甲", '<w:vMerge w:val="restart"/>'), tc("1")) + tr(tc("", "<w:vMerge/>"), tc("2"))
    box = f"<w:p><w:r><w:pict><v:shape><w:txbxContent>{p('框')}</w:txbxContent></v:shape></w:pict></w:r></w:p>"
    body = field + p("总则", '<w:outlineLvl w:val="0"/>') + item("一") + item("二", 1) + note + table(merged) + box
    body += '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p><w:sectPr/>'
    parts = lists(level(0, "chineseCounting", "%1、") + level(1, "decimal", "%1.%2"))
    parts |= {"word/footnotes.xml": f'<w:footnote w:id="1">{p("注")}</w:footnote>', "word/header1.xml": p("页眉")}
    parts |= {"word/styles.xml": '<w:style w:styleId="1" w:type="paragraph"><w:name w:val="heading 1"/></w:style>'}
    return word(path, body, parts, [("h", "header", "header1.xml")], "<dc:title xmlns:dc='x'>题</dc:title>")


def sheet_file(path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (["表"], ["地区", "总量", "增速"], ["宜春", 12.5, 0.05], ["万载", 3, "=A1"]):
        book.active.append(row)
    book.active.merge_cells("A1:C1")
    book.active.row_dimensions[4].hidden = True
    book.active["C3"].number_format = "0.0%"
    book.save(path)
    return path


def table_file(path: Path) -> Path:
    path.write_text('地区,"总量\n（亿元）",增速\n宜春,"1,200",5%\n万载,3,"4""%"\n', encoding="utf-8")
    return path


def damage(raw: bytes, chance: random.Random) -> bytes:
    """Flip, cut, splice or repeat bytes."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(data) or 1)
        kind = chance.randrange(5)
        if kind == 0 and data:
            data[place] = chance.randrange(256)
        elif kind == 1:
            del data[place : place + chance.randint(1, 40)]
        elif kind == 2:
            data[place:place] = data[chance.randrange(len(data) or 1) :][: chance.randint(1, 60)]
        elif kind == 3:
            data[place:place] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
        elif chance.random() < 0.2:
            del data[place:]
    return bytes(data)


def damage_parts(raw: bytes, chance: random.Random) -> bytes:
    """Damage the parts of a package and pack them soundly, so that the damage is met when they are read."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if chance.random() < 0.4:
                part = swap_values(part, chance) if chance.random() < 0.6 else damage(part, chance)
            if chance.random() > 0.05:
                new.writestr(name, part)
    return out.getvalue()


def swap_values(part: bytes, chance: random.Random) -> bytes:
    """Put strange values into attributes: the XML stays sound."""
    strange = [b"-1", b"", b"99999999999999999999", b"x", b"0", "①".encode(), b"1.5", b"true", b"65536", b"9" * 5000]
    pieces = part.split(b'"')
    for k in range(1, len(pieces), 2):
        if chance.random() < 0.15 and not pieces[k].startswith((b"http", b"urn")):
            pieces[k] = chance.choice(strange)
    return b'"'.join(pieces)


@pytest.mark.parametrize(
    ("make", "read", "name"),
    [
        (word_file, read_docx, "d.docx"),
        (sheet_file, read_xlsx, "b.xlsx"),
        (table_file, read_delimited, "t.csv"),
    ],
)
def test_damaged_copies(
    tmp_path: Path, make: Callable[[Path], Path], read: Callable[[Path], Document], name: str
) -> None:
    raw = make(tmp_path / name).read_bytes()
    check(read(tmp_path / name))
    path = tmp_path / f"damaged-{name}"
    read_well = 0
    for seed in range(COPIES):
        chance = random.Random(seed)
        zipped = raw.startswith(b"PK") and seed % 4
        path.write_bytes(damage_parts(raw, chance) if zipped else damage(raw, chance))
        begun = time.monotonic()
        refused = ""
        try:
            check(read(path))
            read_well += 1
        except SourceError as error:
            refused = str(error)
        assert "\n" not in refused, seed
        assert time.monotonic() - begun < SECONDS, seed
    assert read_well > COPIES // 10
