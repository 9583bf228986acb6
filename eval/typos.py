"""Measure how slips of the pen are forgiven: one character of a question replaced by another of the same sound.

python -m eval.typos cmrc2018_dev.json
"""

import argparse
import random
import tempfile
from pathlib import Path

from eval.sets import cross_lingual, library_of
from rag.index.terms import content_terms
from rag.retrieve.typos import of_one_sound

__all__ = ["slip"]


def slip(question: str, chance: random.Random) -> str:
    """Replace one character of a pair that the question is about."""
    pairs = [t for t in content_terms(question) if len(t) == 2 and t in question and not t.isascii()]
    if not pairs:
        return question
    pair = chance.choice(pairs)
    at = question.index(pair) + chance.randrange(2)
    others = of_one_sound().get(question[at], "")
    return f"{question[:at]}{chance.choice(others)}{question[at + 1 :]}" if others else question


def main() -> None:
    """Print how many slips are mended, and how many sound questions are changed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paragraphs", type=Path, help="a file in SQuAD's format")
    asked = cross_lingual("asked", [parser.parse_args().paragraphs], parser.parse_args().paragraphs)
    chance = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        retriever = library_of(Path(folder), "library", asked.paragraphs)
        sound = [question for question, _ in asked.questions]
        changed = sum(retriever.mended(question) != question for question in sound)
        slips = [(question, slip(question, chance)) for question in sound]
        slips = [(question, wrong) for question, wrong in slips if wrong != question]
        mended = [retriever.mended(wrong) for _, wrong in slips]
    right = sum(m == question for m, (question, _) in zip(mended, slips, strict=True))
    worse = sum(m not in pair for m, pair in zip(mended, slips, strict=True))
    print(f"{len(slips)} slips: {right / len(slips):.1%} mended, {worse / len(slips):.1%} changed into something else")
    print(f"{len(sound)} sound questions: {changed / len(sound):.1%} changed")


if __name__ == "__main__":
    main()
