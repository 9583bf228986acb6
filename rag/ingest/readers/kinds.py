"""What a file really is, whatever its ending says: told from its bytes and, for containers, from what they hold."""

import io
import re
import zipfile

__all__ = ["kind_of", "wrong_kind"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of streams in the directory of an OLE file, which is written in UTF-16. The first that is found decides.
_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__substg1.0_", "msg"),
    ("Book", "xls"),
)
_FOLDERS = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"))
_MIMETYPES = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/epub+zip": "epub",
    b"application/ofd": "ofd",
}
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|table|div|p)\b", re.IGNORECASE)
_WORD_XML = (b"http://schemas.microsoft.com/office/word/2003/wordml", b'progid="Word.Document"')
_EXCEL_XML = (b"urn:schemas-microsoft-com:office:spreadsheet", b'progid="Excel.Sheet"')
_ENTRY = re.compile(rb"PK\x03\x04.{26}([\w\[][\w./\\\] -]{2,60})", re.DOTALL)  # the name of an entry of a zip
_HEAD = 4096  # bytes; pages saved by Word begin with a kilobyte of namespaces
_MOST_NAMES = 4 << 20  # bytes of a zip's list of entries

# What to do with a file of each kind that a reader was given by mistake.
_ADVICE = {
    "": "nothing that is known: open it, and save it in the format of its ending",
    "doc": "a Word document of the old binary format: open it in Word, WPS or LibreOffice and save it as .docx",
    "xls": "an Excel workbook of the old binary format: open it in Excel, WPS or LibreOffice and save it as .xlsx",
    "ppt": "a PowerPoint file of the old binary format: save it as .pdf",
    "ole": "a file of an old binary Office format: open it and save it as .docx, .xlsx or .pdf",
    "msg": "a mail of Outlook: save its text as .txt or .html",
    "encrypted": "encrypted with a password: open it, take the password off and save it again",
    "rtf": "an RTF document: open it in Word, WPS or LibreOffice and save it as .docx",
    "html": "an HTML page: rename it to .html",
    "mhtml": "a web page saved as one file (MHTML): save it from the browser as .html",
    "pdf": "a PDF: rename it to .pdf",
    "docx": "a Word document: rename it to .docx",
    "xlsx": "an Excel workbook: rename it to .xlsx",
    "xlsb": "an Excel workbook of the binary format: save it as .xlsx",
    "pptx": "a PowerPoint file: save it as .pdf",
    "odt": "an OpenDocument text: save it as .docx",
    "ods": "an OpenDocument spreadsheet: save it as .xlsx",
    "odp": "an OpenDocument presentation: save it as .pdf",
    "ofd": "an OFD document: save it as .pdf",
    "epub": "an e-book (EPUB): save its text as .html or .docx",
    "zip": "a zip archive: unpack it and index the folder",
    "word-xml": "a Word document saved as one XML file: open it in Word or WPS and save it as .docx",
    "excel-xml": "an Excel workbook saved as one XML file: open it in Excel or WPS and save it as .xlsx",
}


def kind_of(raw: bytes) -> str:
    """Tell what the bytes of a whole file are; "" where they are none of the kinds known here, plain text for one.

    One of docx, xlsx, xlsb, pptx, odt, ods, odp, ofd, epub, zip; doc, xls, ppt, msg, encrypted, ole; rtf, pdf, html,
    mhtml, word-xml, excel-xml. Never raises.
    """
    if raw.startswith(_OLE):
        return next((kind for name, kind in _STREAMS if name.encode("utf-16-le") in raw), "ole")
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(raw)
    head = raw[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = raw[:_HEAD].decode("utf-16", errors="ignore").lstrip().encode()
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if b"%PDF-" in raw[:1024]:
        return "pdf"
    if head[:13].lower() == b"mime-version:" and b"multipart/related" in head.lower():
        return "mhtml"
    if any(mark in head for mark in _WORD_XML):
        return "word-xml"
    if any(mark in head for mark in _EXCEL_XML):
        return "html" if _HTML.match(head) else "excel-xml"
    # An XML declaration may stand before XHTML, a comment before either.
    if head.startswith(b"<") and _HTML.search(head):
        return "html"
    return ""


def _zip_kind(raw: bytes) -> str:
    """Tell what a zip file holds; one that is cut off is told by the name of its first entries."""
    names: list[str] = []
    mimetype = b""
    end = raw.rfind(b"PK\x05\x06", max(0, len(raw) - 66_000))
    small = end >= 0 and int.from_bytes(raw[end + 12 : end + 16], "little") <= _MOST_NAMES
    try:
        if small:
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                names = archive.namelist()
                if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                    mimetype = archive.read("mimetype").strip()
    except Exception:  # noqa: BLE001 - whatever is wrong with the archive, its reader says so; here only its kind counts
        names = []
    if not names:
        names = [name.decode("latin-1") for name in _ENTRY.findall(raw[: 1 << 20])]
    if mimetype in _MIMETYPES:
        return _MIMETYPES[mimetype]
    names = [name.replace("\\", "/").lstrip("/").lower() for name in names]
    if "ofd.xml" in names:
        return "ofd"
    if any(name.startswith("xl/workbook.bin") for name in names):
        return "xlsb"
    for folder, kind in _FOLDERS:
        if any(name.startswith(folder) for name in names):
            return kind
    return "zip"


def wrong_kind(kind: str) -> str:
    """Say what a file of this kind is and what to do with it, to be put after "is"."""
    return _ADVICE.get(kind, _ADVICE[""])
