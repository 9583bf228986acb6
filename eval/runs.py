"""A run: the answers of one configuration to one test set, in a folder that says what made them.

run.json        settings, versions, fingerprints, machine
set.jsonl       the questions, with their card set.toml
answers.jsonl   a line for each question, written as soon as it is answered
judged.jsonl    a line for each answer, by the judge
"""

import json
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from eval.gold import GoldSet, found_paragraphs, load_set, squeezed
from eval.metrics import DEPTHS, Gold, Result, ranking_metrics
from rag.assistant import Assistant
from rag.config import Settings
from rag.errors import EvaluationError, YinjuError
from rag.index.library import Library
from rag.session import index_sources, open_assistant

__all__ = ["Run", "answer_all", "judge_all", "load_run", "open_run"]

FORMAT = 1
_VERSIONS = ("yinju", "numpy", "faiss-cpu", "tantivy", "torch", "transformers", "sentence-transformers")
_SAME = ("set", "settings", "fingerprints")  # what must not change when a run goes on
Judge = Callable[[Result, Mapping[str, str]], Sequence[bool]]


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run."""

    folder: Path
    about: Mapping[str, Any]
    gold_set: GoldSet
    gold: tuple[Gold, ...]
    results: Mapping[str, Result]

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.resolve().name

    def result_of(self, gold: Gold) -> Result:
        """Give what came of a question."""
        return self.results.get(gold.question.id) or Result(gold.question.id, error="not asked")


def open_run(folder: Path, gold_set: GoldSet, settings: Settings, jobs: int = 1) -> tuple[Assistant, set[str]]:
    """Begin a run, or go on with one that was interrupted: give the assistant and the ids that are answered.

    Raises EvaluationError when the folder holds another run.
    """
    _check_free(folder)
    made = settings
    if gold_set.corpus:
        made = replace(settings, library=folder / "library")
        index_sources(made, [gold_set.corpus])
    assistant = open_assistant(made)
    about = _about(gold_set, settings, assistant)
    written = folder / "run.json"
    if written.is_file():
        before = _json(written)
        changed = [name for name in _SAME if before.get(name) != json.loads(json.dumps(about[name]))]
        if changed:
            raise EvaluationError(
                f"{folder} holds a run with another {' and '.join(changed)}: give a new folder with --out"
            )
    else:
        golds = _golds(gold_set, assistant.library)
        references = {g.question.id: [sorted(r) for r in g.relevant] for g in golds}
        library = assistant.library
        named = sorted({name for g in golds for name in g.paragraphs})
        texts = {name: library.paragraph(row).text for name in named if (row := library.row_of(name)) is not None}
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(gold_set.path, folder / "set.jsonl")
        shutil.copyfile(gold_set.path.with_suffix(".toml"), folder / "set.toml")
        corpus = str(gold_set.corpus.resolve()) if gold_set.corpus else ""
        _write(written, {**about, "jobs": jobs, "corpus": corpus, "references": references, "gold paragraphs": texts})
    return assistant, {r.id for r in _results(folder) if not r.failed}


def answer_all(
    folder: Path,
    gold_set: GoldSet,
    assistant: Assistant,
    done: set[str],
    *,
    jobs: int = 1,
    progress: Callable[[Iterable[Any], str, int], Iterable[Any]],
) -> None:
    """Ask what is not answered yet; each answer is on disk before the next is shown as done."""
    left = [q for q in gold_set.questions if q.id not in done]
    kept = [row for row in _lines(folder / "answers.jsonl") if row["id"] in done]
    _write_lines(folder / "answers.jsonl", kept)  # without what was cut off, or failed and is asked again

    def asked(n: int) -> dict[str, Any]:
        return _asked(assistant, left[n].id, left[n].question, left[n].history)

    with (folder / "answers.jsonl").open("a", encoding="utf-8") as out, ThreadPoolExecutor(jobs) as pool:
        rows = pool.map(asked, range(len(left))) if jobs > 1 else map(asked, range(len(left)))
        for row in progress(rows, "ask", len(left)):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()


def judge_all(
    folder: Path, judge: Judge, name: str, *, progress: Callable[[Iterable[Any], str, int], Iterable[Any]]
) -> None:
    """Have every answer judged that is not; what is judged stays when the judge fails. Raises EvaluationError."""
    results = {r.id: r for r in _results(folder)}
    done = _judged(folder, name, results)
    left = [r for r in results.values() if r.shown and r.id not in done]
    _write_lines(folder / "judged.jsonl", _lines(folder / "judged.jsonl"))  # without what was cut off
    with (folder / "judged.jsonl").open("a", encoding="utf-8") as out:
        for result in progress(left, "judge", len(left)):
            texts = {e["paragraph"]: e["text"] for e in (result.answer or {}).get("evidence", ())}
            verdicts = list(judge(result, texts))
            row = {"id": result.id, "judge": name, "answer": _digest(result), "sentences": verdicts}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()
    _write(folder / "run.json", {**_json(folder / "run.json"), "judge": name})  # the one whose verdicts count


def load_run(folder: Path) -> Run:
    """Read a run. Raises EvaluationError when it is none, or not finished."""
    if not (folder / "run.json").is_file():
        raise EvaluationError(f"{folder} is no run: make one with `yinju eval run SET --out {folder}`")
    about = _json(folder / "run.json")
    if about.get("format") != FORMAT or not {"references", "gold paragraphs", *_SAME} <= set(about):
        raise EvaluationError(f"{folder} was written by another version of Yinju: run the set again")
    gold_set = load_set(folder / "set.jsonl")
    results = {r.id: r for r in _results(folder)}
    judge = about.get("judge", "")
    judged = _judged(folder, judge, results)
    results = {name: replace(r, judged=judged.get(name, ())) for name, r in results.items()}
    missing = [q.id for q in gold_set.questions if q.id not in results]
    if missing:
        raise EvaluationError(
            f"{folder} is not finished: {len(missing)} of {len(gold_set.questions)} questions are not asked; "
            "go on with the same `yinju eval run`"
        )
    references = about["references"]
    qrels = {q: frozenset().union(*map(frozenset, found)) for q, found in references.items() if found}
    ranks = ranking_metrics({q: results[q].ranking for q in qrels}, qrels)
    gold = tuple(
        Gold(q, tuple(frozenset(r) for r in references.get(q.id, ())), ranks.get(q.id, {})) for q in gold_set.questions
    )
    return Run(folder, about, gold_set, gold, results)


def _asked(assistant: Assistant, name: str, question: str, history: Sequence[Any]) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        answer = assistant.ask(question, history)
    except YinjuError as error:
        return {"id": name, "error": str(error), "seconds": round(time.perf_counter() - began, 6)}
    seconds = time.perf_counter() - began
    ranking = [e.paragraph.id for e in assistant.evidence_for(answer.searched_for, max(DEPTHS))]
    return {
        "id": name,
        "answer": answer.to_json(),
        "ranking": ranking,
        "odds": round(max(min(answer.odds, 99.0), -99.0), 4),
        "seconds": round(seconds, 6),
    }


def _about(gold_set: GoldSet, settings: Settings, assistant: Assistant) -> dict[str, Any]:
    manifest = assistant.library.manifest
    sources = sorted((s.name, s.sha256, s.sidecar_sha256) for s in manifest.sources)
    return {
        "format": FORMAT,
        "set": {"name": gold_set.card.name, "revision": gold_set.card.revision, "sha256": gold_set.card.sha256},
        "settings": {k: str(v) for k, v in asdict(settings).items()},
        "fingerprints": {
            "library": manifest.fingerprint,
            "texts": sha256(json.dumps([sources, manifest.ingest]).encode()).hexdigest()[:16],
            "embedder": manifest.embedder_fingerprint,
            "generator": assistant.generator.fingerprint,
        },
        "generator": assistant.generator.name,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _VERSIONS}},
        "machine": {"system": platform.platform(), "processor": platform.machine(), "cores": os.cpu_count()},
        "begun": time.strftime("%Y-%m-%d %H:%M:%S %z"),
    }


def _golds(gold_set: GoldSet, library: Library) -> list[Gold]:
    """Resolve the references of a set. Raises EvaluationError when one is broken."""
    folded = {}
    if any(r.quote for q in gold_set.questions for r in q.relevant):
        folded = {p.id: squeezed(p.text) for p in library.paragraphs()}
    golds = []
    for question in gold_set.questions:
        found = found_paragraphs(question, library, folded)
        for reference, names in zip(question.relevant, found, strict=True):
            if len(names) != 1:
                where = f"stands in {len(names)} paragraphs of the library" if names else "the library does not hold"
                raise EvaluationError(
                    f"{gold_set.path}: question {question.id} refers to {reference.paragraph or reference.quote!r}, "
                    f"which {where}: index the articles that the set asks about, or see `yinju eval lint`"
                )
        golds.append(Gold(question, tuple(frozenset(f) for f in found)))
    return golds


def _check_free(folder: Path) -> None:
    begun = {"library", "set.jsonl", "set.toml", "run.partial"}  # what a run that ended at its start leaves
    if folder.exists() and (
        not folder.is_dir()
        or not ((folder / "run.json").is_file() or {path.name for path in folder.iterdir()} <= begun)
    ):
        raise EvaluationError(f"{folder} holds something else than a run: give a new folder with --out")


def _judged(folder: Path, judge: str, results: Mapping[str, Result]) -> dict[str, tuple[bool, ...]]:
    """Give the verdicts of one judge on the answers as they are now."""
    return {
        row["id"]: tuple(row["sentences"])
        for row in _lines(folder / "judged.jsonl")
        if row["judge"] == judge and row["id"] in results and row["answer"] == _digest(results[row["id"]])
    }


def _digest(result: Result) -> str:
    said = [[s["text"], [[c["paragraph"], c["quote"]] for c in s["citations"]]] for s in result.shown]
    return sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


def _results(folder: Path) -> Iterator[Result]:
    for row in _lines(folder / "answers.jsonl"):
        yield Result(
            row["id"],
            row.get("answer"),
            row.get("error", ""),
            tuple(row.get("ranking", ())),
            row.get("odds"),
            row.get("seconds", 0.0),
        )


def _lines(path: Path) -> list[dict[str, Any]]:
    """Read the lines of a file that grows; a last one that was cut off is left out. Raises EvaluationError."""
    if not path.is_file():
        return []
    lines = path.read_bytes().split(b"\n")
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line.decode("utf-8")) if line else {}
            if line and (not isinstance(found, dict) or "id" not in found):
                raise ValueError("no object with an id")
            rows += [found] if line else []
        except ValueError as error:
            if number < len(lines):
                raise EvaluationError(
                    f"{path} line {number} is damaged ({error}): take the line out and go on with `yinju eval run`"
                ) from error
    return rows


def _write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    partial.replace(path)


def _write(path: Path, row: Mapping[str, Any]) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(row, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path} can't be read ({error}): run the set again into a new folder") from error
    return found if isinstance(found, dict) else {}
