"""Read training data: pairs of texts that mean the same, or of which one answers, names or heads the other."""

import gzip
import hashlib
import json
import lzma
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import SourceError, first_line

__all__ = ["CORPORA", "PairSet", "cleaned", "kept_back", "read_corpora", "read_pairs_file"]

Pairs = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PairSet:
    """Pairs of one kind. Batches are drawn within a kind, so that in-batch negatives are hard enough."""

    name: str
    left: list[str] = field(repr=False)
    right: list[str] = field(repr=False)
    symmetric: bool = True  # else the left text asks and the right one answers

    def __len__(self) -> int:
        return len(self.left)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _plain_reader(*names: str, keys: tuple[str, str] = ("en", "zh")) -> Callable[[Path], Pairs]:
    def read(folder: Path) -> Pairs:
        for name in names:
            for row in _rows(folder / f"{name}.jsonl.xz"):
                yield row[keys[0]], row[keys[1]]

    return read


def _python_docs(folder: Path) -> Pairs:
    role = re.compile(r":[\w:+-]+:`([^`<]*)(?:<[^`]*)?`")
    marks = re.compile(r"\*\*|``|`|__?\b|\|")
    for row in _rows(folder / "pairs.jsonl.xz"):
        yield marks.sub("", role.sub(r"\1", row["en"])), marks.sub("", role.sub(r"\1", row["zh"]))


def _tatoeba(folder: Path) -> Pairs:
    with lzma.open(folder / "cmn.txt.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            english, chinese, *_ = line.split("\t")
            yield english, chinese


def _cedict(folder: Path) -> Pairs:
    entry = re.compile(r"(\S+) (\S+) \[([^\]]*)\] /(.*)/")
    not_a_gloss = re.compile(r"^(?:variant of|old variant|see |CL:|also written|surname )|\[[^\]]*\]")
    with gzip.open(folder / "cedict_1_0_ts_utf-8_mdbg.txt.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#") or not (match := entry.match(line)):
                continue
            _, simplified, _, glosses = match.groups()
            kept = [g for g in glosses.split("/") if not not_a_gloss.search(g)]
            if kept:
                yield "; ".join(kept[:4]), simplified
                for gloss in kept[:2]:
                    bare = re.sub(r"\([^)]*\)", "", gloss).strip()
                    if bare and len(kept) > 1:
                        yield bare, simplified


def _csl(folder: Path) -> Pairs:
    for name in ("title-abstract", "keywords-abstract"):
        for row in _rows(folder / f"{name}.jsonl.xz"):
            yield row["question"], row["passage"]


def _statutes(folder: Path) -> Pairs:
    """Heading and name of the law → article; the longest texts of laws with headings, one version of each law."""
    seen: set[str] = set()
    for row in _rows(folder / "articles.jsonl.xz"):
        text = row["text"]
        if len(text) < 30 or text in seen:
            continue
        seen.add(text)
        headings = " ".join(re.sub(r"^第\S+[编章节条]\s*", "", h) for h in row["headings"][-1:])
        yield f"{row['law']} {headings}".strip(), text[:300]


def _statute_halves(folder: Path) -> Pairs:
    """First sentence → the rest of the same article: what belongs together though it shares few words."""
    seen: set[str] = set()
    for row in _rows(folder / "articles.jsonl.xz"):
        head, mark, rest = row["text"].partition("。")
        if 15 <= len(head) <= 120 and len(rest) >= 30 and head not in seen:
            seen.add(head)
            yield head + mark, rest[:300]


def kept_back(question: str) -> bool:
    """Say whether a lay question is kept to tune on: by its text, so that whoever measures finds the same half."""
    return hashlib.sha256(question.encode()).digest()[0] % 2 == 1


def _lay_questions(folder: Path) -> Pairs:
    """Lay question → statute article, for every second question; the others are kept to tune on."""
    with lzma.open(folder / "lecoqa_train.json.xz", "rt", encoding="utf-8") as file:
        for row in json.load(file):
            if not kept_back(row["问题"]):
                for law, text in row["相关法规"].items():
                    yield row["问题"], f"{law} {text.strip()}"[:300]


def _titled_prose(folder: Path) -> Pairs:
    for row in _rows(folder / "prose.jsonl.xz"):
        if len(row["text"]) >= 30:
            yield row["title"], row["text"][:300]


def _split_prose(folder: Path) -> Pairs:
    """First half → second half of a paragraph, cut at a sentence end."""
    for row in _rows(folder / "prose.jsonl.xz"):
        sentences = re.findall(r"[^。！？]+[。！？]", row["text"])
        if len(sentences) >= 2:
            middle = len(sentences) // 2
            yield "".join(sentences[:middle]), "".join(sentences[middle:])[:300]


def _question_passage(name: str) -> Callable[[Path], Pairs]:
    return _plain_reader(name, keys=("question", "passage"))


CORPORA: dict[str, tuple[str, Callable[[Path], Pairs]]] = {
    "tatoeba": ("tatoeba_cmn_eng", _tatoeba),
    "python_docs": ("python_docs_zh_cn", _python_docs),
    "d2l": ("d2l_zh", _plain_reader("pairs")),
    "taiwan_laws": ("taiwan_laws_bilingual", _plain_reader("pairs")),
    "taiwan_law_names": ("taiwan_laws_bilingual", _plain_reader("names")),
    "quantecon": ("quantecon_lectures", _plain_reader("pairs")),
    "quantecon_terms": ("quantecon_terms", _plain_reader("terms", "pairs")),
    "tico19": ("tico19", _plain_reader("pairs", "terms")),
    "plurality": ("plurality_book", _plain_reader("pairs")),
    "ud_pud": ("ud_pud", _plain_reader("pairs")),
    "opensource_guide": ("opensource_guide", _plain_reader("pairs")),
    "bitcoin": ("bitcoin_org", _plain_reader("pairs")),
    "sdg": ("sdg_translations", _plain_reader("pairs")),
    "project_operations": ("ms_project_operations", _plain_reader("pairs")),
    "cedict": ("cc_cedict", _cedict),
    "wiktionary": ("omw_wiktionary_en_zh", _plain_reader("pairs")),
    "cldr": ("cldr_names", _plain_reader("pairs")),
    "synonyms": ("chinese_open_wordnet", _plain_reader("synonyms", keys=("a", "b"))),
    "lay_questions": ("lecoqa_train", _lay_questions),
    "csl": ("csl", _csl),
    "kdconv": ("kdconv", _question_passage("qa")),
    "bitcoin_faq": ("bitcoin_org", _question_passage("faq")),
    "statutes": ("lawrefbook_laws", _statutes),
    "statute_halves": ("lawrefbook_laws", _statute_halves),
    "dynamics": ("ms_dynamics365_ops_zh", _titled_prose),
    "gov_reports": ("provincial_gov_reports_2026", _split_prose),
}


_ASKING = frozenset({"lay_questions", "csl", "kdconv", "bitcoin_faq", "statutes", "dynamics"})


def read_corpora(folder: Path) -> list[PairSet]:
    """Read every known corpus below `folder`; at least one must be there.

    Raises SourceError when none is.
    """
    sets = []
    for name, (subfolder, reader) in CORPORA.items():
        if (folder / subfolder).is_dir():
            sets.append(cleaned(name, reader(folder / subfolder), symmetric=name not in _ASKING))
    if not sets:
        raise SourceError(
            f"no training corpus in {folder}: expected folders such as {CORPORA['tatoeba'][0]}/; "
            "give their parent folder, or a pairs file (.jsonl)"
        )
    return sets


def read_pairs_file(path: Path) -> PairSet:
    """Read a JSONL file with two texts a line: `a` and `b`, `question` and `passage`, or `en` and `zh`.

    Raises SourceError naming the first line that has none of them.
    """
    keys = (("a", "b"), ("question", "passage"), ("en", "zh"))
    pairs = []
    asking = False
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} can't be read as UTF-8 ({first_line(error)}): give a file of JSON lines") from error
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise SourceError(f"{path} line {number} is no JSON ({error})") from error
        there = {k for k, v in row.items() if isinstance(v, str)} if isinstance(row, dict) else set()
        found = next((pair for pair in keys if there.issuperset(pair)), None)
        if found is None:
            raise SourceError(
                f"{path} line {number}: expected two texts under a/b, question/passage or en/zh, found {line[:80]}"
            )
        asking |= found == ("question", "passage")
        pairs.append((row[found[0]], row[found[1]]))
    return cleaned(path.stem, iter(pairs), symmetric=not asking)


def cleaned(name: str, pairs: Pairs, *, symmetric: bool) -> PairSet:
    """Make a set of pairs, each once, without those of equal or empty texts."""
    left, right = [], []
    for a, b in dict.fromkeys((" ".join(a.split()), " ".join(b.split())) for a, b in pairs):
        if a and b and a != b:
            left.append(a)
            right.append(b)
    return PairSet(name, left, right, symmetric)
