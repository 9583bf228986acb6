"""Describe a drafted sentence beside the paragraph that should support it: what is said there, what is turned."""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise, zip_longest

import numpy as np
from numpy.typing import NDArray

from rag.verify.align import Edit
from rag.verify.claims import without_opening
from rag.verify.cues import CUES, count, opposed, say_the_same
from rag.verify.figures import describe_figures, in_anothers_place, out_of_order
from rag.verify.source import Placed, SourceText, home_of, joined, nowhere, placed
from rag.verify.units import Unit, clauses, units

__all__ = ["SUPPORT_FEATURES", "SupportFeatures", "describe_support", "figures_stand"]

SupportFeatures = NDArray[np.float32]

_TURNED = tuple(CUES)
_SCOPES = ("condition", "claim", "negated contrast")  # an earlier clause that has one bears on those behind it
SUPPORT_FEATURES = (
    "unmatched",
    "unmatched anywhere",
    "longest run unmatched",
    "longest run nowhere",
    "figures nowhere",
    "figures not in these sentences",
    "figures in other company",
    "figures before other words",
    "figures behind other words",
    "figures with another unit",
    "words nowhere",
    "replaced",
    "replaced by its like",
    "log units nowhere",
    "log units from elsewhere",
    "clauses unmatched",
    "clauses nowhere",
    "figures in another's place",
    "figures out of order",
    "figures out of order behind other words",
    "replaced by what stands elsewhere",
    "moved",
    "moved outside a list",
    "dropped within",
    "opposites",
    "from several sentences",
    "worst clause",
    "second clause of another sentence",
    "back to a sentence",
    "short clause of another sentence",
    "replaced at an edge",
    "replaced by what stands nowhere",
    "figures in a clause of another sentence",
    *(f"{cue} added" for cue in _TURNED),
    *(f"{cue} dropped" for cue in _TURNED),
    *(f"{cue} before what is quoted" for cue in _TURNED),
    *(f"{cue} in a clause left out" for cue in _SCOPES),
    "subject dropped across clauses",
    "part of a clause dropped",
    "leans on another clause than in the source",
    "speaker before other words",
    "cause before its effect no more",
    "asked instead of said",
    "log length",
)
_MOST_MISSING = 0.6  # of a clause that still counts as matched
_OTHER = 0.7  # share of the words before a figure that are others than in the source
_SHORT = 6  # units


def describe_support(drafted: str, source: SourceText) -> tuple[SupportFeatures, list[int]]:
    """Describe a sentence beside a paragraph: (len(SUPPORT_FEATURES),) float32, and which sentences it lies along."""
    own = units(without_opening(drafted))
    home = home_of(own, source)
    along = [placed(tuple(part), home, source) for part in clauses(own)]
    values = dict.fromkeys(SUPPORT_FEATURES, 0.0)
    if not own or not source.sentences:
        values["unmatched"] = values["unmatched anywhere"] = values["worst clause"] = 1.0
        return np.array(list(values.values()), dtype=np.float32), []
    used = sorted({p.sentence for p in along if p.alignment.matched})
    describe_figures(values, own, source, used)
    _coverage(values, own, along, source, used)
    values["figures in another's place"] = float(in_anothers_place(own, source.sentences[home].units))
    for p, following in zip_longest(along, along[1:]):
        leads_on = following is not None and bool(_BUT_ALSO.match(joined(following.clause)))
        _edits(values, p, source, leads_on=leads_on)
    _left_out(values, along, source)
    _bound_to(values, along, source)
    asks = drafted.rstrip().endswith(("?", "？"))
    values["asked instead of said"] = float(asks and not any(m in source.text for m in "?？"))
    values["log length"] = float(np.log1p(len(own)))
    return np.array(list(values.values()), dtype=np.float32), used


def figures_stand(drafted: str, source: SourceText) -> bool:
    """Say whether every figure of a sentence stands somewhere in the text."""
    return all(u.form in source.forms for u in units(drafted) if u.kind == "number")


# ?+: 新的 is read in one way only, else a row of them is read in 2ⁿ
_HEIGHTENS = re.compile(
    r"(?:[的了着过们等也还并则就又都已且而所将会地得]|进一步|积极|不断|十分|非常|更加|持续|深入|较为|极其|切实|逐步|广泛|"
    r"充分|大力|着力|全面|有效|显著|"
    r"明确|更好地?+|多重|诸多|众多|各种|各类|一系列|仍然?+|"
    r"特别|相当|因此|所以|此外|同时|其中|另外|不过|然而|总之|近年来|如今|后来|随后|于是|"
    r"首先|其次|最后|我们|"
    r"(?:重要|著名|主要|独特|优秀|良好|巨大|新|完整|坚实|强大|丰富|美丽|古老|传统|特殊|具体|相关|有关)的?+"
    r"| |the|a|an|also|very|then)+"
)
_BRACKETS = re.compile(r"（[^（）]*）|\([^()]*\)|【[^【】]*】")
_SPEAKS = re.compile(
    r"指出|强调|认为|表示|提出|主张|宣布|透露|称$|说$|\b(?:said|says|argue[sd]?|stated|believes?|announced)\b"
)
_NOT_ONLY = re.compile(r"不仅(?:仅)?|不但|既")
_BUT_ALSO = re.compile(r"^(?:也|还|更|又|而且|并且|且)")
_TIED = re.compile(r"越|因为|由于|所以|因此|导致|使得|才能|就|则|\bthe more\b|because|therefore")
_LEANS = re.compile(r"[也并还而且却但则使其令]|从而|进而|因而|以便|同时|导致|(?:and|but|also|which|thus) ")


def _coverage(
    values: dict[str, float], own: Sequence[Unit], along: Sequence[Placed], source: SourceText, used: Collection[int]
) -> None:
    unmatched = gone_altogether = 0
    longest = longest_nowhere = 0.0
    worst = 0.0
    for p in along:
        there = {b for _, b in p.alignment.matched}
        values["clauses nowhere"] += len(p.clause) > 1 and nowhere(p.clause, source) > _MOST_MISSING * len(p.clause)
        run: list[Unit] = []
        missing = 0
        for n, unit in enumerate((*p.clause, None)):
            if unit is not None and n not in there:
                run.append(unit)
                continue
            if run:
                missing += len(run)
                unmatched += len(run)
                longest = max(longest, len(run))
                gone = nowhere(run, source)
                gone_altogether += gone
                longest_nowhere = max(longest_nowhere, gone)
                run = []
        share = missing / len(p.clause)
        worst = max(worst, share * min(1.0, len(p.clause) / 4))
        values["clauses unmatched"] += share > _MOST_MISSING and len(p.clause) > 1
    values["unmatched"] = unmatched / len(own)
    values["unmatched anywhere"] = gone_altogether / len(own)
    values["longest run unmatched"] = float(np.log1p(longest))
    values["longest run nowhere"] = float(np.log1p(longest_nowhere))
    values["log units nowhere"] = float(np.log1p(gone_altogether))
    values["log units from elsewhere"] = float(np.log1p(unmatched - gone_altogether))
    values["worst clause"] = worst
    values["from several sentences"] = float(len(used) > 1)
    order = [p.sentence for p in along]
    moves = [b for a, b in zip([-1, *order], order, strict=False) if a != b]
    values["back to a sentence"] = float(len(moves) - len(set(moves)))
    at_home = max(set(order), key=order.count)
    values["figures out of order"] = float(out_of_order(along))
    moved = values["figures out of order"] > 0 and values["figures behind other words"] > _OTHER
    values["figures out of order behind other words"] = float(moved)
    away = [p.clause for p in along if p.sentence != at_home and len(p.clause) <= _SHORT]
    values["short clause of another sentence"] = float(len(away))
    values["figures in a clause of another sentence"] = float(sum(any(u.kind == "number" for u in c) for c in away))
    values["second clause of another sentence"] = float(sum(a.sentence != b.sentence for a, b in pairwise(along)))


def _may_be_dropped(dropped: Sequence[Unit], p: Placed, source: SourceText, *, inside: bool) -> bool:
    """Say whether a clause says less, but nothing else, without some of its units.

    That is so of words that only bind or heighten, of what stands in brackets, of whole items of a list; and of nothing
    where the clause says 分别.
    """
    sentence = source.sentences[p.sentence]
    units_there = sentence.units
    first, at = units_there.index(dropped[0]), units_there.index(dropped[-1])
    before, after = joined(units_there[max(0, first - 1) : first]), joined(units_there[at + 1 : at + 2])
    if _HEIGHTENS.fullmatch(joined(dropped)) or say_the_same("", joined(dropped), before, after):
        return True
    text = source.text[slice(*sentence.span)]
    brackets = [m.span() for m in _BRACKETS.finditer(text)]
    outside = [u for u in dropped if not any(a < u.start and u.end < b for a, b in brackets)]
    if not outside or _HEIGHTENS.fullmatch(joined(outside)):
        return True
    if "分别" in sentence.folded and any(u.clause == dropped[0].clause and u.form == "别" for u in units_there):
        return False
    crosses = dropped[0].clause != dropped[-1].clause
    follows = units_there[at + 1] if at + 1 < len(units_there) else None
    whole_items = dropped[0].listed and (follows is None or follows.listed)
    whole_items |= not inside and follows is not None and follows.listed
    return whole_items and not crosses


def _bound_to(values: dict[str, float], along: Sequence[Placed], source: SourceText) -> None:
    """Tell where a clause follows another than in the source: whose words it is, what it leans on, would change."""
    for a, b in pairwise(along):
        if not a.alignment.matched or not b.alignment.matched:
            continue
        theirs = source.sentences[b.sentence].units
        first = b.alignment.matched[0][0]
        begins = first == 0 or theirs[first - 1].clause != theirs[first].clause
        last = source.sentences[a.sentence].units[a.alignment.matched[-1][0]].clause
        ends = last == source.sentences[a.sentence].units[-1].clause
        next_to = a.sentence == b.sentence and theirs[first].clause - last == 1
        next_to |= b.sentence - a.sentence == 1 and ends and theirs[first].clause == theirs[0].clause
        tied = _TIED.search(joined(a.clause)) and _TIED.search(joined(b.clause))
        turned = a.sentence == b.sentence and first < a.alignment.matched[0][0]
        values["cause before its effect no more"] += bool(tied) and turned
        values["speaker before other words"] += bool(_SPEAKS.search(joined(a.clause))) and not next_to
        leans = bool(_LEANS.match(joined(b.clause))) and begins
        values["leans on another clause than in the source"] += leans and not next_to


def _left_out(values: dict[str, float], along: Sequence[Placed], source: SourceText) -> None:
    """Count the cues in earlier clauses of the sentences used of which the draft says nothing: 如果…，有人认为，…"""
    said: dict[int, set[int]] = {}
    for p in along:
        clauses_used = said.setdefault(p.sentence, set())
        clauses_used |= {source.sentences[p.sentence].units[a].clause for a, _ in p.alignment.matched}
    for number, used in said.items():
        if not used:
            continue
        before = [u for u in source.sentences[number].units if u.clause < max(used) and u.clause not in used]
        for cue in _SCOPES:
            values[f"{cue} in a clause left out"] += count(cue, joined(before)) if before else 0


def _edits(values: dict[str, float], p: Placed, source: SourceText, *, leads_on: bool) -> None:
    found = p.alignment
    for edit in (found.before, *found.edits, found.after):
        if leads_on and not edit.clause and _NOT_ONLY.fullmatch(joined(edit.source)):
            continue  # 不仅是甲，也是乙 says 是甲，也是乙
        inside = edit is not found.before and edit is not found.after
        theirs, mine = _text(edit.source), _text(edit.clause)
        elsewhere = len(mine) > 1 and mine in source.joined
        gone = nowhere(edit.clause, source) if edit.source and edit.clause else 0
        if edit.clause and (inside or edit.source):
            if edit.source and say_the_same(mine, theirs, *_beside(edit, p)):
                values["replaced by its like"] += 1
            elif inside and edit.source and not (elsewhere and edit.clause[0].listed):
                values["replaced"] += 1
                values["replaced by what stands elsewhere"] += elsewhere
                values["replaced by what stands nowhere"] += gone > 0
            elif edit.source and len(edit.clause) <= _SHORT:
                values["replaced at an edge"] += 1
                values["replaced by what stands nowhere"] += gone > 0
            values["opposites"] += opposed(mine, theirs)
        if edit.clause and elsewhere:
            values["moved"] += 1
            values["moved outside a list"] += not (edit.clause[0].listed or any(u.listed for u in edit.source))
        if inside and edit.source and not edit.clause:
            values["subject dropped across clauses"] += edit.source[0].clause != edit.source[-1].clause
        if edit.source and not edit.clause:
            values["part of a clause dropped"] += not _may_be_dropped(edit.source, p, source, inside=inside)
        if inside:
            values["dropped within"] += len(edit.source) > 0 and not edit.clause
        for cue in _TURNED:
            added = count(cue, mine) - count(cue, theirs)
            values[f"{cue} added"] += max(added, 0)
            if inside:
                values[f"{cue} dropped"] += max(-added, 0)
            elif edit is found.before:
                values[f"{cue} before what is quoted"] += max(-added, 0)


def _beside(edit: Edit, p: Placed) -> tuple[str, str]:
    """Give what stands before and after an edit in the clause."""
    first, last = p.clause.index(edit.clause[0]), p.clause.index(edit.clause[-1])
    return joined(p.clause[max(0, first - 1) : first]), joined(p.clause[last + 1 : last + 2])


def _text(run: Sequence[Unit]) -> str:
    return " ".join(joined(run).split()) if any(u.kind == "word" for u in run) else joined(run)
