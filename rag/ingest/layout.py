"""Turn the blocks of a page into articles: who wrote what, under which title, and what is no evidence at all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.ingest.blocks import FRONT_MATTER, Block, Placed, Role
from rag.ingest.breaks import find_breaks
from rag.ingest.shapes import (
    byline_names,
    ends_sentence,
    has_dash,
    has_mark,
    is_attribution,
    is_date_line,
    is_imprint,
    is_note,
    is_short_line,
)

__all__ = ["Corrections", "LaidOut", "PageArticle", "lay_out"]

_LINES = frozenset({Role.HEADING, Role.BYLINE, Role.SUBTITLE, Role.HEADER, Role.TITLE})
_CITABLE = frozenset({Role.BODY, Role.QUOTE, Role.NOTE})
_LONGEST_QUOTE = 400  # characters


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a sidecar says about blocks: it wins over every rule."""

    roles: Mapping[int, Role] = field(default_factory=dict)
    continues: Mapping[int, int] = field(default_factory=dict)  # block → the block that it continues; -1: none


@dataclass(frozen=True, slots=True)
class PageArticle:
    """An article as the page shows it; texts are empty where the page does not say."""

    title: str = ""
    working_title: str = ""
    authors: tuple[str, ...] = ()
    column: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """Every block of the page with its role, and the articles that they make up."""

    placed: tuple[Placed, ...]
    articles: tuple[PageArticle, ...]


def lay_out(blocks: Sequence[Block], corrections: Corrections | None = None) -> LaidOut:
    """Find roles, mended breaks and articles of a page."""
    corrections = corrections or Corrections()
    roles = [corrections.roles.get(i, _shape(b)) for i, b in enumerate(blocks)]
    _mark_quotes(blocks, roles, corrections)
    breaks = _corrected(find_breaks(blocks, roles), corrections)
    continues = {second: first for first, second in breaks.items()}
    for second in sorted(continues):
        first = continues[second]
        if first not in corrections.roles and roles[first] not in _CITABLE:
            roles[first] = Role.BODY
        if second not in corrections.roles:
            roles[second] = roles[first]
    return _Reading(blocks, roles, continues, corrections).articles()


def _shape(block: Block) -> Role:
    text = block.text.strip()
    if block.level == FRONT_MATTER:
        return Role.HEADER
    if block.level:
        return Role.TITLE if block.level == 1 else Role.HEADING
    if block.prose:
        return Role.BODY
    if is_imprint(text):
        return Role.IMPRINT
    if is_note(text):
        return Role.NOTE
    if is_date_line(text):
        return Role.HEADER
    if is_attribution(text):
        return Role.ATTRIBUTION
    if byline_names(text):
        return Role.BYLINE
    return Role.HEADING if is_short_line(text) else Role.BODY


def _mark_quotes(blocks: Sequence[Block], roles: list[Role], corrections: Corrections) -> None:
    """Give each attribution its quote; one under a title is a subtitle, one without a quote is text."""
    for i, role in enumerate(roles):
        if role is not Role.ATTRIBUTION or i in corrections.roles:
            continue
        before = i - 1
        if before >= 0 and roles[before] is Role.HEADING and not ends_sentence(blocks[before].text):
            roles[i] = Role.SUBTITLE
        elif before >= 0 and roles[before] in (Role.BODY, Role.QUOTE) and len(blocks[before].text) <= _LONGEST_QUOTE:
            if before not in corrections.roles:
                roles[before] = Role.QUOTE
        else:
            roles[i] = Role.BODY


def _corrected(breaks: dict[int, int], corrections: Corrections) -> dict[int, int]:
    kept = {a: b for a, b in breaks.items() if b not in corrections.continues and a not in corrections.roles}
    return kept | {first: second for second, first in corrections.continues.items() if first >= 0}


@dataclass(slots=True)
class _Open:
    """The article being read."""

    title: str = ""
    authors: tuple[str, ...] = ()
    column: str = ""
    date: str = ""
    has_text: bool = False
    ended: bool = False  # its author note has been read


class _Reading:
    """Reads a page from top to bottom and cuts it into articles."""

    def __init__(
        self, blocks: Sequence[Block], roles: list[Role], continues: dict[int, int], corrections: Corrections
    ) -> None:
        self._blocks = blocks
        self._roles = roles
        self._continues = continues
        self._fixed = corrections.roles
        self._article = [-1] * len(blocks)
        self._articles: list[_Open] = []
        self._untitled = 0  # of the articles
        self._orphans: list[tuple[list[int], tuple[str, ...]]] = []  # blocks, names
        self._dates: list[str] = []  # every date line of the page
        self._next_date = ""  # read above an article that has not begun

    def articles(self) -> LaidOut:
        i = 0
        while i < len(self._blocks):
            end = self._end_of_lines(i)
            if end > i:
                self._read_lines(range(i, end), followed=self._text_follows(end))
                i = end
            else:
                self._read_block(i)
                i += 1
        self._place_orphans()
        own: list[list[int]] = [[] for _ in self._articles]
        for i, article in enumerate(self._article):
            if article >= 0:
                own[article].append(i)
        placed = tuple(
            Placed(b, r, a, self._continues.get(n, -1))
            for n, (b, r, a) in enumerate(zip(self._blocks, self._roles, self._article, strict=True))
        )
        return LaidOut(placed, tuple(map(self._finished, self._articles, own)))

    def _end_of_lines(self, start: int) -> int:
        """Give the end of the run of short lines that begins at `start`."""
        end = start
        while end < len(self._roles) and self._roles[end] in _LINES and end not in self._continues:
            end += 1
        return end

    def _text_follows(self, i: int) -> bool:
        """Say whether text of an article comes before the next run of title lines and the end of the page."""
        for j in range(i, len(self._roles)):
            if self._roles[j] in (Role.BODY, Role.NOTE):
                return True
            if self._roles[j] in _LINES:
                return False
        return False

    def _current(self) -> _Open:
        if not self._articles or self._articles[-1].ended:
            self._new_article()
        return self._articles[-1]

    def _new_article(self) -> _Open:
        self._articles.append(_Open(date=self._next_date))
        self._untitled += 1
        self._next_date = ""
        return self._articles[-1]

    def _read_block(self, i: int) -> None:
        role = self._roles[i]
        if i in self._continues:
            self._article[i] = self._article[self._continues[i]]
            return
        if role is Role.IMPRINT:
            return
        if role in (Role.NOTE, Role.QUOTE, Role.ATTRIBUTION):
            article = self._articles[-1] if self._articles else self._new_article()
            article.ended |= role is Role.NOTE and article.has_text
        else:
            article = self._current()
            article.has_text = True
        self._article[i] = len(self._articles) - 1

    def _read_lines(self, run: range, *, followed: bool) -> None:
        dates = [i for i in run if self._is_date(i)]
        lines = [i for i in run if not self._is_date(i)]
        fresh = not self._articles or self._articles[-1].ended
        begun = len(self._articles)
        if lines:
            self._read_title_lines(lines, fresh=fresh, followed=followed)
        for date in (self._blocks[i].text.split()[0] for i in dates):
            self._dates.append(date)
            if len(self._articles) == begun and fresh:
                self._next_date = date
            elif not self._articles[-1].date:
                self._articles[-1].date = date

    def _read_title_lines(self, lines: list[int], *, fresh: bool, followed: bool) -> None:
        if followed and self._is_bare_pair(lines[0]):
            self._roles[lines[0]] = Role.HEADING
        bylines = [i for i in lines if self._roles[i] is Role.BYLINE]
        if not followed:
            self._read_last_lines(lines, bylines)
        elif bylines and (lines[0] != bylines[0] or fresh):
            self._begin_article(lines, bylines)
        elif fresh or any(self._roles[i] is Role.TITLE for i in lines):
            self._begin_article(lines, [])
        else:
            self._read_headings(lines)

    def _is_date(self, i: int) -> bool:
        return self._roles[i] is Role.HEADER and is_date_line(self._blocks[i].text)

    def _is_bare_pair(self, i: int) -> bool:
        """Say whether a byline is two characters side by side: 文化 is no name unless a title stands above it."""
        return self._roles[i] is Role.BYLINE and len(self._blocks[i].text.strip()) == 2

    def _begin_article(self, lines: list[int], bylines: list[int]) -> None:
        """Read title lines, byline and what stands between byline and text (a first heading)."""
        article = self._new_article()
        number = len(self._articles) - 1
        heads = [i for i in lines if not bylines or i < bylines[0]]
        for i in heads[1:]:
            if self._roles[i] is Role.HEADING and has_dash(self._blocks[i].text):
                self._roles[i] = Role.SUBTITLE
        rest = [i for i in lines if bylines and i > bylines[0] and self._roles[i] is not Role.BYLINE]
        title = self._title_line(heads, has_byline=bool(bylines))
        for i in heads:
            if i == title:
                self._set(i, Role.TITLE, number)
            elif title is not None and i < title:
                self._set(i, Role.HEADER, number)
                article.column = self._blocks[i].text.strip()
            elif bylines or self._roles[i] is Role.SUBTITLE:
                self._set(i, Role.SUBTITLE, number)
            else:
                self._set(i, Role.HEADING, number)
        subtitles = [self._blocks[i].text.strip() for i in heads if self._roles[i] is Role.SUBTITLE]
        if title is not None:
            article.title = "".join([self._blocks[title].text.strip(), *subtitles])
            self._untitled -= bool(article.title)
        for i in bylines:
            self._set(i, Role.BYLINE, number)
        article.authors = tuple(n for i in bylines for n in byline_names(self._blocks[i].text))
        for i in rest:
            self._set(i, Role.HEADING, number)

    def _title_line(self, heads: list[int], *, has_byline: bool) -> int | None:
        """Choose the title: what is marked as one, else the line above a subtitle or the byline, else the first."""
        below = next((n for n, i in enumerate(heads) if n and self._roles[i] is Role.SUBTITLE), 0)
        if below and self._roles[heads[below - 1]] is Role.HEADING:
            return heads[below - 1]
        marked = [i for i in heads if self._roles[i] is Role.TITLE]
        candidates = marked or [i for i in heads if self._roles[i] is not Role.SUBTITLE]
        if not candidates:
            return None
        return candidates[-1] if has_byline and not marked else candidates[0]

    def _read_headings(self, lines: list[int]) -> None:
        """Read lines inside an article; more than two in a row, or beside longer ones without a mark, are a list."""
        beside = [i for i in (lines[0] - 1, lines[-1] + 1) if 0 <= i < len(self._blocks)]
        in_list = len(lines) > 2 or any(
            self._roles[i] is Role.BODY and i not in self._continues and not has_mark(self._blocks[i].text)
            for i in beside
        )
        for i in lines:
            listed = in_list and not self._blocks[i].level
            self._set(i, Role.BODY if listed else Role.HEADING, len(self._articles) - 1)

    def _read_last_lines(self, lines: list[int], bylines: list[int]) -> None:
        """Read lines that no text follows: torn from an article above, or its last lines."""
        torn = bylines or (len(self._articles) > 1 and self._untitled)
        if self._articles and torn and not any(self._blocks[i].level for i in lines):
            names = tuple(n for i in bylines for n in byline_names(self._blocks[i].text))
            self._orphans.append((lines, names))
            return
        article = self._current()
        article.has_text = True
        for i in lines:
            self._set(i, Role.BODY, len(self._articles) - 1)

    def _place_orphans(self) -> None:
        """Give torn headlines and bylines to the articles that lack them, in order, where the numbers agree."""
        lacking = [n for n, a in enumerate(self._articles) if not a.title and not a.authors]
        lacking = lacking or [n for n, a in enumerate(self._articles) if not a.authors]
        lacking = lacking or [n for n, a in enumerate(self._articles) if not a.title]
        agree = len(lacking) == len(self._orphans)
        for k, (lines, names) in enumerate(self._orphans):
            number = lacking[k] if agree else -1
            for i in lines:
                is_name = self._roles[i] is Role.BYLINE
                self._set(i, Role.BYLINE if is_name else Role.FRAGMENT, number)
            if agree and not self._articles[number].authors:
                self._articles[number].authors = names

    def _set(self, i: int, role: Role, article: int) -> None:
        self._roles[i] = self._fixed.get(i, role)
        self._article[i] = article

    def _finished(self, article: _Open, own: Sequence[int]) -> PageArticle:
        """Give an article as the page shows it; `own` are its blocks."""
        working = ""
        if not article.title:
            torn = [self._blocks[i].text.strip() for i in own if self._roles[i] is Role.FRAGMENT]
            working = "".join(torn) or self._first_words(own)
        date = article.date or (self._dates[0] if len(self._dates) == 1 else "")
        return PageArticle(article.title, working, article.authors, article.column, date)

    def _first_words(self, own: Sequence[int]) -> str:
        body = next((self._blocks[i].text for i in own if self._roles[i] is Role.BODY), "")
        return next((p for p in _clauses(body) if p), body)[:24]


def _clauses(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[。！？；，：,.;:\n]", text)]
