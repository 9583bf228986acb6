"""What travels through Yinju: frozen, checked, and JSON both ways.

All offsets are in code points and half-open: `text[start:end]`.
"""

import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Self

__all__ = [
    "LEVEL",
    "Answer",
    "Article",
    "Citation",
    "Evidence",
    "Nearest",
    "Paragraph",
    "ParagraphKind",
    "Quote",
    "Sentence",
    "Span",
    "Turn",
    "join_sentences",
    "sub_spans",
]

Span = tuple[int, int]
LEVEL = " › "  # between what a paragraph stands below, outermost first
ParagraphKind = Literal["body", "quote", "note", "list_item", "table_row", "caption", "head"]
Status = Literal["answered", "unsure", "refused"]
Verdict = Literal["supported", "paraphrased", "withheld"]


@dataclass(frozen=True, slots=True)
class Article:
    """One piece of writing in a source."""

    id: str
    source: str
    title: str
    title_missing: bool = False  # then `title` is a working title
    authors: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    author_note: str = ""
    date: str = ""  # of this state of it: amended, else published, else passed
    column: str = ""  # the newspaper column that it stands in
    issuer: str = ""  # the body that issued it
    place: str = ""  # the province, city or county that it is of, as title or issuer name it
    number: str = ""  # of the document: 国办发〔2018〕123号
    origin: str = ""  # where it was published first, as it says itself
    published: str = ""  # dates as YYYY-MM-DD, or as far as they are known
    modified: str = ""  # the page or file, not what it says
    passed: str = ""
    amended: str = ""  # the last time
    in_force: str = ""
    repealed: str = ""
    language: str = ""
    # Where the library holds several states of it, which only the whole library can say:
    version: str = ""  # which state this is: 2020年, 2025年修订
    superseded_by: str = ""  # the state that is in force, where this one is not

    @property
    def shown_title(self) -> str:
        """The title as readers see it: a working title is never passed off as the headline."""
        return f"{self.title}（原题缺，暂拟）" if self.title_missing else self.title

    def to_json(self) -> dict[str, Any]:
        """Give a JSON object."""
        return _fields_of(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave. Raises KeyError or TypeError when it is something else."""
        return cls(**{**row, "authors": tuple(row["authors"]), "sections": tuple(row["sections"])})


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The smallest citable unit.

    `spans` are its places in the source; where their lengths add up to that of `text` they map one to one, else
    (a JSONL source with escapes) they only contain it.
    """

    id: str
    article: str  # the article's id
    source: str
    text: str
    spans: tuple[Span, ...]
    kind: ParagraphKind = "body"
    section: str = ""
    speaker: str = ""  # of a quote: who said it
    said_on: str = ""  # of a quote: the date, in the source's words
    said_at: str = ""  # of a quote: the place or occasion, in the source's words
    clause: str = ""  # 第十条, 5.6.4
    context: str = ""  # title › section › clause › lead-in or header: what the text stands in
    page: int = 0  # from 1, where the source has pages

    def __post_init__(self) -> None:
        if not self.id or not self.text:
            raise ValueError(f"a paragraph needs an id and a text, got id {self.id!r}, {len(self.text)} characters")
        if any(start < 0 or end <= start for start, end in self.spans):
            raise ValueError(f"paragraph {self.id}: spans must be half-open and not empty, got {self.spans}")

    def to_json(self) -> dict[str, Any]:
        """Give a JSON object."""
        return _fields_of(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave. Raises KeyError or TypeError when it is something else."""
        return cls(**{**row, "spans": tuple((a, b) for a, b in row["spans"])})


def sub_spans(spans: tuple[Span, ...], start: int, end: int) -> tuple[Span, ...]:
    """Give where `[start, end)` of a paragraph's text lies in its source.

    `spans` are the paragraph's. They are laid end to end: the text is their concatenation.
    """
    found = []
    before = 0
    for first, last in spans:
        low, high = max(start, before), min(end, before + last - first)
        if low < high:
            found.append((first + low - before, first + high - before))
        before += last - first
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a paragraph that are to be shown, and the how manieth of all of an answer."""

    span: Span
    order: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paragraph with its rank and scores for one question, and what of it the plan found to answer."""

    paragraph: Paragraph
    rank: int  # from 1
    score: float  # fused, in [0, 1], higher is better
    dense: float = 0.0  # cosine in [-1, 1]
    lexical: float = 0.0  # BM25, >= 0
    quotes: tuple[Quote, ...] = ()
    likely: tuple[Quote, ...] = ()  # its sentences, in the order in which they are likely to answer

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object of the contract."""
        return {
            "paragraph": self.paragraph.id,
            "rank": self.rank,
            "score": round(self.score, 6),
            "text": self.paragraph.text,
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation with what was shown as its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Citation:
    """From a sentence to the exact words of a paragraph that it rests on."""

    paragraph: str
    article: str  # the article's title as shown
    authors: tuple[str, ...]
    section: str
    quote: str
    start: int  # of the quote in the paragraph's text
    end: int
    source: str
    spans: tuple[Span, ...]  # of the quote in the source, or in the text that was extracted from it
    date: str = ""  # of the article, as YYYY-MM-DD or as far as it is known
    version: str = ""  # which state of it, where the library holds several
    superseded_by: str = ""  # the state that is in force, where this one is not
    context: str = ""  # title › section › clause › lead-in or header of the paragraph
    page: int = 0  # from 1, where the source has pages

    @property
    def shown_article(self) -> str:
        """The title as readers see it in a list of sources, with the state that was cited."""
        state = "，".join(x for x in (self.version, f"已有{self.superseded_by}" if self.superseded_by else "") if x)
        return f"《{self.article}》（{state}）" if state else f"《{self.article}》"

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object of the contract; `page` is null where the source has none."""
        row = {f.name: _plain(getattr(self, f.name)) for f in fields(self)}
        beyond = ("version", "superseded_by")  # the contract, where there is something to say
        return {k: v for k, v in row.items() if v or k not in beyond} | {"page": self.page or None}

    def __post_init__(self) -> None:
        if self.end - self.start != len(self.quote) or not self.quote:
            raise ValueError(f"citation of {self.paragraph}: [{self.start}, {self.end}) is not the quote's length")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A drafted sentence after checking."""

    text: str
    status: Verdict
    support: float  # in [0, 1], higher is better
    citations: tuple[Citation, ...] = ()
    translation: str = ""  # by a model, checked by nobody
    focus: tuple[Span, ...] = ()  # ranges of the text at which a reader should look first
    reason: str = ""  # why it is withheld, where that is known
    generator: str = ""  # whose words it is, where they are not the answer's generator's

    def __post_init__(self) -> None:
        if self.is_shown and not self.citations:
            raise ValueError(f"a {self.status} sentence needs a citation: {self.text!r}")

    @property
    def is_shown(self) -> bool:
        """Whether it is part of the answer."""
        return self.status != "withheld"


@dataclass(frozen=True, slots=True)
class Nearest:
    """A sentence that comes near to what is asked, where nothing is answered."""

    citation: Citation
    focus: tuple[Span, ...] = ()  # ranges of the quote

    @property
    def text(self) -> str:
        """Its words."""
        return self.citation.quote

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object of the contract, with its focus."""
        return {"text": self.text, "citation": self.citation.to_json(), "focus": _plain(self.focus)}


_QUOTES = "“”‘’\"'…—"  # of Chinese and of English: what stands inside tells


def join_sentences(texts: Iterable[str]) -> str:
    """Write sentences one behind the other: with a blank between them, but none beside Chinese or full-width text."""
    joined = ""
    for text in texts:
        blank = joined and text and not (_is_wide(joined.rstrip(_QUOTES)[-1:]) or _is_wide(text.lstrip(_QUOTES)[:1]))
        joined += " " + text if blank else text
    return joined


def _is_wide(character: str) -> bool:
    return bool(character) and unicodedata.east_asian_width(character) in "WF"


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back for a question: sentences with their citations; else why not, and what comes nearest."""

    question: str
    searched_for: str
    status: Status
    reason: str = ""
    sentences: tuple[Sentence, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    nearest: tuple[Nearest, ...] = ()  # where nothing is answered: the sentences that come nearest
    odds: float = math.nan  # log odds that the evidence answers, as far as it was decided; not part of the JSON
    library: str = ""
    generator: str = ""
    seconds: Mapping[str, float] | None = None
    notices: tuple[str, ...] = ()  # what the reader should know of how it came about
    suggestions: tuple[str, ...] = ()  # with a refusal: questions that the articles do answer

    def __post_init__(self) -> None:
        shown = any(s.is_shown for s in self.sentences)
        if (self.status == "answered") != shown:
            raise ValueError(f"status {self.status!r} with {'a' if shown else 'no'} sentence that is shown")
        if self.status != "answered" and not self.reason:
            raise ValueError("a refusal or a doubt needs a reason")
        if self.status == "unsure" and not self.nearest:
            raise ValueError("a doubtful answer needs the sentences that come nearest")

    @property
    def text(self) -> str:
        """The answer as shown."""
        return join_sentences(s.text for s in self.sentences if s.is_shown)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object of the contract."""
        sentences = [
            {
                "text": s.text,
                "status": s.status,
                "support": round(s.support, 4),
                "citations": [c.to_json() for c in s.citations],
                "focus": _plain(s.focus),
                # beyond the contract, where there is something to say
                **({"translation": s.translation} if s.translation else {}),
                **({"reason": s.reason} if s.reason else {}),
                **({"generator": s.generator} if s.generator else {}),
            }
            for s in self.sentences
        ]
        return {
            "question": self.question,
            "searched_for": self.searched_for,
            "status": self.status,
            "reason": self.reason,
            "sentences": sentences,
            "nearest": [n.to_json() for n in self.nearest],
            "evidence": [e.to_json() for e in self.evidence],
            "library": self.library,
            "generator": self.generator,
            "seconds": {k: round(v, 6) for k, v in (self.seconds or {}).items()},
            "notices": list(self.notices),
            # beyond the contract, where there is something to say
            **({"suggestions": list(self.suggestions)} if self.suggestions else {}),
        }


def _fields_of(row: Article | Paragraph) -> dict[str, Any]:
    """Give the fields as they are: `dataclasses.asdict` would copy all sections of an article for each paragraph."""
    return {f.name: getattr(row, f.name) for f in fields(row)}


def _plain(value: object) -> object:
    return [_plain(v) for v in value] if isinstance(value, tuple) else value
