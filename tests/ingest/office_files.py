"""Small Office files, written part by part, so that a test sees what stands in them."""

import zipfile
from pathlib import Path

from rag.ingest.blocks import BlockKind, Document

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NAMESPACES = (
    f'{W} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
X = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PART_KINDS = {
    "word/styles.xml": "styles",
    "word/numbering.xml": "numbering",
    "word/footnotes.xml": "footnotes",
    "word/endnotes.xml": "endnotes",
    "word/settings.xml": "settings",
}


def relations(entries: list[tuple[str, str, str]]) -> str:
    """Write a relations part: id, kind, target."""
    inner = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{target}"/>' for i, kind, target in entries)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'


def word(
    path: Path,
    body: str,
    parts: dict[str, str] | None = None,
    more: list[tuple[str, str, str]] | None = None,
    core: str = "",
) -> Path:
    """Write a Word file: the inside of its body, and other parts as the inside of their root elements."""
    parts = parts or {}
    entries = [(f"rId{k}", PART_KINDS[name], name.split("/")[-1]) for k, name in enumerate(parts) if name in PART_KINDS]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types"/>')
        archive.writestr("_rels/.rels", relations([("rId1", "officeDocument", "word/document.xml")]))
        archive.writestr("word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        archive.writestr("word/_rels/document.xml.rels", relations(entries + (more or [])))
        for name, inner in parts.items():
            root = name.split("/")[-1].split(".")[0].rstrip("0123456789")
            root = {"header": "hdr", "footer": "ftr"}.get(root, root)
            archive.writestr(name, f"<w:{root} {NAMESPACES}>{inner}</w:{root}>")
        if core:
            archive.writestr(
                "docProps/core.xml",
                f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
                'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
                f"{core}</cp:coreProperties>",
            )
    return path


def p(text: str = "", properties: str = "", run: str = "") -> str:
    """Write a paragraph."""
    inner = f'<w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def table(*rows: str, grid: int = 2) -> str:
    """Write a table of rows."""
    return f"<w:tbl><w:tblGrid>{'<w:gridCol/>' * grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def tr(*cells: str, properties: str = "") -> str:
    """Write a row of cells."""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tc(text: str, properties: str = "") -> str:
    """Write a cell, a paragraph for each line."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(p(line) for line in text.split(chr(10)))}</w:tc>"


def level(
    ilvl: int, number_format: str, text: str, start: int = 1, more: str = "", number_format_xml: str | None = None
) -> str:
    """Write a level of a list."""
    written = f'<w:numFmt w:val="{number_format}"/>' if number_format_xml is None else number_format_xml
    return f'<w:lvl w:ilvl="{ilvl}"><w:start w:val="{start}"/>{written}<w:lvlText w:val="{text}"/>{more}</w:lvl>'


def lists(*definitions: str, nums: str = "") -> dict[str, str]:
    """Write the numbering part: list k (from 1) counts by definition k."""
    abstract = "".join(f'<w:abstractNum w:abstractNumId="{k}">{d}</w:abstractNum>' for k, d in enumerate(definitions))
    own = "".join(f'<w:num w:numId="{k + 1}"><w:abstractNumId w:val="{k}"/></w:num>' for k in range(len(definitions)))
    return {"word/numbering.xml": abstract + own + nums}


def item(text: str, ilvl: int = 0, num: int = 1) -> str:
    """Write a paragraph of a list."""
    return p(text, f'<w:numPr><w:ilvl w:val="{ilvl}"/><w:numId w:val="{num}"/></w:numPr>')


def texts(document: Document, *kinds: BlockKind) -> list[str]:
    """Return the texts of the blocks of these kinds; of all that are no furniture, where none is named."""
    wanted = kinds or tuple(kind for kind in BlockKind if kind is not BlockKind.FURNITURE)
    return [block.text for block in document.blocks if block.kind in wanted]


def furniture(document: Document) -> list[tuple[str, str]]:
    """Return the furniture: its kind and text."""
    return [(block.furniture, block.text) for block in document.blocks if block.furniture]


def check(document: Document) -> Document:
    """Check what holds for every document: spans are the text, in order, nothing between blocks but line ends."""
    last = 0
    for block in document.blocks:
        assert block.text
        assert block.text == "".join(document.text[a:b] for a, b in block.spans)
        assert block.spans[0][0] >= last
        assert not document.text[last : block.spans[0][0]].strip("\n")
        last = block.spans[-1][1]
        assert all(0 <= ref.offset <= len(block.text) for ref in block.refs)
        assert (block.kind is BlockKind.FURNITURE) == bool(block.furniture)
        if block.row:
            assert len(block.row.cells) == len(block.row.columns)
            assert all(0 <= a <= b <= len(block.text) for a, b in block.row.cells)
    assert not document.text[last:].strip("\n")
    return document


def sheet(path: Path, rows: str, after: str = "", styles: str = "", strings: str = "", name: str = "数据") -> Path:
    """Write a workbook of one sheet: the inside of its data, what follows it, styles and shared texts."""
    entries = [("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "styles", "styles.xml")]
    entries.append(("rId3", "sharedStrings", "sharedStrings.xml"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types"/>')
        archive.writestr("_rels/.rels", relations([("rId1", "officeDocument", "xl/workbook.xml")]))
        archive.writestr("xl/_rels/workbook.xml.rels", relations(entries))
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{X}" xmlns:r="{OFFICE}"><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets>'
            "</workbook>",
        )
        archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{X}">{styles}</styleSheet>')
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{X}">{strings}</sst>')
        archive.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{X}"><sheetData>{rows}</sheetData>{after}</worksheet>'
        )
    return path
