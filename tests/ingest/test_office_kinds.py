"""The content of a file decides what it is, whatever its name says."""

import io
import zipfile

import pytest

from rag.ingest.readers.kinds import kind_of, wrong_kind

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (zipped(**{"word/document.xml": ""}), "docx"),
        (zipped(**{"word\\document2.xml": ""}), "docx"),
        (zipped(**{"xl/workbook.xml": ""}), "xlsx"),
        (zipped(**{"xl/workbook.bin": ""}), "xlsb"),
        (zipped(**{"ppt/presentation.xml": ""}), "pptx"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), "odt"),
        (zipped(mimetype="application/epub+zip"), "epub"),
        (zipped(**{"OFD.xml": "", "Doc_0/Document.xml": ""}), "ofd"),
        (zipped(readme=""), "zip"),
        (zipped(**{"word/document.xml": "x" * 100})[:80], "docx"),
        (OLE + "WordDocument".encode("utf-16-le"), "doc"),
        (OLE + "Workbook".encode("utf-16-le"), "xls"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (OLE, "ole"),
        (b"{\\rtf1\\ansi}", "rtf"),
        (b"\n%PDF-1.7", "pdf"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>", "html"),
        (b'<html xmlns:w="urn:schemas-microsoft-com:office:word"><head><title>', "html"),
        ("<html><body>".encode("utf-16"), "html"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x", "mhtml"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>', "word-xml"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "excel-xml"),
        ("第一条 为了规范".encode(), ""),
        (b"", ""),
        (b"PK\x03\x04", "zip"),
    ],
)
def test_kinds(raw: bytes, kind: str) -> None:
    assert kind_of(raw) == kind
    assert ":" in wrong_kind(kind)
