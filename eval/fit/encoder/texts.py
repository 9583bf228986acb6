"""What the encoder is trained on: parallel texts, and questions with the sentence that answers among others."""

import hashlib
import json
import lzma
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from eval.sets import read_answered
from rag.embed.train.corpora import CORPORA, kept_back
from rag.errors import SourceError
from rag.text.sentences import sentence_spans

__all__ = [
    "PARALLEL",
    "TRAINED_ON",
    "RankedQuestion",
    "chinese_texts",
    "parallel_texts",
    "ranked_questions",
    "reported_on",
]

# English → Chinese, and how many pairs at most: everyday language and news above handbooks of programming.
PARALLEL: dict[str, int] = {
    "tatoeba": 60_000,
    "python_docs": 12_000,
    "d2l": 4_000,
    "taiwan_laws": 30_000,
    "taiwan_law_names": 3_000,
    "quantecon": 10_000,
    "quantecon_terms": 500,
    "tico19": 4_000,
    "plurality": 2_000,
    "ud_pud": 1_000,
    "opensource_guide": 1_000,
    "bitcoin": 1_000,
    "sdg": 1_000,
    "project_operations": 1_000,
    "cedict": 50_000,
    "wiktionary": 22_000,
    "cldr": 7_000,
}
_CHINESE = ("statutes", "kdconv", "gov_reports", "csl", "dynamics")
_COUNTED = 20_000  # texts of a corpus from which the vocabulary is counted
_MOST_WRONG = 3
_NUMBER_OF_ARTICLE = re.compile(r"第[一二三四五六七八九十百千零〇\d]+条(?:之[一二三四五六七八九十]+)?")
_LOOSE = 1_500  # of a set in which the question is a heading, a title or chat
_FIGURE = re.compile(
    r"(?:其中|力争|预计|全年|今年|去年)?(?P<subject>[\u4e00-\u9fff“”、]{3,14}?)(?P<verb>增长|达到|达|突破|超过|下降|降低|提高|新增|完成|实现|为|至)"
    r"(?:了|到|约|近)?\d[\d.]*(?:%|万?亿元|万?亿|万人次?|个百分点|万?[户个套家项台辆座公里吨米件处])"
)
_CLAUSE_ENDS = re.compile(r"[，；。：]")
_MEASURED = ("四川", "安徽", "江西")  # provinces whose reports stand in the real documents to measure on
_SHARED = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class RankedQuestion:
    """A question, the text that answers it, and texts from beside it that do not."""

    question: str
    right: str
    wrong: tuple[str, ...] = ()


def parallel_texts(folder: Path, seed: int) -> list[tuple[list[str], list[str]]]:
    """Read (English, Chinese) texts, set by set: no more of each than PARALLEL says, drawn by chance.

    Raises SourceError when there is none.
    """
    random = np.random.default_rng(seed)
    sets = []
    for name, most in PARALLEL.items():
        subfolder, read = CORPORA[name]
        if not (folder / subfolder).is_dir():
            continue
        pairs = list(dict.fromkeys((_one_line(a), _one_line(b)) for a, b in read(folder / subfolder)))
        pairs = [p for p in pairs if all(p)]
        kept = [pairs[n] for n in sorted(random.permutation(len(pairs))[:most])]
        sets.append(([a for a, _ in kept], [b for _, b in kept]))
    if not sets:
        raise SourceError(f"no parallel texts in {folder}: expected folders such as {CORPORA['tatoeba'][0]}/")
    return sets


def chinese_texts(folder: Path) -> Iterator[str]:
    """Give Chinese texts of every kind, from which the commonest pieces are counted."""
    for name in (*PARALLEL, *_CHINESE):
        subfolder, read = CORPORA[name]
        if (folder / subfolder).is_dir():
            yield from (right for _, right in islice(read(folder / subfolder), _COUNTED))


TRAINED_ON = frozenset({"CMRC", "DRCD"})  # sets of which halves are trained on


def reported_on(paragraph: str) -> bool:
    """Say whether questions to a paragraph are kept to report on: by its text, so that every measure knows the half."""
    return hashlib.sha256(paragraph.encode()).digest()[0] % 2 == 1


def ranked_questions(train: Path, dev: Path, seed: int) -> list[list[RankedQuestion]]:
    """Read questions whose answer is known, set by set, without those that are reported on.

    Of `dev` the halves of CMRC and DRCD that `reported_on` leaves, each with other sentences of the paragraph; of
    `train` lay questions with the article of law, and with what an adviser answered; questions, titles and headings
    with their passages.
    """
    random = np.random.default_rng(seed)
    squad = ("cmrc2018/cmrc2018_dev.json", "cmrc2018/cmrc2018_trial.json", "drcd/DRCD_dev.json")
    sets = [list(_of_paragraphs(dev / name, random)) for name in squad if (dev / name).is_file()]
    sets.append(list(_lay_questions(train / CORPORA["lay_questions"][0], random)))
    sets.append(list(_of_reports(train / CORPORA["gov_reports"][0], random)))
    for name in ("kdconv", "csl", "bitcoin_faq", "statutes"):
        pairs = ((_one_line(a), _one_line(b)) for a, b in CORPORA[name][1](train / CORPORA[name][0]))
        loose = [RankedQuestion(a, b) for a, b in pairs if name != "kdconv" or a.endswith(("？", "?"))]
        sets.append([loose[n] for n in random.permutation(len(loose))[:_LOOSE]])
    return sets


def _of_paragraphs(path: Path, random: np.random.Generator) -> Iterator[RankedQuestion]:
    rows, asked = read_answered(path)
    texts = {row["id"]: row["text"] for row in rows}
    for question in asked:
        text = texts[question.paragraph]
        if reported_on(text):
            continue
        spans = sentence_spans(text)
        right = [text[a:b] for a, b in spans if any(a <= start < b for start in question.starts)]
        wrong = [text[a:b] for a, b in spans if not any(gold in text[a:b] for gold in question.answers)]
        if right:
            missed = _other_figures(question.text, right[0], random)
            yield RankedQuestion(question.text, right[0], (*_drawn(wrong, random), *missed))


def _lay_questions(folder: Path, random: np.random.Generator) -> Iterator[RankedQuestion]:
    with lzma.open(folder / "lecoqa_train.json.xz", "rt", encoding="utf-8") as file:
        rows = [row for row in json.load(file) if not kept_back(row["问题"])]
    for row in rows:
        for law, text in row["相关法规"].items():
            yield RankedQuestion(row["问题"], _without_numbers(f"{law} {text}"))
        advice = row["答案文本"]
        for text in _drawn([advice[a:b] for a, b in sentence_spans(advice) if b - a > 15], random):
            yield RankedQuestion(row["问题"], _without_numbers(text))


def _of_reports(folder: Path, random: np.random.Generator) -> Iterator[RankedQuestion]:
    """Ask for figures of work reports: the wrong sentences give figures of other things in the same report."""
    reports: dict[str, list[str]] = {}
    with lzma.open(folder / "prose.jsonl.xz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if not any(place in row["title"] for place in _MEASURED):
                spans = sentence_spans(row["text"])
                reports.setdefault(row["title"], []).extend(row["text"][a:b] for a, b in spans)
    for sentences in reports.values():
        asked = [(s, m) for s in sentences for m in map(_FIGURE.match, _CLAUSE_ENDS.split(s)) if m]
        for sentence, match in asked:
            subject, verb = match["subject"], match["verb"]
            forms = (f"{subject}是多少？", f"{subject}{verb}多少？", f"{subject}有多少？", f"{subject}怎么样？")
            others = [s for s, _ in asked if subject not in s]
            yield RankedQuestion(forms[int(random.integers(len(forms)))], sentence, _drawn(others, random))


def _other_figures(question: str, right: str, random: np.random.Generator) -> tuple[str, ...]:
    """Give the right text with another figure where the question names one: another year is another thing."""
    shared = [
        n for n in dict.fromkeys(_SHARED.findall(question)) if re.search(rf"(?<![\d.]){re.escape(n)}(?![\d.])", right)
    ]
    if not shared:
        return ()
    figure = shared[int(random.integers(len(shared)))]
    other = str(max(1, int(float(figure)) + int(random.choice([-3, -2, -1, 1, 2, 3]))))
    return (re.sub(rf"(?<![\d.]){re.escape(figure)}(?![\d.])", other, right),) if other != figure else ()


def _without_numbers(text: str) -> str:
    """Leave out the numbers of articles of law, which no lay question knows and which would tell right texts apart."""
    return _one_line(_NUMBER_OF_ARTICLE.sub("", text))


def _drawn(texts: Iterable[str], random: np.random.Generator) -> tuple[str, ...]:
    some = list(texts)
    return tuple(some[n] for n in random.permutation(len(some))[:_MOST_WRONG])


def _one_line(text: str) -> str:
    return " ".join(text.split())
