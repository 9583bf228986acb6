"""Open an Office file (a zip of XML parts) without trusting it: sizes are counted while reading, nothing is fetched."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from rag.errors import SourceError, first_line
from rag.ingest.readers.kinds import kind_of, wrong_kind

__all__ = ["Package", "Relation", "open_package"]

_MOST_BYTES = 500 << 20  # of the file itself; pictures count here and are never unpacked
_MOST_NAMES = 4 << 20  # bytes of the list of entries: about 40,000 of them
_MOST_PART = 64 << 20  # bytes of one part unpacked: the longest real documents have 20 MB
_MOST_TOTAL = 192 << 20  # bytes of all parts that are read
_MOST_RATIO = 400  # unpacked to packed; repeated cells of real tables reach 120
_RATIO_FROM = 4 << 20  # bytes: below this a ratio says nothing
_CHUNK = 1 << 20

# Strict OOXML (ISO 29500) names the same elements in other namespaces.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(?:officeDocument/)?([A-Za-z/]+)")
_TRANSITIONAL = {
    b"relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    b"math": b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    b"wordprocessingml": b"http://schemas.openxmlformats.org/wordprocessingml/2006",
    b"spreadsheetml": b"http://schemas.openxmlformats.org/spreadsheetml/2006",
    b"drawingml": b"http://schemas.openxmlformats.org/drawingml/2006",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """A part that another part refers to."""

    kind: str  # the last word of its type: header, footnotes, image, …
    target: str  # the name of the part; "" where it is outside the package


class Package:
    """The parts of an Office file, read one by one within limits that hold for all of them together."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self._archive = archive
        self._entries = {_plain(info.filename): info for info in reversed(archive.infolist())}
        self._exact = {info.filename: info for info in archive.infolist()}
        self._left = _MOST_TOTAL
        self.damaged: list[str] = []  # parts that could not be read

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._entries

    def names(self, under: str = "") -> list[str]:
        """Return the names of the parts below a folder, in lower case, sorted."""
        return sorted(name for name in self._entries if name.startswith(under))

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a part, Strict namespaces turned into the usual ones; None where it is not there.

        Raises SourceError where it is damaged or too large unpacked.
        """
        info = self._exact.get(name) or self._entries.get(_plain(name))
        if info is None:
            return None
        if info.flag_bits & 1:
            raise SourceError(f"{self.path} is {wrong_kind('encrypted')}")
        chunks: list[bytes] = []
        size = 0
        try:
            with self._archive.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    self._left -= len(chunk)
                    self._check(name, size, info.compress_size)
                    chunks.append(chunk)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise SourceError(
                f"{self.path} is damaged: {name} in it can't be unpacked ({first_line(error)}); get the file anew"
            ) from error
        return _STRICT.sub(_usual, b"".join(chunks))

    def _check(self, name: str, size: int, packed: int) -> None:
        if size > _MOST_PART or self._left < 0 or (size > _RATIO_FROM and size > _MOST_RATIO * max(packed, 1)):
            raise SourceError(
                f"{self.path} unpacks to far more than a document holds ({name}: over {size >> 20} MB from "
                f"{max(packed, 1) >> 10} KB): expected at most {_MOST_PART >> 20} MB a part; split it or save it anew"
            )

    def xml(self, name: str) -> Any:
        """Return the root element of a part; None where it is not there.

        Raises SourceError where it is no sound XML, or declares entities, which no Office file does.
        """
        from lxml import etree

        raw = self._checked(name)
        if raw is None:
            return None
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            return etree.fromstring(raw, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._unsound(name, error) from error

    def elements(self, name: str, *tags: str) -> Iterator[Any]:
        """Yield the elements of these tags in a large part one by one, each emptied after it was used.

        Raises SourceError as `xml` does, where the damage is met.
        """
        from lxml import etree

        raw = self._checked(name)
        if raw is None:
            return
        found = etree.iterparse(
            io.BytesIO(raw), events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False
        )
        try:
            for _, element in found:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._unsound(name, error) from error

    def _checked(self, name: str) -> bytes | None:
        raw = self.read(name)
        if raw is not None and (b"<!DOCTYPE" in raw[:4096] or b"<!ENTITY" in raw[:4096]):
            raise SourceError(f"{self.path} declares entities in {name}, which no Office file does: save it anew")
        return raw

    def _unsound(self, name: str, error: Exception) -> SourceError:
        return SourceError(
            f"{self.path} is damaged: {name} in it is no sound XML ({first_line(error)}); open it and save it anew"
        )

    def side(self, name: str) -> Any:
        """Return the root of a part that is not indispensable; None, and a note of it, where it is damaged."""
        try:
            return self.xml(name) if name else None
        except SourceError:
            if self._left < 0:
                raise
            self.damaged.append(name)
            return None

    def relations(self, part: str) -> dict[str, Relation]:
        """Return what a part refers to, by id; relations that point nowhere have no target."""
        folder, file = posixpath.split(part)
        root = self.side(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
        found: dict[str, Relation] = {}
        for element in root if root is not None else ():
            target = unquote(element.get("Target") or "")
            outside = element.get("TargetMode") == "External"
            name = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            kind = (element.get("Type") or "").rsplit("/", 1)[-1]
            found[element.get("Id") or ""] = Relation(kind, "" if outside or name not in self else name)
        return found

    def main(self, usual: str) -> str:
        """Return the name of the main part, as the package says, or where it usually is."""
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and relation.target:
                return relation.target
        return usual


def open_package(path: Path, kind: str) -> Package:
    """Open a file that has to be of this kind (`docx`, `xlsx`), whatever its ending.

    Raises SourceError where it is another kind, too large, cut or damaged.
    """
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise SourceError(f"{path} has {size >> 20} MB: expected at most {_MOST_BYTES >> 20} MB; split it")
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check the path and its permissions") from error
    if not raw.strip(b"\0 \r\n\t"):
        raise SourceError(f"{path} is empty: expected a document; remove it or fill it")
    if path.name.startswith("~$") and len(raw) < 1024:
        raise SourceError(f"{path} is the lock that Office leaves beside an open file, not a document: remove it")
    found = kind_of(raw)
    if found != kind:
        raise SourceError(f"{path} is {wrong_kind(found)}")
    end = raw.rfind(b"PK\x05\x06")
    if end < 0 or len(raw) < end + 22:
        raise SourceError(f"{path} is cut off: the end of the file is missing; get it anew")
    if int.from_bytes(raw[end + 12 : end + 16], "little") > _MOST_NAMES:
        raise SourceError(f"{path} holds far more parts than a document has: save it anew")
    try:
        return Package(path, zipfile.ZipFile(io.BytesIO(raw)))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as error:
        raise SourceError(
            f"{path} is damaged ({first_line(error)}): get it anew, or open it and save it anew"
        ) from error


def _plain(name: str) -> str:
    """Return the name as it is compared: parts are found whatever their case, and some writers use backslashes."""
    return name.replace("\\", "/").lstrip("/").lower()


def _usual(match: re.Match[bytes]) -> bytes:
    first, _, rest = match[1].partition(b"/")
    if first not in _TRANSITIONAL:
        return match[0]
    return _TRANSITIONAL[first] + (b"/" + rest if rest else b"")
