"""What styles say of an element: whether a reader sees it, whether it is centred or bold."""

import re
from collections.abc import Iterator

from rag.ingest.readers.html.tree import Element, find

__all__ = ["is_bold", "is_centred", "is_struck", "mark_hidden"]

_NONE = re.compile(
    r"(?:^|[;\s{])(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt)?\s*(?:;|!|$))",
    re.I,
)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.I)
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)|font-family\s*:[^;]*(?:黑体|小标宋|simhei)", re.I)
_PLAIN = re.compile(r"font-weight\s*:\s*(?:normal|[1-4]00)", re.I)
_LONGEST_SHEET = 400_000
_STRUCK = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.I)
_BRACE = re.compile(r"([^{}]*)([{}])")
_SELECTOR = re.compile(r"^(?:[a-z][a-z0-9]*)?([.#])([\w-]+)$", re.I)
_READ_ALOUD = re.compile(r"(?:^|[\s-])(?:sr-only|screen-reader-text|(?:visually|usa-sr)-?(?:hidden|only))(?:$|\s)")
# A panel that a click on its tab opens is part of the page:
# `<div class="tab-con on">…</div><div class="tab-con" style="display:none">…</div>`.
_PANEL = re.compile(r"tab|pane|panel|con(?:t|tent|tents)?\b|box|item|collaps|accordion|fold", re.I)
_STATES = frozenset(
    "on off active show hide hidden current cur selected open opened closed in fade none dn first last".split()
)


def mark_hidden(root: Element, styles: list[str]) -> None:
    """Say of each element whether a reader does not see it, and why: `hidden`, or `read aloud` only."""
    names = _hidden_names(styles)
    for element in find(root):
        if not element.attributes:
            continue
        if _is_hidden(element, names) and not _is_panel(element, names):
            element.hidden = "hidden"
        elif _READ_ALOUD.search(element.names):
            element.hidden = "read aloud"


def _is_hidden(element: Element, names: frozenset[str]) -> bool:
    found = element.attributes
    if element.tag == "input":
        return found.get("type", "").lower() == "hidden"
    if "hidden" in found and found["hidden"].lower() != "until-found":
        return True
    if "style" in found and _NONE.search(found["style"]):
        return True
    if not names or ("class" not in found and "id" not in found):
        return False
    return not names.isdisjoint(found.get("class", "").split()) or "#" + found.get("id", "") in names


def _hidden_names(styles: list[str]) -> frozenset[str]:
    """Return the classes and (with #) ids that a style sheet in the page hides, by a rule of one plain selector."""
    names: set[str] = set()
    for style in styles:
        for selectors, body in _rules(style[:_LONGEST_SHEET]):
            hides = _NONE.search(body)
            shows = "display" in body and not hides
            for selector in selectors.split(",") if (hides or shows) and len(selectors) < 2000 else []:
                if (found := _SELECTOR.match(selector.strip())) and hides:
                    names.add(found[1].strip(".") + found[2])
                elif found:
                    names.discard(found[1].strip(".") + found[2])
    return frozenset(names)


def _rules(style: str) -> Iterator[tuple[str, str]]:
    """Yield the rules of a style sheet that hold for every screen: selectors and body, without those of @media."""
    first, *rest = style.split("/*")
    plain = "".join([first, *(part.partition("*/")[2] for part in rest)])
    opened: list[str] = []
    special = 0
    for match in _BRACE.finditer(plain):
        text = match[1].strip()
        if match[2] == "{":
            opened.append(text)
            special += text.startswith("@")
        elif opened:
            selectors = opened.pop()
            special -= selectors.startswith("@")
            if not special and not selectors.startswith("@"):
                yield selectors, text


def _is_panel(element: Element, names: frozenset[str]) -> bool:
    """Check whether a hidden element is one of several alike, of which another is shown."""
    parent = element.parent
    if element.tag not in ("div", "ul", "section", "dl", "table", "dd") or parent is None:
        return False
    if not (_PANEL.search(element.names) or _PANEL.search(parent.names)):
        return False
    kind = _kind(element)
    alike = [other for other in parent.elements if other.tag == element.tag and _kind(other) == kind]
    return 2 <= len(alike) <= 20 and any(not _is_hidden(other, names) for other in alike)


def _kind(element: Element) -> frozenset[str]:
    return frozenset(element.get("class").lower().split()) - _STATES


def is_centred(element: Element, before: bool) -> bool:
    """Check whether lines in an element are centred; `before` is what its parent says."""
    if element.tag == "center":
        return True
    align = element.get("align").lower()
    if align:
        return align == "center"
    style = element.get("style")
    if "text-align" in style.lower():
        return _CENTRED.search(style) is not None
    return before


def is_bold(element: Element, before: bool) -> bool:
    """Check whether text in an element stands out: bold, or in the face that official papers use for headings."""
    if element.tag in ("b", "strong"):
        return True
    style = element.get("style")
    if not style:
        return before
    return _BOLD.search(style) is not None or (before and not _PLAIN.search(style))


def is_struck(element: Element) -> bool:
    """Check whether text in an element is struck out: shown, and no longer said."""
    return element.tag in ("del", "s", "strike") or _STRUCK.search(element.get("style")) is not None
