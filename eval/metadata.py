"""Is what documents state of themselves read right? Titles, dates and families, against a truth written by hand.

    python -m eval.metadata SETS [--truth TRUTH.jsonl] [--misses]

SETS is a folder with a folder of files for each set. TRUTH has an object a line for each article of a file: `set`,
`file`, `title`, `titles` (others that are right), `dates` (published, passed, amended, in_force, repealed), `accept`
(other values that are right, "" for none), `family`, and `attachment` where one record for the whole file is right
too. A file counts as right where every article of it has its title, or all its dates and none that is not stated.
"""

import argparse
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rag.errors import SourceError
from rag.index.families import families
from rag.ingest.paragraphs import ingest
from rag.schema import Article

__all__ = ["DATES", "dates_right", "title_right"]

DATES = ("published", "passed", "amended", "in_force", "repealed")
_TRUTH = Path(__file__).with_name("testsets") / "real-metadata.jsonl"


def _normalize(title: str) -> str:
    return re.sub(r"[\s\W_]+", "", unicodedata.normalize("NFKC", title).lower())


def title_right(truth: dict[str, Any], article: Article) -> bool:
    """Say whether an article has a title that the truth allows."""
    right = {_normalize(t) for t in (truth["title"], *truth.get("titles", ()))}
    return _normalize(article.title) in right


def dates_right(truth: dict[str, Any], article: Article) -> bool:
    """Say whether an article has every date that the truth has, and no other."""
    return all(
        getattr(article, name) in {truth["dates"].get(name, ""), *truth["accept"].get(name, ())} for name in DATES
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print how many files have their titles, their dates and their families."""
    parser = argparse.ArgumentParser(prog="python -m eval.metadata", description=__doc__.splitlines()[0])
    parser.add_argument("sets", type=Path)
    parser.add_argument("--truth", type=Path, default=_TRUTH)
    parser.add_argument("--misses", action="store_true", help="print what is wrong")
    given = parser.parse_args(arguments)
    truths: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for line in given.truth.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        truths[row["set"], row["file"]].append(row)
    read = {key: _read(given.sets / key[0] / key[1]) for key in truths}
    titles = [key for key, rows in truths.items() if not list(_wrong(rows, read[key], "title"))]
    dated = [key for key, rows in truths.items() if not list(_wrong(rows, read[key], "dates"))]
    wrong = list(_wrong_families(truths, read))
    if given.misses:
        for key, rows in truths.items():
            for what in ("title", "dates"):
                for miss in _wrong(rows, read[key], what):
                    print(f"{key[0]}/{key[1]}: {miss}")
        print("\n".join(wrong))
    kept = sum(bool(row["family"]) for rows in truths.values() for row in rows)
    print(f"titles   {len(titles):3} of {len(truths):3}  {len(titles) / len(truths):.3f}")
    print(f"dates    {len(dated):3} of {len(truths):3}  {len(dated) / len(truths):.3f}")
    print(f"families {kept - len(wrong):3} of {kept:3}")
    return 0


def _read(path: Path) -> tuple[Article, ...]:
    try:
        return ingest(path, path.name).articles
    except SourceError as error:
        print(f"not read: {error}", file=sys.stderr)
        return ()


def _wrong(truths: Sequence[dict[str, Any]], articles: Sequence[Article], what: str) -> Iterator[str]:
    """Yield what is wrong with the articles of a file, each compared with the one that bears its title or its place."""
    pairs = [t for t in truths if not t["attachment"]]
    for place, truth in enumerate(pairs):
        article = next((a for a in articles if title_right(truth, a)), None)
        if article is None and len(pairs) == len(articles):
            article = articles[place]
        elif article is None:
            article = articles[0] if articles and place == 0 else None
        if article is None:
            yield f"{what}: no article «{truth['title']}»"
        elif what == "title" and not title_right(truth, article):
            yield f"title: «{article.title}», expected «{truth['title']}»"
        elif what == "dates" and not dates_right(truth, article):
            found = {name: getattr(article, name) for name in DATES if getattr(article, name)}
            yield f"dates: {found}, expected {truth['dates']}"


def _wrong_families(
    truths: dict[tuple[str, str], list[dict[str, Any]]], read: dict[tuple[str, str], tuple[Article, ...]]
) -> Iterator[str]:
    """Yield the families of the truth that the articles of one set do not form, and those that they form beyond it."""
    for name in sorted({key[0] for key in truths}):
        articles = [a for key, found in read.items() if key[0] == name for a in found]
        formed = {f"{state.article.source}": f for f in families(articles) for state in f.states}
        for (folder, file), rows in truths.items():
            if folder == name:
                expected = {r["family"] for r in rows if r["family"]}
                mates = {f for (s, f), others in truths.items() if s == name for r in others if r["family"] in expected}
                found = formed.get(file)
                sources = {s.article.source for s in found.states} if found else set()
                current = {s.article.source for s in found.states if s.in_force} if found else set()
                wanted = {f for f in mates if any(r["in_force_now"] for r in truths[name, f])}
                if sources != (mates if expected else set()) or (expected and current != wanted):
                    yield f"{name}/{file}: family of {sorted(sources)}, in force {sorted(current)}"


if __name__ == "__main__":
    sys.exit(main())
