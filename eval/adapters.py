"""Test sets out of others' formats: SQuAD, BEIR and MTEB, RGB, TREC. Each comes with its corpus and a card."""

import json
import lzma
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.gold import GoldQuestion, GoldSet, Reference, language_of, save_set
from eval.sets import read_answered
from rag.answer.kinds import asked_for
from rag.errors import EvaluationError

__all__ = ["FORMATS", "Adapted", "from_beir", "from_rgb", "from_squad", "from_trec", "write_adapted"]

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Adapted:
    """A corpus, as lines of a JSONL source, and questions about it."""

    corpus: Sequence[Row]
    questions: Sequence[GoldQuestion]


def write_adapted(adapted: Adapted, folder: Path, name: str, card: Mapping[str, str], every: int = 1) -> GoldSet:
    """Write the corpus and every how many-th question into a folder. Raises EvaluationError when there are none."""
    questions = adapted.questions[::every]
    if not questions or not adapted.corpus:
        raise EvaluationError(f"{card['source']} holds no question with a corpus: see the format that was asked for")
    folder.mkdir(parents=True, exist_ok=True)
    corpus = folder / f"{name}-corpus.jsonl"
    corpus.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in adapted.corpus), encoding="utf-8")
    return save_set(folder / f"{name}.jsonl", questions, {**card, "name": name, "corpus": corpus.name})


def from_squad(path: Path, questions: Path | None = None) -> Adapted:
    """Read CMRC 2018, DRCD, XQuAD, SQuAD; `questions` is a parallel file that asks in another language."""
    corpus, asked = read_answered(path, questions)
    return Adapted(
        corpus,
        [
            _question(q.id, q.text, [q.paragraph], facts=[q.answers], answers=q.answers)
            if any(a.strip() for a in q.answers)
            else GoldQuestion(q.id, q.text, answerable=False, kind=str(asked_for(q.text)), lang=language_of(q.text))
            for q in asked
        ],
    )


def from_rgb(path: Path) -> Adapted:
    """Read RGB's integration set (Chen et al. 2023, arXiv 2309.01431): every part of an answer is a fact."""

    def texts(found: Any) -> Iterator[str]:
        for inner in [found] if isinstance(found, str) else found:
            yield from [" ".join(inner.split())] if isinstance(inner, str) else texts(inner)

    ids: dict[str, str] = {}
    questions = []
    for row in _json_lines(path):
        for text in (*texts(row["positive"]), *texts(row["negative"])):
            if text:
                ids.setdefault(text, str(len(ids)))
        relevant = list(dict.fromkeys(ids[text] for text in texts(row["positive"]) if text))
        answer = row["answer"]
        facts = [list(texts(part)) for part in ([answer] if isinstance(answer, str) else answer)]
        questions.append(_question(f"rgb-{row['id']}", row["query"], relevant, facts=facts))
    return Adapted([{"id": name, "text": text} for text, name in ids.items()], questions)


def from_beir(folder: Path) -> Adapted:
    """Read a folder of BEIR or MTEB (Thakur et al. 2021, arXiv 2104.08663): corpus, queries, qrels/test.tsv."""
    corpus = [
        {"id": str(r["_id"]), "text": r["text"], **({"title": r["title"]} if r.get("title") else {})}
        for r in _json_lines(folder / "corpus.jsonl")
        if r["text"].strip()
    ]
    qrels = _qrels(folder / "qrels" / "test.tsv")
    asked = ((str(r["_id"]), r["text"]) for r in _json_lines(folder / "queries.jsonl"))
    return Adapted(corpus, _judged(asked, qrels, {r["id"] for r in corpus}))


def from_trec(corpus: Path, topics: Path, qrels: Path) -> Adapted:
    """Read TREC's qrels, topics as `id TAB question`, and a corpus of JSON lines with id, text and title or name."""
    rows = [
        {"id": str(r["id"]), "text": r["text"], **({"title": t} if (t := r.get("title") or r.get("name")) else {})}
        for r in _json_lines(corpus)
        if r["text"].strip()
    ]
    asked = (tuple(line.split("\t", 1)) for line in _read(topics).splitlines() if "\t" in line)
    return Adapted(rows, _judged(asked, _qrels(qrels), {r["id"] for r in rows}))


FORMATS: Mapping[str, tuple[int, Callable[..., Adapted]]] = {  # with the number of paths that each takes at most
    "squad": (2, from_squad),
    "beir": (1, from_beir),
    "rgb": (1, from_rgb),
    "trec": (3, from_trec),
}


def _judged(
    asked: Iterable[tuple[str, ...]], qrels: Mapping[str, Sequence[str]], known: set[str]
) -> list[GoldQuestion]:
    """Give the questions that have a relevant paragraph which is there."""
    found = []
    for name, text in asked:
        relevant = [p for p in qrels.get(name, ()) if p in known]
        if relevant and text.strip():
            found.append(_question(name, text, relevant))
    return found


def _question(
    name: str,
    text: str,
    relevant: Sequence[str],
    facts: Sequence[Sequence[str]] = (),
    answers: Sequence[str] = (),
) -> GoldQuestion:
    return GoldQuestion(
        name,
        text,
        answerable=True,
        relevant=tuple(Reference(p) for p in relevant),
        facts=tuple(tuple(dict.fromkeys(f)) for f in facts),
        answers=tuple(dict.fromkeys(answers)),
        kind=str(asked_for(text)),
        lang=language_of(text),
    )


def _qrels(path: Path) -> dict[str, list[str]]:
    """Read qrels with or without TREC's iteration column, with or without a head; what is judged 0 is left out."""
    found: dict[str, list[str]] = {}
    for line in _read(path).splitlines():
        cells = line.split()
        if len(cells) == 4:
            cells = [cells[0], cells[2], cells[3]]
        if len(cells) < 2 or (len(cells) == 3 and not _is_number(cells[2])):
            continue
        if len(cells) == 2 or float(cells[2]) > 0:
            found.setdefault(cells[0], []).append(cells[1])
    return found


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(?:\.\d+)?", text) is not None


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_read(path).split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise EvaluationError(
                    f"{path} line {number} is no JSON ({error}): give the file as it was published"
                ) from error
            yield row


def _read(path: Path) -> str:
    try:
        if path.suffix == ".xz":
            with lzma.open(path, "rt", encoding="utf-8") as lines:
                return lines.read()
        return path.read_text(encoding="utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError, lzma.LZMAError) as error:
        raise EvaluationError(f"{path} can't be read ({error}): give the file as it was published") from error
