"""Forgive a wrong character or letter where the articles offer the right word: 人工只能 → 人工智能.

A character is replaced by one of the same sound (`homophones.txt`: the characters of GB 2312 by their readings without
tone, zh ch sh ng as z c s n, after pypinyin 0.55's tables) when no paragraph holds it together with one of its
neighbours, and one paragraph holds the replacement with them all. A word of Latin letters that no paragraph holds is
replaced by the commonest that differs by one letter.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rag.folding import fold
from rag.index.lexical import LexicalIndex
from rag.index.terms import FUNCTION_WORDS, terms

__all__ = ["forgive", "of_one_sound"]

_RUN = re.compile(r"[\u4e00-\u9fff]{3,}")
_WORD = re.compile(r"[A-Za-z]{6,}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def forgive(question: str, lexical: LexicalIndex) -> str:
    """Give the question with its slips mended; as it is where nothing better is on offer."""
    mended = list(question)
    bound = {n for match in FUNCTION_WORDS.finditer(question) for n in range(*match.span())}
    for run in _RUN.finditer(question):
        for at in range(*run.span()):
            better = "" if at in bound else _character(mended, at, run.span(), lexical)
            if better:
                mended[at] = better
    return _WORD.sub(lambda match: _word(match.group(), lexical), "".join(mended))


def _character(text: list[str], at: int, run: tuple[int, int], lexical: LexicalIndex) -> str:
    """Give the character that belongs at `at`; "" where the one that is there may stay."""
    held = lexical.statistics.documents
    before = fold("".join(text[max(run[0], at - 2) : at]))
    after = fold("".join(text[at + 1 : min(run[1], at + 3)]))

    def joined(character: str) -> list[str]:
        return [pair for pair in (before[-1:] + character, character + after[:1]) if len(pair) == 2]

    known = [pair for pair in (before, after) if len(pair) == 2 and held(pair)]
    if not known or all(map(held, joined(fold(text[at])))):
        return ""
    best, most = "", 0
    for other in of_one_sound().get(fold(text[at]), ""):
        least = min(map(held, joined(other)))
        if least > most and lexical.holds_all({*known, *joined(other)}):
            best, most = other, least
    return best


def _word(word: str, lexical: LexicalIndex) -> str:
    (term, *_) = terms(word)
    if lexical.statistics.documents(term):
        return word
    counts = {other: lexical.statistics.documents(terms(other)[0]) for other in _one_letter_off(word.lower())}
    best = max(counts, key=lambda other: (counts[other], other))
    return best if counts[best] else word


def _one_letter_off(word: str) -> Iterator[str]:
    for n in range(len(word)):
        head, tail = word[:n], word[n:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail[1:]
            yield head + letter + tail


@cache
def of_one_sound() -> dict[str, str]:
    """Give, for every character, those that sound like it."""
    groups = (Path(__file__).parent / "homophones.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, str] = {}
    for group in groups:
        for character in group:
            found[character] = found.get(character, "") + group.replace(character, "")
    return found
