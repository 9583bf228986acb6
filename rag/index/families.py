"""Families: articles that are states of one document, and which of them is in force."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from rag.schema import Article

__all__ = ["Family", "State", "families", "family_key"]

_VERSION = re.compile(
    r"[(（\[【][^()（）\[\]【】]{0,24}(?:\d{4}|修订|修正|试行|暂行|失效|废止|现行|有效|版)[^()（）\[\]【】]{0,12}[)）\]】]\s*$"
)
# What has states at all: rules and standards. A title that every week has again, as a bulletin does, makes no family.
_NORMATIVE = re.compile(
    r"(?:法|条例|规定|办法|细则|规则|规范|标准|章程|决定|预案|目录|名录|清单|准则|指南|方案|制度|规程|规划|纲要|意见|政策|措施"
    r"|act|regulations?|rules?|standards?|polic(?:y|ies)|code|guidance|guidelines?|law|constitution)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class State:
    """One state of a document."""

    article: Article
    since: str  # the day from which it holds, or the nearest to it that is known
    label: str  # 2020年, 2025年修订
    in_force: bool


@dataclass(frozen=True, slots=True)
class Family:
    """The states of one document; the one in force first, then from the newest to the oldest."""

    title: str
    states: tuple[State, ...]


def family_key(article: Article) -> str:
    """Return what articles of one family have in common; "" for one that can have no other states."""
    if article.title_missing:
        return ""
    title = unicodedata.normalize("NFKC", article.title)
    bare = re.sub(r"\s+", "", _VERSION.sub("", title))
    stated = bool(article.amended or article.passed or article.in_force or article.repealed)
    if len(bare) < 4 or not (stated or _NORMATIVE.search(bare)):
        return ""
    return bare.lower().replace("中华人民共和国", "")


def families(articles: Iterable[Article], today: str = "") -> list[Family]:
    """Return the families among articles. Those of one date are copies, not states, and make none.

    `today` is a day as YYYY-MM-DD; the present one by default.
    """
    today = today or datetime.now(UTC).date().isoformat()
    groups: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        key = family_key(article)
        if key:
            groups[key].append(article)
    return [f for f in (_family(group, today) for group in groups.values() if len(group) > 1) if f]


def _family(group: list[Article], today: str) -> Family | None:
    dated = {_since(a) for a in group}
    if len(dated) < 2:
        return None
    newest = sorted(group, key=_since, reverse=True)
    holds = next((a for a in newest if _since(a) <= today and not (a.repealed and a.repealed <= today)), None)
    years = Counter(map(_label, newest))
    labels = [_label(a) if years[_label(a)] == 1 else _label(a, whole_day=True) for a in newest]
    states = [State(a, _since(a), label, in_force=a is holds) for a, label in zip(newest, labels, strict=True)]
    return Family(newest[0].title, tuple(sorted(states, key=lambda s: not s.in_force)))


def _since(article: Article) -> str:
    """Return the day from which a state holds: where it was amended later than it came into force, that day."""
    return max(article.in_force, article.amended) or article.date


def _label(article: Article, *, whole_day: bool = False) -> str:
    day = article.amended or article.date or article.in_force
    if not day:
        return ""
    return (day if whole_day else f"{day[:4]}年") + ("修订" if article.amended else "")
