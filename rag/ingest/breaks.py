"""Find which block runs on in which other: paragraphs cut by a column break, with things wedged between."""

import re
from collections.abc import Sequence

import numpy as np

from rag.ingest.blocks import Block, Role
from rag.ingest.run_on import run_on_model
from rag.ingest.shapes import ends_sentence, ends_with_mark, has_mark, is_short_line, opens_more_than_it_closes
from rag.text.width import width

__all__ = ["find_breaks", "line_features"]

# What may stand between the halves of a paragraph, and how far a half may be looked for.
_PARTNERS = str.maketrans("“”‘’「」『』（）【】《》〈〉()", "”“’‘」「』『）（】【》《〉〈)(")
_WEDGES = frozenset({Role.QUOTE, Role.ATTRIBUTION, Role.IMPRINT, Role.HEADER, Role.HEADING})
_FARTHEST = 6

# Is a short line with text below it the first half of a paragraph, or a heading? A logistic regression on the
# features of `line_features`, in their order, with the intercept last; fitted by `python -m eval.fit.breaks`.
_WEIGHTS = (
    0.950,
    -1.026,
    -0.908,
    4.816,
    -0.922,
    2.394,
    2.536,
    2.171,
    2.880,
    0.584,
    0.226,
    1.337,
    0.542,
    -10.738,
)
_BOUND = 1.2  # log odds
_BOUND_OF_LONG = 2.0  # for a line too long for a heading that holds no sentence: it may be a list's, or a long headline

_LIST_ITEM = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+[、是]|第[一二三四五六七八九十百\d]+[，,、章节条]|其[一二三四五六]|[（(][一二三四五六七八九十\d]+[）)]"
    r"|\d{1,2}\s*[.、．)）](?!\d)|[-*•·●■◆※]\s?|[①-⑳])"
)

_OPENING = re.compile(
    r"此外|另外|同时|与此|下一步|近[日年来]|日前|连日|目前|当前|今[年天日]|去年|昨|截至|随[着后]|其中|因此|所以|但|而|如果|虽然|尽管"
    r"|由于|针对|根据|按照|据|经|这|该|有|还要|也|不仅|只有|作为|在(?!.{2,8}中)|对|从|当|为了?"
)
_REPORTING = re.compile(r"表示|告诉|认为|指出|提到|强调|介绍|宣布|发布|称|说|问|获悉|了解到|看到")


def find_breaks(blocks: Sequence[Block], roles: Sequence[Role]) -> dict[int, int]:
    """Map each block that runs on to the block in which it does.

    `roles` are provisional: a short line counts as HEADING, other text as BODY.
    """
    breaks: dict[int, int] = {}
    taken: set[int] = set()
    for i, block in enumerate(blocks):
        if not _may_run_on(i, block, roles):
            continue
        found = _continuation(i, blocks, roles, taken)
        if found is not None:
            breaks[i] = found
            taken.add(found)
    return breaks


def _may_run_on(i: int, block: Block, roles: Sequence[Role]) -> bool:
    if block.level or block.prose:
        return False
    if roles[i] is Role.NOTE:
        return opens_more_than_it_closes(block.text)
    return roles[i] in (Role.BODY, Role.HEADING) and not ends_sentence(block.text)


def _continuation(i: int, blocks: Sequence[Block], roles: Sequence[Role], taken: set[int]) -> int | None:
    first = blocks[i].text
    short = is_short_line(first) and roles[i] is Role.HEADING
    is_open = opens_more_than_it_closes(first)
    for j in range(i + 1, min(len(blocks), i + 1 + _FARTHEST)):
        role = roles[j]
        if j in taken or blocks[j].prose:
            return None
        if role in (Role.BODY, Role.HEADING) and is_open and _closes_more_than_it_opens(blocks[j].text):
            return j
        between = [blocks[m].text for m in range(i + 1, j) if roles[m] is Role.HEADING]
        question = role is Role.HEADING and ends_sentence(blocks[j].text)  # …有案底呢？ or a heading that asks
        if role is Role.BODY or (question and not short and _one_clause(first, blocks[j].text)):
            wedged = short and j > i + 1 and roles[j - 1] is Role.HEADING
            # Of two short lines above each other the upper one is rather a title: ask for one nat more.
            bound = (_BOUND if short else _BOUND_OF_LONG) + wedged
            runs_on = _runs_on(first, blocks[j].text, short=short, bound=bound)
            return j if runs_on and not _stands_in_it(first, between, blocks[j].text) else None
        if role not in _WEDGES or blocks[j].level:
            return None
    return None


def _runs_on(first: str, second: str, *, short: bool, bound: float) -> bool:
    if ends_with_mark(first) or _LIST_ITEM.match(second):
        return False
    a, b = first.rstrip()[-1], second.lstrip()[0]
    if a.isascii() and a.isalnum() and b.isascii() and b.isalpha():
        return b.islower()
    if not has_mark(second):
        return False  # lines without any mark below each other are a list
    if not short and has_mark(first):
        return True
    return float(np.dot(line_features(first, second), _WEIGHTS)) > bound


def _stands_in_it(first: str, between: Sequence[str], second: str) -> bool:
    """Say whether a short line between two halves rather belongs into the sentence: nothing may be cut out of one."""
    return any(
        _nearness(first, line) > _nearness(first, second) or _nearness(line, second) > _nearness(first, second)
        for line in between
    )


def _nearness(first: str, second: str) -> float:
    """Return by how many nats two texts rather stand in one clause than end and begin one."""
    side_by_side, ends, begins = run_on_model().parts(first.rstrip(), second.lstrip())
    return side_by_side - ends - begins


def _one_clause(first: str, second: str) -> bool:
    """Say whether two texts rather stand in one clause than end and begin one."""
    return _nearness(first, second) > 0


def line_features(line: str, below: str) -> tuple[float, ...]:
    """Describe a short line and the text below it; the last feature is the constant 1."""
    line, below = line.strip(), below.strip()
    columns = width(line) / 10
    return (
        *run_on_model().parts(line, below),
        columns,
        columns**2,
        float(bool(re.search(r"\d", line))),
        float(len(re.findall(r"[，：:]", line))),
        float(line.count("、")),
        float(bool(re.search(r"[“”《》（(]", line))),
        float(len(re.findall(r"[是了在对为从以据称将被其这该我们他她也都就日月说有不]", line))),
        float(bool(re.search(r"[A-Za-z]", line))),
        float(bool(_OPENING.match(line))),
        float(bool(_REPORTING.search(line))),
        1.0,
    )


def _closes_more_than_it_opens(text: str) -> bool:
    """Say whether a quotation mark or bracket is closed too often: with each turned into its partner, one is open."""
    return opens_more_than_it_closes(text.translate(_PARTNERS))
