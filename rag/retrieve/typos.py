"""Forgive a wrong character or letter where the articles offer the right word: 人工只能 → 人工智能.

A character is replaced by one of the same sound (`homophones.txt`: the characters of GB 2312 by their readings without
tone, zh ch sh ng as z c s n, after pypinyin 0.55's tables) when no paragraph holds it together with one of its
neighbours, and one paragraph holds the replacement with them all. A word of Latin letters that no paragraph holds is
replaced by the commonest that differs by one letter.

A text that the articles know nothing of is not full of slips: so many characters and words are looked at, and no word
that is longer than words are.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rag.deadline import NEVER, Deadline
from rag.index.lexical import LexicalIndex
from rag.index.terms import FUNCTION_WORDS, stem
from rag.text.folding import fold

__all__ = ["forgive", "of_one_sound"]

_RUN = re.compile(r"[\u4e00-\u9fff]{3,}")
_WORD = re.compile(r"[A-Za-z]{6,}")
_WORDS = re.compile("[给把被让跟向从往替叫]")  # words of one character: what stands beside them says nothing
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LONGEST_WORD = 40  # letters: twice internationalization
_MOST_WORDS = 20  # of a question that no paragraph holds: each is compared with some 54 neighbours a letter
_MOST_CHARACTERS = 100  # that stand beside their neighbours in no paragraph: each is compared with up to 120 others


def forgive(question: str, lexical: LexicalIndex, deadline: Deadline = NEVER) -> str:
    """Give the question with its slips mended; as it is where nothing better is on offer."""
    mender = _Mender(lexical, deadline)
    mended = list(question)
    bound = {n for words in (FUNCTION_WORDS, _WORDS) for m in words.finditer(question) for n in range(*m.span())}
    for run in _RUN.finditer(question):
        for at in range(*run.span()):
            better = "" if at in bound else mender.character(mended, at, run.span())
            if better:
                mended[at] = better
    return _WORD.sub(lambda match: mender.word(match.group()), "".join(mended))


class _Mender:
    """Mends the characters and words of one question, so many and no more."""

    def __init__(self, lexical: LexicalIndex, deadline: Deadline) -> None:
        self._lexical = lexical
        self._deadline = deadline
        self._characters_left = _MOST_CHARACTERS
        self._words_left = _MOST_WORDS
        self._known: dict[str, str] = {}

    def character(self, text: list[str], at: int, run: tuple[int, int]) -> str:
        """Give the character that belongs at `at`; "" where the one that is there may stay."""
        held = self._lexical.statistics.documents
        before = fold("".join(text[max(run[0], at - 2) : at]))
        after = fold("".join(text[at + 1 : min(run[1], at + 3)]))

        def joined(character: str) -> list[str]:
            return [pair for pair in (before[-1:] + character, character + after[:1]) if len(pair) == 2]

        known = [pair for pair in (before, after) if len(pair) == 2 and held(pair)]
        if not known or all(map(held, joined(fold(text[at])))) or not self._characters_left:
            return ""
        self._characters_left -= 1
        self._deadline.check("looking for slips of the pen")
        best, most = "", 0
        for other in of_one_sound().get(fold(text[at]), ""):
            least = min(map(held, joined(other)))
            if least > most and self._lexical.holds_all({*known, *joined(other)}):
                best, most = other, least
        return best

    def word(self, word: str) -> str:
        """Give the word that is meant; the word itself where it may stay."""
        if word not in self._known:
            self._known[word] = self._nearest(word)
        return self._known[word]

    def _nearest(self, word: str) -> str:
        held = self._lexical.statistics.documents
        if len(word) > _LONGEST_WORD or held(stem(word.lower())) or not self._words_left:
            return word
        self._words_left -= 1
        self._deadline.check("looking for slips of the pen")
        counts = {other: held(stem(other)) for other in _one_letter_off(word.lower())}
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
