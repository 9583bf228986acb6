"""What is measured of an answer: each metric with its definition and its source.

A metric gives a value for a question, or None where it does not apply. A question without a result, or whose answer
ended in an error, has the worst value of every metric that its gold can be measured by: it never vanishes. An error is
no refusal and no answer: the two rates of refusal leave it out, and it is counted apart.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from eval.gold import GoldQuestion
from rag.text.folding import fold

__all__ = ["DEPTHS", "METRICS", "Gold", "Metric", "Result", "character_f1", "holds", "measured", "ranking_metrics"]

DEPTHS = (1, 3, 5, 8, 10, 20)
_DEEPEST = max(DEPTHS)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a question: an answer in the JSON of the contract, or an error."""

    id: str
    answer: Mapping[str, Any] | None = None
    error: str = ""
    ranking: tuple[str, ...] = ()  # paragraphs, best first, to the deepest of DEPTHS
    odds: float | None = None  # log odds that the articles answer
    seconds: float = 0.0  # from question to answer
    judged: tuple[bool, ...] = ()  # by the judge, of each shown sentence

    @property
    def shown(self) -> list[Mapping[str, Any]]:
        """Its supported sentences."""
        return [s for s in (self.answer or {}).get("sentences", ()) if s["status"] != "withheld"]

    @property
    def text(self) -> str:
        """The answer as shown."""
        return "".join(s["text"] for s in self.shown)

    @property
    def answered(self) -> bool:
        """Whether it has an answer that is no refusal."""
        return self.answer is not None and self.answer["status"] == "answered"

    @property
    def failed(self) -> bool:
        """Whether it ended in an error."""
        return self.answer is None


@dataclass(frozen=True, slots=True)
class Gold:
    """A question with its references resolved: each is a set of paragraphs, one of which is meant."""

    question: GoldQuestion
    relevant: tuple[frozenset[str], ...] = ()
    ranks: Mapping[str, float] = field(default_factory=dict)  # by the name of a ranking metric

    @property
    def paragraphs(self) -> frozenset[str]:
        """All paragraphs that answer."""
        return frozenset().union(*self.relevant)


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure of one answer; the figure of a run is its mean."""

    name: str
    definition: str
    chinese: str
    source: str
    value: Callable[[Gold, Result], float | None]
    yes_no: bool = False
    unit: str = ""  # of what is no share
    of_failed: Callable[[GoldQuestion], bool] = lambda _: False  # whether an error has the worst value, 0


def holds(text: str, alternatives: Sequence[str]) -> bool:
    """Say whether a text holds one of several wordings of a fact, blanks and forms of characters aside.

    A figure or a word in Latin letters is held as a whole: 13.1亿 does not hold 3.1亿, 十三亿 not 三亿, said not AI.
    """
    found = _close(text)
    return any(re.search(_bounded(_close(fact)), found) for fact in alternatives if _close(fact))


_CHINESE_FIGURES = "〇零一二三四五六七八九十百千万亿两"


def _close(text: str) -> str:
    """Fold a text and leave blanks only between Latin words and figures, one each."""
    return re.sub(r"(?<![a-z0-9]) | (?![a-z0-9])", "", " ".join(fold(text).split()))


@cache
def _bounded(fact: str) -> str:
    before = after = ""
    if fact[0].isascii() and fact[0].isdigit():
        before = r"(?<![\d\-−])(?<!\d[.,])"
    elif fact[0].isascii() and fact[0].isalpha():
        before = r"(?<![a-z])"
    elif fact[0] in _CHINESE_FIGURES:
        before = f"(?<![{_CHINESE_FIGURES}第])"
    if fact[-1].isascii() and fact[-1].isdigit():
        after = r"(?!\d|[.,]\d)"
    elif fact[-1].isascii() and fact[-1].isalpha():
        after = r"(?![a-z])"
    return f"{before}{re.escape(fact)}{after}"


def character_f1(prediction: str, reference: str) -> float:
    """Give the F1 of CMRC 2018's script: the longest common run of characters and words, over the length of each."""
    mine, theirs = _pieces(prediction), _pieces(reference)
    common = _longest_common(mine, theirs)
    if not common:
        return 0.0
    precision, recall = common / len(mine), common / len(theirs)
    return 2 * precision * recall / (precision + recall)


_MARKS = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")


def _pieces(text: str) -> list[str]:
    """Cut as CMRC's script does: marks are left out, Han characters stand by themselves, other letters in runs."""
    plain = "".join(c for c in text.lower().strip() if c not in _MARKS)
    return re.findall(r"[\u4e00-\u9fa5]|[^\u4e00-\u9fa5\s]+", plain)


def _longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    best = 0
    row = [0] * (len(other) + 1)
    for a in one:
        before = 0
        for n, b in enumerate(other, 1):
            before, row[n] = row[n], before + 1 if a == b else 0
            best = max(best, row[n])
    return best


def ranking_metrics(
    rankings: Mapping[str, Sequence[str]], qrels: Mapping[str, frozenset[str]]
) -> dict[str, dict[str, float]]:
    """Give Recall@k, nDCG@10 and RR of each question, by ir-measures; 0 for a question without a ranking.

    Sources: Järvelin and Kekäläinen 2002 (nDCG), Kantor and Voorhees 2000 (RR).
    """
    import ir_measures
    from ir_measures import RR, R, nDCG

    measures = [*(R @ k for k in DEPTHS), nDCG @ 10, RR]
    judged = [ir_measures.Qrel(q, p, 1) for q, paragraphs in qrels.items() for p in sorted(paragraphs)]
    run = [
        ir_measures.ScoredDoc(q, p, float(_DEEPEST - n))
        for q, ranking in rankings.items()
        for n, p in enumerate(ranking[:_DEEPEST])
    ]
    found: dict[str, dict[str, float]] = {q: {_named(m): 0.0 for m in measures} for q in qrels}
    for value in ir_measures.iter_calc(measures, judged, run):
        found[value.query_id][_named(value.measure)] = float(value.value)
    return found


def _named(measure: Any) -> str:
    name = str(measure)
    return f"Recall{name[1:]}" if name.startswith("R@") else "MRR" if name == "RR" else name


def _ranked(name: str, gold: Gold, _: Result) -> float | None:
    return gold.ranks.get(name, 0.0) if gold.relevant else None


def _cited(result: Result) -> set[str]:
    return {c["paragraph"] for s in result.shown for c in s["citations"]}


def _citation_recall(gold: Gold, result: Result) -> float | None:
    if not gold.relevant:
        return None
    cited = _cited(result)
    return sum(bool(cited & one) for one in gold.relevant) / len(gold.relevant)


def _citation_precision(gold: Gold, result: Result) -> float | None:
    cited = _cited(result)
    if not gold.relevant or not cited:
        return None
    return len(cited & gold.paragraphs) / len(cited)


def _supported(_: Gold, result: Result) -> float | None:
    return sum(result.judged) / len(result.judged) if result.judged else None


def _fact_recall(gold: Gold, result: Result) -> float | None:
    facts = gold.question.facts
    return sum(holds(result.text, fact) for fact in facts) / len(facts) if facts else None


def _right(gold: Gold, result: Result) -> float | None:
    """A right refusal, or an answer that holds every fact."""
    if not gold.question.answerable:
        return float(not result.answered)
    return float(_fact_recall(gold, result) == 1) if gold.question.facts else None


def _visible(gold: Gold, result: Result) -> float | None:
    """Whether the sentences shown in place of an answer hold every fact."""
    if not gold.question.facts or result.answered or result.failed:
        return None
    nearest = "".join(s["text"] for s in (result.answer or {}).get("nearest", ()))
    return float(all(holds(nearest, fact) for fact in gold.question.facts))


def _overlap(gold: Gold, result: Result, measure: Callable[[str, str], float]) -> float | None:
    return (
        max(measure(result.text, reference) for reference in gold.question.answers) if gold.question.answers else None
    )


def _exact(prediction: str, reference: str) -> float:
    return float(_pieces(prediction) == _pieces(reference))


def _chrf(prediction: str, reference: str) -> float:
    from sacrebleu.metrics.chrf import CHRF

    return float(CHRF().sentence_score(prediction, [reference]).score) / 100


def _false_refusal(gold: Gold, result: Result) -> float | None:
    return float(not result.answered) if gold.question.answerable else None


def _false_answer(gold: Gold, result: Result) -> float | None:
    return None if gold.question.answerable else float(result.answered)


def _of_sentences(of: Callable[[Result], float], _: Gold, result: Result) -> float | None:
    return of(result) if result.answered else None


def _withheld(_: Gold, result: Result) -> float | None:
    sentences = (result.answer or {}).get("sentences", ())
    return sum(s["status"] == "withheld" for s in sentences) / len(sentences) if sentences else None


def _has_gold(question: GoldQuestion) -> bool:
    return not question.answerable or bool(question.facts)


def _has_facts(question: GoldQuestion) -> bool:
    return bool(question.facts)


def _has_relevant(question: GoldQuestion) -> bool:
    return bool(question.relevant)


def _has_answers(question: GoldQuestion) -> bool:
    return bool(question.answers)


_IR = "ir-measures (MacAvaney et al. 2022)"
_ALCE = "after ALCE (Gao et al. 2023, arXiv 2305.14627), against gold paragraphs"
_CMRC = "CMRC 2018 (Cui et al. 2019, arXiv 1810.07366), its evaluation script"
_OWN = "Yinju"
METRICS: Mapping[str, Metric] = {
    m.name: m
    for m in (
        Metric(
            "right",
            "share of questions answered with every key fact, or rightly refused",
            "答对率：要点齐全，或该拒答而拒答",
            _OWN,
            _right,
            yes_no=True,
            of_failed=_has_gold,
        ),
        Metric(
            "fact recall",
            "share of a question's key facts that the answer holds",
            "要点召回",
            "after RAGChecker (Ru et al. 2024, arXiv 2408.08067), facts as strings",
            _fact_recall,
            of_failed=_has_facts,
        ),
        Metric(
            "support",
            "share of shown sentences whose citation supports them, by the judge",
            "引文支持率",
            "after ALCE's citation recall (arXiv 2305.14627)",
            _supported,
            of_failed=_has_relevant,
        ),
        Metric(
            "citation recall",
            "share of the gold paragraphs that are cited",
            "引文召回",
            _ALCE,
            _citation_recall,
            of_failed=_has_relevant,
        ),
        Metric(
            "citation precision",
            "share of the cited paragraphs that are gold",
            "引文精确",
            _ALCE,
            _citation_precision,
            of_failed=_has_relevant,
        ),
        Metric(
            "false refusal",
            "share of answerable questions that are not answered: refused, or doubtful",
            "误拒率",
            _OWN,
            _false_refusal,
            yes_no=True,
        ),
        Metric(
            "false answer",
            "share of unanswerable questions that are answered",
            "误答率",
            _OWN,
            _false_answer,
            yes_no=True,
        ),
        Metric(
            "visible when not answered",
            "share of the answerable questions not answered of which every key fact stands in the nearest sentences",
            "未答而最近句含要点",
            _OWN,
            _visible,
            yes_no=True,
        ),
        *(
            Metric(
                f"Recall@{k}",
                f"share of the gold paragraphs among the first {k}",
                f"前 {k} 段召回",
                _IR,
                partial(_ranked, f"Recall@{k}"),
                of_failed=_has_relevant,
            )
            for k in DEPTHS
        ),
        Metric(
            "nDCG@10",
            "discounted gain of the first 10 paragraphs",
            "前 10 段排序质量",
            _IR,
            partial(_ranked, "nDCG@10"),
            of_failed=_has_relevant,
        ),
        Metric(
            "MRR",
            "reciprocal rank of the first gold paragraph",
            "首个相关段落倒数排名",
            _IR,
            partial(_ranked, "MRR"),
            of_failed=_has_relevant,
        ),
        Metric(
            "F1",
            "overlap with the reference: longest common run of characters",
            "与参考答案的重合 F1",
            _CMRC,
            partial(_overlap, measure=character_f1),
            of_failed=_has_answers,
        ),
        Metric(
            "EM",
            "the answer is the reference, marks aside",
            "与参考答案完全一致",
            _CMRC,
            partial(_overlap, measure=_exact),
            of_failed=_has_answers,
            yes_no=True,
        ),
        Metric(
            "chrF",
            "overlap of character n-grams with the reference",
            "字符 n 元组重合",
            "sacrebleu (Popović 2015)",
            partial(_overlap, measure=_chrf),
            of_failed=_has_answers,
        ),
        Metric(
            "withheld",
            "share of drafted sentences that are withheld",
            "不予采用的句子",
            _OWN,
            _withheld,
        ),
        Metric(
            "sentences",
            "sentences of an answer",
            "回答句数",
            _OWN,
            partial(_of_sentences, lambda r: float(len(r.shown))),
            unit="sentences",
        ),
        Metric(
            "characters",
            "characters of an answer",
            "回答字数",
            _OWN,
            partial(_of_sentences, lambda r: float(len(r.text))),
            unit="characters",
        ),
    )
}


def measured(gold: Gold, result: Result) -> dict[str, float]:
    """Measure one answer: every metric that applies; after an error the worst value of each that could have."""
    if result.failed:
        return {name: 0.0 for name, metric in METRICS.items() if metric.of_failed(gold.question)}
    values = {name: metric.value(gold, result) for name, metric in METRICS.items()}
    return {name: value for name, value in values.items() if value is not None}
