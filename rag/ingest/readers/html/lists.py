"""Lists: how deep an item lies, and the number that a reader sees before it."""

import re

from rag.ingest.readers.html.tree import BLOCKS, Element, find, text_of

__all__ = ["definition_pairs", "is_item", "item_label", "list_start", "word_item"]

_LONGEST_ITEM = 800  # characters; longer ones, or with headings or tables in them, lay out the page
_LONGEST_TERM = 40
_OWN = re.compile(
    r"^(?:(第[一二三四五六七八九十百零\d]{1,6}[条章节款项])|([一二三四五六七八九十]{1,3})[、．.]|[（(]([一二三四五六七八九十\d]{1,3}|[a-z])[）)]"
    r"|(\d{1,3}(?:\.\d{1,2}){0,3})(?:[、．)）]|\.(?!\d)\s*)|([a-zA-Z])[.)]\s|([①-⑳]))"
)
_PLAIN_LIST = re.compile(r"list-style(?:-type)?\s*:\s*none", re.I)
_WORD_LEVEL = re.compile(r"mso-list\s*:\s*l\d+\s+level(\d)", re.I)
_WORD_IGNORE = re.compile(r"mso-list\s*:\s*ignore", re.I)
_LISTS = ("ul", "ol", "menu", "dir")


def item_label(text: str) -> str:
    """Return the number with which an item itself begins; empty where it has none."""
    match = _OWN.match(text)
    return next((group for group in match.groups() if group), "") if match else ""


def is_item(element: Element, size: int) -> bool:
    """Check whether an `li` is an item of a list; `size`: characters of its text."""
    if size > _LONGEST_ITEM:
        return False
    paragraphs = 0
    for child in find(element):
        if child.tag in ("h1", "h2", "h3", "table"):
            return False
        paragraphs += child.tag == "p"
    return paragraphs <= 4


def list_start(element: Element, numbers: dict[int, str]) -> tuple[int, str, bool]:
    """Return how deep an `li` lies (from 1), its number (empty: a bullet), and whether that is shown.

    `numbers` keeps the numbers of the items of a list, by their order, from one call to the next.
    """
    level, at, own = 0, element.parent, None
    while at is not None:
        if at.tag in _LISTS:
            own = own or at
            level += 1
        at = at.parent
    if own is None or own.tag != "ol":
        return max(level, 1), "", False
    if element.order not in numbers:
        _number(own, numbers)
    shown = not (_PLAIN_LIST.search(own.get("style")) or _PLAIN_LIST.search(element.get("style")))
    return level, numbers.get(element.order, ""), shown


def _number(own: Element, numbers: dict[int, str]) -> None:
    """Number the items of an ordered list, as its attributes say."""
    items = [child for child in own.elements if child.tag == "li"]
    step = -1 if "reversed" in own.attributes else 1
    number = _whole(own.get("start"), len(items) if step < 0 else 1)
    for item in items:
        number = _whole(item.get("value"), number)
        numbers[item.order] = _written(number, own.get("type") or item.get("type"))
        number += step


def _whole(value: str, default: int) -> int:
    return int(value) if re.fullmatch(r"-?\d{1,6}", value.strip(), re.A) else default


def _written(number: int, kind: str) -> str:
    """Write a number as `type` of a list says: 1, a, A, i, I."""
    if kind in ("a", "A") and number > 0:
        letters = ""
        while number > 0:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("a") + rest) + letters
        return letters if kind == "a" else letters.upper()
    if kind in ("i", "I") and 0 < number < 4000:
        roman = ""
        for value, sign in zip(
            (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
            "m cm d cd c xc l xl x ix v iv i".split(),
            strict=True,
        ):
            roman += sign * (number // value)
            number %= value
        return roman if kind == "i" else roman.upper()
    return str(number)


def word_item(element: Element) -> tuple[int, str, bool] | None:
    """Return level and number of a list item as Word writes it in a page: its number is text of its own.

    A bullet is taken out of the text: what stands there is a letter of a symbol font.
    """
    style = element.get("style")
    if "mso-list" not in style:
        return None
    level = _WORD_LEVEL.search(style)
    if level is None:
        return None
    for child in find(element):
        if _WORD_IGNORE.search(child.get("style")):
            words = text_of(child, 40)
            label = re.sub(r"[\W_]+", "", words)
            if not re.search(r"[\d一-鿿a-zA-Z]", label) or words in ("o", "l", "n", "u", "Ø", "ü", "§"):
                child.children.clear()
                return int(level[1]), "", False
            return int(level[1]), label, False
    return int(level[1]), "", False


def definition_pairs(element: Element) -> list[tuple[Element, Element]]:
    """Return terms with their definitions where each is one short term and one paragraph; else nothing."""
    parts = [
        part
        for child in element.elements
        for part in (child.elements if child.tag == "div" else (child,))
        if part.tag in ("dt", "dd")
    ]
    pairs = list(zip(parts[0::2], parts[1::2], strict=False))
    if not pairs or len(parts) % 2 or any(left.tag != "dt" or right.tag != "dd" for left, right in pairs):
        return []
    for term, definition in pairs:
        blocks = sum(child.tag in BLOCKS for child in find(definition)) - 1
        if not 0 < len(text_of(term, 200)) <= _LONGEST_TERM or blocks > 1:
            return []
    return pairs
