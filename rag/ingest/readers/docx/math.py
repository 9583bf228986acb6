"""Read an equation of a Word file as one line: its letters in order, and the signs that are drawn and not written."""

from typing import Any

from rag.ingest.readers.docx.styles import W

__all__ = ["M", "equation"]

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def equation(element: Any) -> str:
    """Return the text of an equation in order, with the signs that are drawn: fraction strokes, roots, sums."""
    if element.tag in (f"{M}t", f"{W}t"):
        return element.text or ""
    if element.tag == f"{M}f":
        halves = [element.find(f"{M}num"), element.find(f"{M}den")]
        texts = [equation(half) if half is not None else "" for half in halves]
        kind = element.find(f"{M}fPr/{M}type")
        if kind is not None and kind.get(f"{M}val") == "noBar":
            return " ".join(texts)  # one above the other, as in a binomial coefficient
        return "/".join(f"({text})" if any(c in text for c in "+-−×") else text for text in texts)
    if element.tag in (f"{W}del", f"{W}moveFrom"):
        return ""
    text = "".join(equation(child) for child in element if isinstance(child.tag, str))
    if element.tag == f"{M}d":
        return _bracketed(element, text)
    if element.tag == f"{M}rad":
        return f"√({text})" if len(text) > 1 else f"√{text}"
    if element.tag == f"{M}nary":
        sign = element.find(f"{M}naryPr/{M}chr")
        return ("∫" if sign is None else sign.get(f"{M}val") or "") + text
    return text


def _bracketed(element: Any, text: str) -> str:
    """Put the brackets around a delimited expression; they stand in its properties."""
    properties = element.find(f"{M}dPr")
    begin = end = None
    if properties is not None:
        begin, end = properties.find(f"{M}begChr"), properties.find(f"{M}endChr")
    opening = "(" if begin is None else begin.get(f"{M}val") or ""
    closing = ")" if end is None else end.get(f"{M}val") or ""
    return f"{opening}{text}{closing}"
