"""Is what answers a question read whole? Reads the files of question sets, asks nothing.

    python -m eval.reading QUESTIONS.jsonl SETS [--split dev|test] [--misses]

QUESTIONS is a file of JSON lines with `id`, `set`, `split`, `answerable`, `files` and `gold` (words of the files,
blanks ignored); SETS the folder with a folder of files for each set. Gold counts as read whole where it stands in one
paragraph, in one paragraph behind its context, or in the items of one list behind their lead-in. Texts are compared
after NFKC, without blanks, markup and note marks.
"""

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import SourceError
from rag.ingest.accounts import crossed, lost
from rag.ingest.encodings import decode
from rag.ingest.enumeration import read_label
from rag.ingest.paragraphs import Ingested, ingest

__all__ = ["Account", "account_of", "read_whole", "texts_of"]

_MARKUP = re.compile(r"<!--.*?-->|\[\[\d+\]\]\([^)\s]*\)|</?[a-zA-Z][^<>]*>|\]\([^)\s]*\)|\[\^[^\]]*\]", re.DOTALL)
_DROPPED = re.compile(r"[\s*_`|~\[\]\\#>-]+|\[\d+\]")


def _normalize(text: str) -> str:
    """Return the form in which gold and paragraphs are compared."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", _MARKUP.sub("", text)).lower())


def texts_of(found: Ingested) -> Iterator[str]:
    """Yield what a reader of citations sees at once: each paragraph behind its context, each list."""
    for p in found.paragraphs:
        context = getattr(p, "context", "") or p.section
        yield _normalize(f"{context}{p.text}")
    run: list[str] = []
    for p in found.paragraphs:
        if run and p.kind not in ("list_item", "table_row"):
            yield from _together(run)
            run = []
        run = [*run, p.text] if p.kind in ("list_item", "table_row") else [p.text]
    yield from _together(run)


def _together(run: Sequence[str]) -> Iterator[str]:
    """Yield the items of a list as one text, with and without their numbers, which Word makes by itself."""
    yield _normalize("".join(run))
    labels = [read_label(text) for text in run]
    yield _normalize("".join(text[label.end :] if label else text for text, label in zip(run, labels, strict=True)))


def read_whole(gold: str, texts: Iterable[str]) -> bool:
    """Say whether the words of a gold snippet stand whole in one of the texts."""
    wanted = _normalize(gold)
    return any(wanted in text for text in texts)


@dataclass(frozen=True, slots=True)
class Account:
    """How much of a file its paragraphs and what is named beside them account for."""

    paragraphs: int = 0
    left_out: int = 0  # words between the first and the last character of a paragraph that are in no account
    lost: int = 0  # words of the file that are in none

    def __add__(self, other: "Account") -> "Account":
        return Account(self.paragraphs + other.paragraphs, self.left_out + other.left_out, self.lost + other.lost)


def account_of(path: Path) -> Account:
    """Account for every word of a file. Raises SourceError when it can't be read."""
    found = ingest(path, path.name)
    text = decode(path).text if found.extracted is None else found.extracted
    known = sorted([*((a, b) for a, b, _ in found.named), *(span for p in found.paragraphs for span in p.spans)])
    markup = path.suffix.lower() in (".md", ".markdown")
    left_out = sum(len(list(crossed(text, p.spans, known, markup=markup))) for p in found.paragraphs)
    return Account(len(found.paragraphs), left_out, len(list(lost(text, known, markup=markup))))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print how much of the gold is read whole, set by set."""
    parser = argparse.ArgumentParser(prog="python -m eval.reading", description=__doc__.splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--misses", action="store_true", help="print the gold that is not read whole")
    given = parser.parse_args(arguments)
    rows = [json.loads(line) for line in given.questions.read_text(encoding="utf-8").splitlines()]
    rows = [r for r in rows if r["answerable"] and (not given.split or r["split"] == given.split)]
    whole: Counter[str] = Counter()
    asked: Counter[str] = Counter(r["set"] for r in rows)
    read: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        missing = list(_missing(row, given.sets, read))
        whole[row["set"]] += not missing
        if missing and given.misses:
            print("\n".join(f"{row['id']:20} {snippet[:110]}" for snippet in missing))
    for name in sorted(asked):
        print(f"{name:24} {whole[name]:4} of {asked[name]:4}")
    total = sum((account_of(given.sets / r["set"] / name) for r, name in _files(rows)), Account())
    print(f"{'all':24} {whole.total():4} of {asked.total():4}  {whole.total() / max(asked.total(), 1):.3f}")
    print(f"{total.paragraphs} paragraphs leave out {total.left_out} words; {total.lost} words of the files are lost")
    return 0


def _files(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each file of the questions once."""
    seen = set()
    for row in rows:
        for name in row["files"]:
            if (row["set"], name) not in seen:
                seen.add((row["set"], name))
                yield row, name


def _missing(row: dict[str, Any], sets: Path, read: dict[tuple[str, str], list[str]]) -> Iterator[str]:
    for snippet in row["gold"]:
        if not any(read_whole(snippet, _read(sets, row["set"], name, read)) for name in row["files"]):
            yield snippet


def _read(sets: Path, folder: str, name: str, read: dict[tuple[str, str], list[str]]) -> list[str]:
    key = (folder, name)
    if key not in read:
        try:
            read[key] = list(texts_of(ingest(sets / folder / name, name)))
        except SourceError as error:
            print(f"not read: {error}", file=sys.stderr)
            read[key] = []
    return read[key]


if __name__ == "__main__":
    sys.exit(main())
