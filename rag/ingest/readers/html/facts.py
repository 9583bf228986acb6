"""What the head of a page states of the document: meta elements, JSON-LD, the language."""

import json
import re
from collections.abc import Iterator
from typing import Any

from rag.ingest.blocks import Fact
from rag.ingest.readers.html.main import titles_in_head
from rag.ingest.readers.html.tree import Element, find
from rag.text.dates import date_in

__all__ = ["DATES", "facts_of_head"]

DATES = frozenset(("published", "modified", "in_force", "repealed", "written"))
_META = {
    "published": "pubdate publishdate publish_date publishtime publish_time pub_date "
    "article:published_time og:published_time og:release_date "
    "datepublished dcterms.issued dc.date.issued dcterms.date dc.date dcterms.created citation_publication_date "
    "govuk:first-published-at firstpublishedtime date",
    "modified": "article:modified_time og:updated_time dcterms.modified dc.date.modified last-modified lastmodified "
    "datemodified govuk:public-updated-at",
    "source": "contentsource source",
    "authors": "author dc.creator dcterms.creator citation_author article:author",
    "issuer": "dc.publisher dcterms.publisher govuk:primary-publishing-organisation",
    "keywords": "keywords dc.subject dcterms.subject",
    "description": "description og:description dcterms.description",
    "site": "sitename og:site_name application-name",
    "index": "indexnumber dc.identifier",
}
_NAMES = {meta: name for name, metas in _META.items() for meta in metas.split()}
_LINKED = {"datePublished": "published", "dateModified": "modified", "headline": "title"}
_LONGEST = 500


def facts_of_head(root: Element, *, mostly_chinese: bool) -> list[Fact]:
    """Return what the head of a page states; `mostly_chinese` tells wrong statements of the language."""
    facts = [Fact("title", value[:_LONGEST], where) for value, where in titles_in_head(root)]
    for element in find(root):
        if element.tag == "meta":
            facts += _meta(element)
        elif element.tag == "script":
            facts += _linked_data(element)
        elif element.tag == "time" and element.get("itemprop") in ("datePublished", "dateModified"):
            value = date_in(element.get("datetime"))
            if value:
                facts.append(Fact(_LINKED[element.get("itemprop")], value, f"html time {element.get('itemprop')}"))
    language = root.get("lang") or root.get("xml:lang")
    # Templates say lang="en" on Chinese pages: that is no statement.
    if language and language.lower().startswith("zh") == mostly_chinese:
        facts.append(Fact("language", language, "html lang"))
    return facts


def _meta(element: Element) -> Iterator[Fact]:
    key = element.get("name") or element.get("property") or element.get("itemprop") or element.get("http-equiv")
    value = " ".join(element.get("content").split())
    name = _NAMES.get(key.lower().strip())
    if name is None or not value:
        return
    if name in DATES:
        value = date_in(value)
    if name == "source":
        value = re.sub(r"^(?:信息|文章)?来源\s*[:：]\s*", "", value)
    if name == "authors" and ("://" in value or "@" in value or value.isdigit()):
        return
    if value:
        yield Fact(name, value[:_LONGEST], f"html meta {key}")


def _linked_data(element: Element) -> Iterator[Fact]:
    text = "".join(child for child in element.children if isinstance(child, str))
    if "schema.org" not in text or len(text) > 200_000:
        return
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # broken or hostile: then the page states nothing here
        return
    for item in _items(found):
        kind = str(item.get("@type", ""))
        if not re.search(r"Article|Report|Legislation|WebPage|GovernmentService|Dataset|CreativeWork|Guide", kind):
            continue
        for key, name in _LINKED.items():
            value = item.get(key)
            if isinstance(value, str) and value.strip():
                value = date_in(value) if name in DATES else " ".join(value.split())
                if value:
                    yield Fact(name, value[:_LONGEST], f"JSON-LD {key}")
        for key, name in (("author", "authors"), ("publisher", "issuer")):
            value = item.get(key)
            for one in value if isinstance(value, list) else [value]:
                named = one.get("name") if isinstance(one, dict) else one
                if isinstance(named, str) and named.strip() and "://" not in named:
                    yield Fact(name, " ".join(named.split())[:_LONGEST], f"JSON-LD {key}")


def _items(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, list):
        for one in found[:50]:
            yield from _items(one) if isinstance(one, dict) else ()
    elif isinstance(found, dict):
        yield found
        graph = found.get("@graph")
        if isinstance(graph, list):
            yield from (one for one in graph[:50] if isinstance(one, dict))
