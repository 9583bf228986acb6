"""Read what stands within a line: marks of notes, raised figures, struck words, pictures, buttons."""

import re
from collections.abc import Iterator

from rag.ingest.readers.html.piece import Mark
from rag.ingest.readers.html.tree import BLOCKS, Element, find, text_of

__all__ = ["NoteTargets", "back_link", "find_notes", "mark_label", "mark_of", "shown_controls"]

_LABEL = re.compile(
    r"^[\[［〔【(（]?\s*((?:注|note|nb?|fn\.?)?\s*(?:\d{1,3}|[a-z]|[ivx]{1,5}|[①-⑳㉑-㊿]|[*＊†‡§]{1,3}|注))\s*[\]］〕】)）]?$",
    re.I,
)
_BRACKETED = re.compile(r"^[\[［〔【].*[\]］〕】]$|^[①-⑳㉑-㊿]$|^注\d+$")
_SIGNS = re.compile(r"^[\d+\-−–()]{1,6}$")
_NOTE_ID = re.compile(r"fn|note|ref|cite|endn|edn", re.I)
_BACK = re.compile(r"^[↩↑⬆^︎\s]+$|^(?:back|return|jump back)\b.{0,40}$", re.I)


class NoteTargets:
    """The links of a page that refer to its notes, and the elements that hold these notes."""

    def __init__(self) -> None:
        self.labels: dict[int, str] = {}  # by the order of a link: the note that it refers to
        self.notes: dict[int, str] = {}  # by the order of the block that holds a note: its label


def mark_label(text: str) -> str:
    """Return the label in a mark, without brackets; empty where it is none."""
    match = _LABEL.match(" ".join(text.split()))
    return match[1] if match else ""


def find_notes(root: Element) -> NoteTargets:
    """Pair the links that look like marks with the elements that they lead to, further down in the page."""
    found = NoteTargets()
    links: list[tuple[Element, str, str]] = []
    places: dict[str, Element] = {}
    for element in find(root):
        for name in (element.get("id"), element.get("name") if element.tag == "a" else ""):
            if name:
                places.setdefault(name, element)
        href = element.get("href")
        if element.tag == "a" and "#" in href and not href.endswith("#"):
            label = mark_label(text_of(element, 40))
            target = href.rsplit("#", 1)[1]
            if label and (href.startswith("#") or _NOTE_ID.search(target)):
                links.append((element, label, target))
    for element, label, name in links:
        target_element = places.get(name)
        if target_element is None or target_element.order <= element.order:
            continue
        raised = _within(element, "sup") or any(child.tag == "sup" for child in element.elements)
        if not (raised or _NOTE_ID.search(name) or _BRACKETED.match(text_of(element, 40))):
            continue
        holder = _holder(target_element)
        found.labels[element.order] = label
        found.notes.setdefault(holder.order, label)
    return found


def _within(element: Element, tag: str) -> bool:
    at = element.parent
    while at is not None and at.tag not in BLOCKS:
        if at.tag == tag:
            return True
        at = at.parent
    return False


def _holder(element: Element) -> Element:
    """Return the block that a target lies in."""
    at = element
    while at.tag not in BLOCKS and at.parent is not None:
        at = at.parent
    return at


def back_link(element: Element) -> bool:
    """Check whether a link in a note leads back to its mark."""
    if element.tag != "a" or "#" not in element.get("href"):
        return False
    text = text_of(element, 60)
    return bool(_BACK.match(text)) or (
        bool(mark_label(text)) and bool(_NOTE_ID.search(element.get("href").rsplit("#", 1)[1]))
    )


def mark_of(element: Element, targets: NoteTargets) -> Mark | None:
    """Return the mark that an inline element is: a link to a note, a sign in brackets, a raised or lowered figure."""
    if element.order in targets.labels:
        return Mark(text_of(element, 40), targets.labels[element.order], certain=True)
    if element.tag not in ("sup", "sub") and "vertical-align" not in element.get("style"):
        return None
    lowered = element.tag == "sub" or "sub" in element.get("style")
    if element.tag not in ("sup", "sub") and not re.search(
        r"vertical-align\s*:\s*(?:super|sub)\b", element.get("style")
    ):
        return None
    text = text_of(element, 40)
    linked = next((targets.labels[child.order] for child in find(element) if child.order in targets.labels), "")
    if linked and len(mark_label(text)):
        return Mark(text, linked, certain=True)
    if linked or not text:
        return None
    label = mark_label(text)
    if label and not lowered and _BRACKETED.match(text):
        return Mark(text, label, certain=True)
    if _SIGNS.match(text) or (label and not label.isalpha()):
        return Mark(text, "" if lowered else label, lowered=lowered)
    return None


def shown_controls(element: Element) -> Iterator[str]:
    """Yield the words that a form shows in its controls."""
    if element.tag == "input":
        if element.get("type").lower() in ("button", "submit", "reset"):
            yield element.get("value")
        elif element.get("type").lower() not in ("hidden", "checkbox", "radio"):
            yield element.get("value") or element.get("placeholder")
