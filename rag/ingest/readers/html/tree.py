"""The elements of a page as plain objects.

Lexbor (selectolax) parses: it builds the tree that browsers build, whatever is missing or misplaced, and its licence
(Apache-2.0, selectolax MIT) allows all use. libxml2 (lxml) closes elements in its own way and cuts at a depth of 256.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from rag.errors import SourceError
from rag.ingest.readers.html.guard import MAX_ELEMENTS, check_markup

__all__ = ["BLOCKS", "Element", "find", "parse", "text_of"]

_MAX_DEPTH = 120  # what lies deeper is lifted to this depth; pages of people have less than 60
_DROPPED = frozenset("script style template xml link meta base".split())  # never shown; `head` is kept for its facts
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav noframes ol optgroup "
    "option p pre search section summary table tbody td tfoot th thead tr ul".split()
)


@dataclass(slots=True, eq=False)
class Element:
    """An element with its children in order; text is a plain string among them."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    order: int = 0  # in the document
    depth: int = 0
    children: "list[Element | str]" = field(default_factory=list)
    hidden: str = ""  # why a reader does not see it

    def get(self, name: str) -> str:
        """Return an attribute; empty where it is missing."""
        return self.attributes.get(name, "")

    @property
    def names(self) -> str:
        """Its class, id and role, in lower case."""
        found = self.attributes
        return f"{found.get('class', '')} {found.get('id', '')} {found.get('role', '')}".lower() if found else ""

    @property
    def elements(self) -> "Iterator[Element]":
        """Its children without the text between them."""
        return (child for child in self.children if isinstance(child, Element))


def parse(markup: str, name: str) -> tuple[Element, list[str]]:
    """Return the root of a page and its style sheets. Raises SourceError where it is too large or hostile."""
    from selectolax.lexbor import LexborHTMLParser

    check_markup(markup, name)
    tree = LexborHTMLParser(markup)
    node = tree.root
    root = Element("html", {})
    styles: list[str] = []
    if node is None:
        return root, styles
    at, order, depth = root, 0, 0
    node = node.child
    parents: list[Element] = []  # of `at`, one for each level of the parsed tree, with the lifted ones repeated
    while node is not None:
        tag = node.tag or ""
        order += 1
        if order > MAX_ELEMENTS:
            raise SourceError(f"{name} has more than {MAX_ELEMENTS:,} elements: split it into several pages")
        inner = None
        if tag == "-text":
            text = node.text_content
            if text:
                at.children.append(text)
        elif tag == "style":
            styles.append(node.text(deep=True))
        elif tag in ("meta", "script") or (tag and tag[0] not in "-!" and tag not in _DROPPED):
            attributes = {key: value or "" for key, value in node.attributes.items()}
            element = Element(tag, attributes, at, order, depth + 1)
            at.children.append(element)
            if tag == "script":
                if "ld+json" in attributes.get("type", ""):
                    element.children.append(node.text(deep=True))
            elif tag != "meta":
                inner = node.child
            if inner is not None:
                parents.append(at)
                if depth < _MAX_DEPTH:
                    at = element
                    depth += 1
        if inner is not None:
            node = inner
            continue
        while node is not None and node.next is None:
            node = node.parent
            if not parents:
                node = None
                break
            before = parents.pop()
            if before is not at:
                depth -= 1
            at = before
        if node is not None:
            node = node.next
    return root, styles


def find(root: Element) -> Iterator[Element]:
    """Walk through an element and all below it, in document order."""
    stack: list[Element] = [root]
    while stack:
        element = stack.pop()
        yield element
        stack.extend(reversed([child for child in element.children if isinstance(child, Element)]))


def text_of(root: Element, limit: int = 10_000, *, whole: bool = False, raw: bool = False) -> str:
    """Return the text of an element, at most about `limit` characters: in one line, or `raw` with its blanks.

    Hidden elements in it are left out but for `whole`.
    """
    parts: list[str] = []
    stack: list[Element | str] = [root]
    size = 0
    while stack and size < limit:
        child = stack.pop()
        if isinstance(child, str):
            parts.append(child)
            size += len(child)
        elif child.tag not in ("script", "head") and (whole or not child.hidden or child is root):
            if child.tag == "br":
                parts.append("\n")
            elif child.tag in BLOCKS and not raw:
                parts.append(" ")
            stack.extend(reversed(child.children))
    text = "".join(parts)
    return text if raw else " ".join(text.split())
