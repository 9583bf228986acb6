"""From the blocks of a document to an article and its paragraphs, each with the context that it stands in."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.ingest.accounts import Named
from rag.ingest.blocks import Block, BlockKind, Document, Fact
from rag.ingest.metadata import read_head
from rag.ingest.states import stated_in_text
from rag.ingest.structure import Belonging, structure
from rag.ingest.trust import by_trust, marked_title
from rag.schema import LEVEL, ParagraphKind, Span

__all__ = ["Assembled", "Part", "assemble", "is_document", "named_blocks", "text_of"]

_KINDS: dict[BlockKind, ParagraphKind] = {
    BlockKind.TEXT: "body",
    BlockKind.LIST_ITEM: "list_item",
    BlockKind.TABLE_ROW: "table_row",
    BlockKind.NOTE: "note",
    BlockKind.CAPTION: "caption",
    BlockKind.QUOTE: "quote",
    BlockKind.CODE: "body",
}
_HEAD = frozenset(
    {
        "letterhead",
        "issuer",
        "number",
        "title",
        "published",
        "source",
        "authors",
        "occasion",
        "addressee",
        "signed",
        "history",
    }
)
_LONGEST_CONTEXT = 400  # characters
_WIDEST_GAP = 80  # characters between lines of a head that stand together


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph before it has a name."""

    blocks: tuple[int, ...]
    text: str
    spans: tuple[Span, ...]
    kind: ParagraphKind
    section: str
    clause: str
    context: str
    page: int


@dataclass(frozen=True, slots=True)
class Assembled:
    """A document as one article: what it states, and its parts in reading order."""

    title: str
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
    belongings: tuple[Belonging, ...]
    head: dict[int, str]


def assemble(document: Document, stem: str) -> Assembled:
    """Put a document together. `stem` is the name of its file without the ending."""
    blocks = document.blocks
    head = read_head(blocks, stem, marked_title(document.facts))
    told = head.lines | {n: b.label for n, b in enumerate(blocks) if b.kind is BlockKind.METADATA and b.label}
    belongings = structure([_as_told(b, told.get(n, "")) for n, b in enumerate(blocks)])
    body = [b.text for b, belongs in zip(blocks, belongings, strict=True) if belongs.kind in _KINDS]
    facts = (*by_trust([*document.facts, *head.facts, *stated_in_text(body)]),)
    title = next((f.value for f in facts if f.name == "title"), "")
    parts = [
        _part(n, blocks, belongings, told, title) for n in range(len(blocks)) if _is_part(blocks[n], belongings[n])
    ]
    joined = _joined_heads(parts, told)
    parts = [p for p in joined if p.kind != "head" or any(told[n] != "title" for n in p.blocks)]  # a title is context
    if not parts:  # a line that is all there is, and that the format does not mark, is what the document says
        alone = [p for p in joined if all(blocks[n].kind is BlockKind.TEXT for n in p.blocks)]
        parts = [replace(p, kind="body", context="") for p in alone]
    return Assembled(title, facts, tuple(parts), tuple(belongings), told)


def is_document(document: Document, articles: Callable[[], int]) -> bool:
    """Say whether a text is one document rather than a page with several articles, as many as a layout finds."""
    heads = set(read_head(document.blocks, "").lines.values())
    if heads & {"number", "source", "published", "signed"}:
        return True
    numbered = sum(
        b.kind in (BlockKind.HEADING, BlockKind.LIST_ITEM) or bool(b.clause) for b in structure(document.blocks)
    )
    wrapped = any(len(b.spans) > 1 or b.kind is BlockKind.FURNITURE for b in document.blocks)
    return numbered >= 2 or (wrapped and articles() <= 1)


def named_blocks(document: Document, made: Assembled) -> Iterator[Named]:
    """Yield what of a document is no paragraph, and what it is instead."""
    cited = {n for part in made.parts for n in part.blocks}
    for n, (block, belongs) in enumerate(zip(document.blocks, made.belongings, strict=True)):
        if n not in cited:
            what = made.head.get(n) or block.furniture or belongs.furniture or belongs.kind.value
            yield from ((a, b, what) for a, b in block.spans)


def _as_told(block: Block, what: str) -> Block:
    if what == "page words":
        return Block(block.text, block.spans, kind=BlockKind.FURNITURE, furniture=what, page=block.page)
    return replace(block, kind=BlockKind.HEADING, level=1) if what == "attachment" else block


def _is_part(block: Block, belongs: Belonging) -> bool:
    stated = block.kind is BlockKind.METADATA and block.label  # a line of the front matter that can be cited
    return bool(belongs.kind in _KINDS or stated) and any(c.isalnum() for c in block.text)


def _part(n: int, blocks: Sequence[Block], belongings: Sequence[Belonging], told: dict[int, str], title: str) -> Part:
    block, belongs = blocks[n], belongings[n]
    kind: ParagraphKind = "head" if told.get(n) in _HEAD else _KINDS.get(belongs.kind, "head")
    section = LEVEL.join(s for s in belongs.section if s != title)
    above = [blocks[m].text for m in (belongs.caption, belongs.header, belongs.lead_in) if m >= 0]
    above = [" ".join(a.split()) for a in above]
    own = belongs.clause if belongs.clause and not block.text.startswith(belongs.clause) else ""
    note = f"注{belongs.note}" if belongs.note and not block.text.startswith(("[", "①", "注")) else ""
    context = LEVEL.join(c for c in (title, section, own, note, *above) if c)
    return Part((n,), block.text, block.spans, kind, section, belongs.clause, context[-_LONGEST_CONTEXT:], block.page)


def _joined_heads(parts: Sequence[Part], told: dict[int, str]) -> list[Part]:
    """Put lines of a head, and those of a signature, that stand together into one part each."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if last and last.kind == part.kind == "head" and _stand_together(last, part, told):
            spans = (*last.spans[:-1], (last.spans[-1][0], part.spans[0][0]), *part.spans)
            found[-1] = Part(
                (*last.blocks, *part.blocks), "", _merged(spans), "head", part.section, "", part.context, part.page
            )
        else:
            found.append(part)
    return found


def _stand_together(last: Part, part: Part, told: dict[int, str]) -> bool:
    follows = part.blocks[0] <= last.blocks[-1] + 1
    same = told[last.blocks[-1]] != "signed" or told[part.blocks[-1]] == "signed"
    return follows and same and 0 <= part.spans[0][0] - last.spans[-1][1] <= _WIDEST_GAP


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    found: list[Span] = []
    for a, b in spans:
        if found and found[-1][1] >= a:
            found[-1] = (found[-1][0], b)
        else:
            found.append((a, b))
    return tuple(found)


def text_of(part: Part, text: str) -> str:
    """Return the text of a part as its reader shows it, or, of lines put together, as it stands; no last blank."""
    return (part.text or "".join(text[a:b] for a, b in part.spans)).rstrip()
