"""A run for people to read: one HTML page that needs nothing else, Markdown, CSV, a few lines of text."""

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.charts import curve_svg
from eval.metrics import DEPTHS, METRICS, holds
from eval.runs import Run
from eval.summary import Figure, Summary

__all__ = ["WRITERS", "as_csv", "as_html", "as_markdown", "as_text"]

_HEADLINE = (
    "right",
    "fact recall",
    "support",
    "citation recall",
    "citation precision",
    "false refusal",
    "false answer",
)
_TABLE = ("right", "fact recall", "citation recall", "citation precision", "nDCG@10", "false refusal", "false answer")
_TEMPLATE = Path(__file__).with_name("report.html.j2")


def as_text(name: str, summary: Summary) -> str:
    """Give the figures in a few lines."""
    lines = [f"{name}: {summary.all.questions} questions, {summary.errors} errors"]
    for metric, figure in summary.all.figures.items():
        lines.append(f"  {metric:20} {_figure(figure):>8}  {_interval(figure):16} n = {figure.questions}")
    lines.append(f"  {'AUROC of refusal':20} {_number(summary.auroc):>8}")
    lines.append("  seconds: " + ", ".join(f"p{p} {s:.3f}" for p, s in summary.seconds.items()))
    return "\n".join(lines)


def as_html(run: Run, summary: Summary) -> str:
    """Write one page: no part of it is fetched from anywhere."""
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(figure=_figure, interval=_interval, number=_number)
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        run=run,
        summary=summary,
        metrics=METRICS,
        headline=[summary.all.figures[name] for name in _HEADLINE if name in summary.all.figures],
        columns=[name for name in _TABLE if name in summary.all.figures],
        titles={"kind": "题型 · by kind", "language": "语言 · by language", "tag": "标签 · by tag"},
        charts=_charts(run, summary),
        questions=[_question(run, n, summary) for n in range(len(run.gold))],
        texts=run.about["gold paragraphs"],
    )


def as_markdown(run: Run, summary: Summary) -> str:
    """Write the tables."""
    lines = [
        f"# {run.name}",
        "",
        f"{run.gold_set.card.name}, revision {run.gold_set.card.revision}; {run.about['generator']}",
    ]
    lines += ["", "| metric | figure | 95 % interval | questions | definition |", "|---|---:|---|---:|---|"]
    for name, figure in summary.all.figures.items():
        metric = METRICS[name]
        told = f"{metric.definition} ({metric.source})"
        lines.append(f"| {name} | {_figure(figure)} | {_interval(figure)} | {figure.questions} | {told} |")
    lines += [f"| AUROC of refusal | {_number(summary.auroc)} | | | |", f"| errors | {summary.errors} | | | |"]
    for by, groups in summary.groups.items():
        columns = [name for name in _TABLE if name in summary.all.figures]
        lines += ["", f"| {by} | questions | {' | '.join(columns)} |", "|---|---:|" + "---:|" * len(columns)]
        for group in groups:
            cells = (_figure(group.figures[c]) if c in group.figures else "" for c in columns)
            lines.append(f"| {group.name} | {group.questions} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def as_csv(run: Run, summary: Summary) -> str:
    """Write a row for each question."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", "question", "kind", "lang", "tags", "answerable", "status", "answer", "seconds", *METRICS])
    for gold in run.gold:
        q, result = gold.question, run.result_of(gold)
        status = "error" if result.failed else str((result.answer or {})["status"])
        values = (summary.values[q.id].get(name, "") for name in METRICS)
        row = [q.id, q.question, q.kind, q.lang, " ".join(q.tags), q.answerable, status, result.text, result.seconds]
        writer.writerow([_cell(x) for x in (*row, *values)])
    return out.getvalue()


WRITERS: Mapping[str, Callable[[Run, Summary], str]] = {".html": as_html, ".md": as_markdown, ".csv": as_csv}


def _cell(value: object) -> object:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _charts(run: Run, summary: Summary) -> Sequence[tuple[str, str]]:
    seconds = sorted(r.seconds for g in run.gold if not (r := run.result_of(g)).failed)
    steps = [(s, (n + 1) / len(seconds)) for n, s in enumerate(seconds)]
    depths = [(float(k), f.mean) for k in DEPTHS if (f := summary.all.figures.get(f"Recall@{k}"))]
    return [
        (title, curve_svg(points, x, y, top=top))
        for title, points, x, y, top in (
            (
                "风险与覆盖 · risk by coverage",
                summary.risk,
                "回答的比例 · share answered",
                "其中答错 · share wrong",
                1.0,
            ),
            ("检索深度 · retrieval by depth", depths, "前 k 段 · first k", "召回 · recall", 1.0),
            ("用时 · latency", steps, "秒 · seconds", "题目比例 · share of questions", 1.0),
        )
        if points
    ]


def _question(run: Run, n: int, summary: Summary) -> dict[str, Any]:
    """Give what the page shows of a question."""
    gold = run.gold[n]
    result = run.result_of(gold)
    values = summary.values[gold.question.id]
    verdict = (
        "error" if result.failed else "right" if values.get("right") == 1 else "wrong" if "right" in values else "open"
    )
    answer = result.answer or {}
    facts = [(fact, holds(result.text, fact)) for fact in gold.question.facts]
    return {
        "gold": gold,
        "result": result,
        "answer": answer,
        "values": {name: values[name] for name in _TABLE if name in values},
        "verdict": verdict,
        "facts": facts,
        "judged": dict(zip([s["text"] for s in result.shown], result.judged, strict=False)),
    }


def _figure(figure: Figure) -> str:
    unit = METRICS[figure.metric].unit
    return f"{figure.mean:.1f}" if unit else f"{figure.mean:.3f}"


def _interval(figure: Figure) -> str:
    if math.isnan(figure.low):
        return ""
    digits = 1 if METRICS[figure.metric].unit else 3
    return f"[{figure.low:.{digits}f}, {figure.high:.{digits}f}]"


def _number(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:.3f}"
