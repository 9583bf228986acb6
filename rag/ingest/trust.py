"""What holds where a document is said to be several things: its facts in the order in which they are believed.

For a title: a heading that the format marks, what stands above the text, meta elements, properties of the file, its
name. For everything else the text itself comes first. A sidecar, which a person wrote, wins over all; it is applied
after this.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rag.ingest.blocks import Fact
from rag.text.dates import date_in

__all__ = ["article_fields", "by_trust", "marked_title"]

_TEXT = (
    "below the title",
    "below the text",
    "letterhead",
    "signature",
    "document number",
    "date line",
    "source line",
    "month below the title",
    "occasion",
    "line below the title",
    "passed by",
    "stated in the text",
    "cover",
)
_ISSUED = ("signed", "published", "written", "added")  # names of the day on which a document was issued
_FORMAT = ("front matter", "html heading", "html time", "stated on the page", "Word style", "the largest centred lines")
_META = ("html meta", "html title", "html lang", "JSON-LD")
_PROPERTIES = ("Word core", "Excel core", "PDF properties")
_TITLES = (
    "sidecar",
    "front matter",
    "html heading",
    "Word style",
    "the largest centred lines",
    "cover",
    "line above the text",
)
_NOT_A_PERSON = re.compile(r"(?:部|委|局|厅|院|会|办|府|署|社|网|公司|中心|大学|学院|课题组)$")
_DATED = re.compile(r"(?<!\d)(?:19|20)\d\d[-._年](?:0?[1-9]|1[0-2])[-._月](?:0?[1-9]|[12]\d|3[01])(?!\d)")
_PLACE = re.compile(
    r"^(?:关于)?((?:[\u4e00-\u9fff]{2,6}?(?:特别行政区|自治区|自治州|自治县|省|市|县|区|州|盟|旗)){1,3})"
    r"(?=人民政府|政府|人大|委|局|厅|办|财政|统计|公安|[\u4e00-\u9fff]|\d|$)"
)


def by_trust(facts: Iterable[Fact]) -> list[Fact]:
    """Sort facts: of each name the one that holds comes first."""
    return sorted(facts, key=_rank)


def marked_title(facts: Iterable[Fact]) -> str:
    """Return the title that the format marks as one, in front matter or as a heading; "" where it marks none."""
    marked = [f for f in facts if f.name == "title" and f.where.startswith(_TITLES)]
    return by_trust(marked)[0].value if marked else ""


def article_fields(facts: Iterable[Fact], stem: str) -> dict[str, Any]:
    """Return what an article is, as far as facts say it; `stem` is the name of its file without the ending."""
    held: dict[str, list[str]] = {}
    ordered = by_trust(facts)
    for fact in ordered:
        held.setdefault(fact.name, []).append(fact.value)
    first = {name: values[0] for name, values in held.items()}
    found: dict[str, Any] = {
        "title": first.get("title", ""),
        "issuer": "、".join(_bodies(held.get("issuer", ()))),
        "number": _number(ordered),
        "origin": first.get("source", ""),
        "published": next((f.value for f in ordered if f.name in _ISSUED and not _is_other_day(f, held)), ""),
        "passed": min((*held.get("passed", ()), *held.get("approved", ())), default=""),
        "amended": max((*held.get("amended", ()), *sorted(set(held.get("passed", ())))[1:]), default=""),
        "modified": first.get("modified", ""),
        "repealed": first.get("repealed", ""),
        "language": first.get("language", ""),
    }
    people = dict.fromkeys(held.get("authors", ()))
    found["authors"] = tuple(people)
    if not found["issuer"] and len(people) == 1 and _NOT_A_PERSON.search(next(iter(people))):
        found["issuer"] = next(iter(people))
    order = re.match(r"(?:中华人民共和国)?([\u4e00-\u9fff]{2,20}?)令?第", found["number"])
    found["issuer"] = found["issuer"] or (order[1] if order else "")
    _correct_by_name(found, stem)
    in_force = first.get("in_force", "")
    if "in_force" in first and not in_force and not found["amended"]:  # from its publication
        in_force = found["published"]
    found["in_force"] = in_force
    found["date"] = found["amended"] or found["published"] or found["passed"]
    found["place"] = _place(found["issuer"]) or _place(found["title"])
    return found


def _rank(fact: Fact) -> int:
    order = (_TITLES, _META, _PROPERTIES) if fact.name == "title" else (_TEXT, _FORMAT, _META, _PROPERTIES)
    groups = [n for n, group in enumerate(order) if fact.where.startswith(group)]
    rank = 100 * (groups[0] if groups else len(order))
    if not rank:  # in the first group each place has its own
        rank += next(n for n, where in enumerate(order[0]) if fact.where.startswith(where))
    return rank


def _number(ordered: Sequence[Fact]) -> str:
    """Return the number of the document; of several orders below the title that of the latest."""
    numbers = [f for f in ordered if f.name == "number"]
    if not numbers:
        return ""
    return [f for f in numbers if f.where == numbers[0].where][-1 if numbers[0].where == "below the title" else 0].value


def _is_other_day(fact: Fact, held: Mapping[str, Sequence[str]]) -> bool:
    """Say whether a day that stands beside the text as its date is the one on which it came into force."""
    return not fact.where.startswith(_TEXT) and fact.value in held.get("in_force", ())


def _bodies(names: Sequence[str]) -> list[str]:
    """Return the issuing bodies: those that are named first in their group, each once."""
    return list(dict.fromkeys(" ".join(n.split()) for n in names))[:1]


def _correct_by_name(found: dict[str, Any], stem: str) -> None:
    """A name such as 条例(2025-03-17) tells a state of the document that its own text may not know of yet."""
    match = _DATED.search(stem)
    named = date_in(match.group()) if match else ""
    if not named:
        return
    known = max(found["published"], found["passed"], found["amended"])
    if not known or (
        not found["published"] and not found["amended"] and named[:4] <= _next_year(known) and named > known
    ):
        found["published"] = named  # what was passed is published within a year or so
    elif named > known and (found["amended"] or found["passed"] or found["number"]):
        found["amended"] = named


def _next_year(day: str) -> str:
    return f"{int(day[:4]) + 1}"


def _place(text: str) -> str:
    match = _PLACE.match(re.sub(r"^\d{4}年(?:度)?", "", text))
    return match[1] if match else ""
