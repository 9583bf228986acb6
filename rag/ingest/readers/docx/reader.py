"""Read Word files (.docx, .docm, .dotx, Strict ones too) into blocks; macros, links and pictures are never touched."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rag.errors import SourceError
from rag.ingest.blocks import BlockKind, Document
from rag.ingest.readers.composer import Composer, flow
from rag.ingest.readers.docx.inline import Notes, Seen
from rag.ingest.readers.docx.items import Item, Word
from rag.ingest.readers.docx.layout import finish, title_facts
from rag.ingest.readers.docx.numbering import Numbering
from rag.ingest.readers.docx.story import Story
from rag.ingest.readers.docx.styles import Styles, W, value
from rag.ingest.readers.office.facts import core_facts
from rag.ingest.readers.office.package import Package, Relation, open_package
from rag.ingest.readers.ordinals import write_number
from rag.ingest.readers.tables import BETWEEN

__all__ = ["read_docx"]

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MOST_NOTES = 20_000


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a file that stand around its body."""

    package: Package
    folder: str
    relations: dict[str, Relation]

    def root(self, kind: str) -> Any:
        """Return the root of the part of a kind; where no relation names it, from its usual place."""
        named = next((r.target for r in self.relations.values() if r.kind == kind and r.target), "")
        return self.package.side(named or f"{self.folder}{kind}.xml")


def read_docx(path: Path) -> Document:
    """Read a Word file.

    Headings by style or outline level, list items with the numbers that Word shows, table rows, notes bound to their
    marks. Raises SourceError where it is no Word file, is damaged, or holds no words.
    """
    package = open_package(path, "docx")
    main = package.main("word/document.xml")
    root = package.xml(main)
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise SourceError(f"{path} holds no Word document ({main}): open it in Word or WPS and save it as .docx")
    parts = _Parts(package, main.rsplit("/", 1)[0] + "/" if "/" in main else "", package.relations(main))
    styles = Styles(parts.root("styles"))
    word = Word(styles, Numbering(parts.root("numbering"), styles), _notes(parts, root))
    story = Story(word, root)  # damaged files may have several bodies
    for place, relation in reversed(story.diagrams):
        story.items[place:place] = _diagram(parts, relation)
    items = finish(story.items)
    composer = Composer()
    headers, footers = (_running(parts, word, root, kind) for kind in ("header", "footer"))
    for item in (*headers, *items, *_note_items(parts, word), *footers):
        composer.add(
            item.text,
            item.kind,
            level=item.level,
            prose=item.prose,
            label=item.label,
            refs=item.refs,
            row=item.row,
            furniture=item.furniture,
        )
    if all(block.kind is BlockKind.FURNITURE for block in composer.blocks):
        raise SourceError(f"{path} {_empty(word.seen)}")
    facts = core_facts(package, "Word") + title_facts(items)
    return composer.document(facts, tuple(_notices(word.seen, package.damaged)))


def _notes(parts: _Parts, root: Any) -> Notes:
    """Return how notes are numbered: as the first section says, or the settings, or as Word does by itself."""
    settings = parts.root("settings")
    writers: dict[str, Any] = {}
    for kind, usual in (("footnote", "decimal"), ("endnote", "lowerRoman")):
        path = f"{W}{kind}Pr/{W}numFmt"
        said = root.find(f".//{W}sectPr/{path}")
        if said is None and settings is not None:
            said = settings.find(path)
        writers[kind] = partial(write_number, number_format=value(said) or usual)
    return Notes(writers)


def _note_items(parts: _Parts, word: Word) -> list[Item]:
    """Read the notes that were referred to: footnotes, then endnotes, in the order of their marks."""
    items: list[Item] = []
    for kind in ("footnote", "endnote"):
        if not any(key[0] == kind for key in word.notes.labels):
            continue
        root = parts.root(f"{kind}s")
        found = {e.get(f"{W}id"): e for e in root.iter(W + kind)} if root is not None else {}
        read: set[str] = set()
        for (its_kind, note_id), label in list(word.notes.labels.items())[:_MOST_NOTES]:
            if its_kind != kind or note_id not in found or note_id in read:
                continue
            read.add(note_id)
            for k, item in enumerate(Story(word, found[note_id]).items):
                if not k and item.text.startswith(label) and not label.isalnum():
                    item.text = item.text.removeprefix(label).lstrip()  # a mark written by hand
                if not item.furniture:
                    item = Item(item.text, BlockKind.NOTE, prose=True, label=label, refs=item.refs)
                items.append(item)
    return items


def _running(parts: _Parts, word: Word, root: Any, kind: str) -> list[Item]:
    """Read the headers or footers of all sections as furniture, equal ones once."""
    targets = [r.target for r in parts.relations.values() if r.kind == kind and r.target]
    used = [parts.relations.get(e.get(f"{_R}id") or "") for e in root.iter(f"{W}{kind}Reference")]
    order = [r.target for r in used if r and r.target] + sorted(targets)
    texts: dict[str, None] = {}
    for target in dict.fromkeys(order):
        part = parts.package.side(target)
        if part is not None:
            lines = (item.text.replace(BETWEEN, " ").strip() for item in Story(word, part).items)
            texts |= dict.fromkeys(line for line in lines if line)
    return [Item(text, furniture=kind) for text in texts]


def _diagram(parts: _Parts, relation: str) -> list[Item]:
    """Read the words of a diagram (SmartArt), one item for each of its points."""
    found = parts.relations.get(relation)
    root = parts.package.side(found.target) if found and found.target else None
    if root is None:
        return []
    points = root.iter("{http://schemas.openxmlformats.org/drawingml/2006/diagram}pt")
    texts = (["".join(t.text or "" for t in p.iter(f"{_A}t")) for p in point.iter(f"{_A}p")] for point in points)
    return [Item(line.text) for text in texts for line in flow([" ".join(text)])]


def _empty(seen: Seen) -> str:
    if seen.pictures:
        return f"holds {seen.pictures} pictures and no words: save it as .pdf, whose pages can be read as pictures"
    return "holds no words: remove it or fill it"


def _notices(seen: Seen, damaged: list[str]) -> list[str]:
    """Say what was left out."""
    counted = (
        (seen.comments, "comments are left out: they are no words of the document"),
        (seen.deleted, "tracked deletions are left out; tracked insertions are read"),
        (seen.pictures, "pictures or objects are not read"),
        (seen.charts, "charts are not read"),
        (seen.embedded, "embedded documents are not read: copy their words into the document"),
        (seen.unread, "paragraphs at the end are not read: the document is too long; split it"),
        (seen.unknown_signs, "signs of a symbol font are not known and stand as �"),
    )
    notices = [f"{count} {what}" for count, what in counted if count]
    return notices + [f"{name} in the file is damaged and was left out" for name in dict.fromkeys(damaged)]
