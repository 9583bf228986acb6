"""Question sets with their paragraphs and gold, and libraries made of them."""

import json
import lzma
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag.assistant import Assistant
from rag.config import Settings
from rag.embed.registry import BUNDLED
from rag.embed.train.corpora import kept_back
from rag.errors import SourceError
from rag.retrieve.retriever import Retriever
from rag.session import index_sources, open_assistant, open_retriever

__all__ = [
    "AnsweredQuestion",
    "QuestionSet",
    "SquadParagraph",
    "assistant_of",
    "cross_lingual",
    "library_of",
    "read_answered",
    "read_articles",
    "read_dev_sets",
    "read_squad",
    "read_statutes",
    "sample",
]


@dataclass(frozen=True, slots=True)
class SquadParagraph:
    """A paragraph with the questions that it answers."""

    text: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Paragraphs, as lines of a JSONL source, and questions with the ids of the paragraphs that answer them."""

    name: str
    paragraphs: Sequence[Mapping[str, str]] = field(repr=False)
    questions: Sequence[tuple[str, frozenset[str]]] = field(repr=False)


def read_squad(path: Path) -> list[SquadParagraph]:
    """Read a file in SQuAD's format. Raises SourceError when it is in another."""
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        return [
            SquadParagraph(paragraph["context"], tuple(q["question"] for q in paragraph["qas"]))
            for article in articles
            for paragraph in article["paragraphs"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path} is not in SQuAD's format ({error!r}): expected data → paragraphs → qas") from error


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question with its gold answers, and where each begins in the paragraph that holds it."""

    id: str
    text: str
    paragraph: str
    answers: tuple[str, ...]
    starts: tuple[int, ...]


def read_answered(texts: Path, questions: Path | None = None) -> tuple[list[dict[str, str]], list[AnsweredQuestion]]:
    """Read paragraphs as rows of a JSONL source, and questions with their answers, from files in SQuAD's format.

    With `questions`, a parallel file, they are put in its words. Raises SourceError.
    """
    try:
        data, other = (json.loads(path.read_text(encoding="utf-8"))["data"] for path in (texts, questions or texts))
        pairs = [
            (own, asked)
            for article, parallel in zip(data, other, strict=True)
            for own, asked in zip(article["paragraphs"], parallel["paragraphs"], strict=True)
        ]
        found = [
            AnsweredQuestion(
                str(asked["id"]),
                asked["question"],
                str(n),
                tuple(a["text"] for a in gold["answers"]),
                tuple(a["answer_start"] for a in gold["answers"]),
            )
            for n, (own, parallel) in enumerate(pairs)
            for gold, asked in zip(own["qas"], parallel["qas"], strict=True)
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{texts} is not in SQuAD's format ({error!r}): expected data → paragraphs → qas") from error
    return [{"id": str(n), "text": own["context"]} for n, (own, _) in enumerate(pairs)], found


def cross_lingual(name: str, paragraphs: Sequence[Path], questions: Path) -> QuestionSet:
    """Ask the questions of one file of the paragraphs of parallel files: each has one right paragraph in each."""
    rows = [{"id": f"{file.stem}/{n}", "text": p.text} for file in paragraphs for n, p in enumerate(read_squad(file))]
    asked = [
        (question, frozenset(f"{file.stem}/{n}" for file in paragraphs))
        for n, p in enumerate(read_squad(questions))
        for question in p.questions
    ]
    return QuestionSet(name, rows, asked)


def read_statutes(folder: Path) -> QuestionSet:
    """Read lay questions over statute articles: those that the bundled model was not trained on."""
    with lzma.open(folder / "corpus.jsonl.xz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    number = re.compile(r"第[一二三四五六七八九十百千零〇]+条(?:之[一二三四五六七八九十]+)?$")
    rows = [
        {
            "id": str(a["id"]),
            "text": a["text"],
            "title": number.sub("", a["name"]),
            "section": " ".join(re.sub(r"^第\S+[编章节]\s*", "", h) for h in a["headings"]),
        }
        for a in articles
    ]
    gold: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, article = line.split("\t")[:2]
        gold.setdefault(query, set()).add(article)
    queries = (line.split("\t", 1) for line in (folder / "queries.tsv").read_text(encoding="utf-8").splitlines())
    return QuestionSet("statutes", rows, [(text, frozenset(gold[n])) for n, text in queries if kept_back(text)])


def read_dev_sets(folder: Path) -> list[QuestionSet]:
    """Read the dev sets below `folder`: XQuAD in three directions, CMRC 2018, DRCD, statutes."""
    chinese, english = folder / "xquad" / "xquad.zh.json", folder / "xquad" / "xquad.en.json"
    cmrc, drcd = folder / "cmrc2018" / "cmrc2018_dev.json", folder / "drcd" / "DRCD_dev.json"
    return [
        cross_lingual("XQuAD zh→zh", [chinese], chinese),
        cross_lingual("XQuAD en→zh", [chinese], english),
        cross_lingual("XQuAD zh→en", [english], chinese),
        cross_lingual("XQuAD en→en", [english], english),
        cross_lingual("XQuAD zh→zh+en", [chinese, english], chinese),
        cross_lingual("XQuAD en→zh+en", [chinese, english], english),
        cross_lingual("CMRC", [cmrc], cmrc),
        cross_lingual("DRCD", [drcd], drcd),
        read_statutes(folder / "statutes"),
    ]


def sample(asked: QuestionSet, most: int) -> QuestionSet:
    """Take at most about `most` questions of a set, evenly spaced."""
    return replace(asked, questions=asked.questions[:: max(1, len(asked.questions) // most)])


def library_of(
    folder: Path, name: str, rows: Sequence[Mapping[str, str]], embedder: str = BUNDLED, encoder: str = BUNDLED
) -> Retriever:
    """Make a library of JSONL rows in `folder`."""
    settings = Settings(library=folder / name, embedder=embedder, encoder=encoder)
    return open_retriever(_indexed(folder, name, rows, settings))


def assistant_of(folder: Path, name: str, rows: Sequence[Mapping[str, str]]) -> Assistant:
    """Make a library of JSONL rows in `folder`, and put the default assistant on it."""
    return open_assistant(_indexed(folder, name, rows, Settings(library=folder / name)))


def _indexed(folder: Path, name: str, rows: Sequence[Mapping[str, str]], settings: Settings) -> Settings:
    source = folder / f"{name}.jsonl"
    source.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    index_sources(settings, [source])
    return settings


def read_articles(path: Path) -> list[list[str]]:
    """Read the paragraphs of a file in SQuAD's format, article by article. Raises SourceError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))["data"]
        return [[paragraph["context"] for paragraph in article["paragraphs"]] for article in data]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path} is not in SQuAD's format ({error!r}): expected data → paragraphs") from error
