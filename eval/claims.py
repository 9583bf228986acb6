"""Claims written or drafted about passages, each labelled by readers: what of them is shown, what is withheld.

python -m eval.claims FILE.jsonl … [--part tune|test] [--misses]

A line holds a passage with its title, date and section, a question, a sentence and its label: `said`, `said otherwise`
or `not said`. The verifier is given the passage among others of the same file, as it would be given evidence.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from eval.sets import AnsweredQuestion, read_answered
from eval.statistics import interval
from rag.markers import DraftedSentence
from rag.schema import Article, Evidence, Paragraph, Sentence
from rag.text.script import is_han

__all__ = ["LABELS", "WrittenClaim", "answers_as_claims", "article_of", "evidence_of", "read_claims", "table"]

LABELS = ("said", "said otherwise", "not said")
_BESIDE = 4  # other passages in the evidence


@dataclass(frozen=True, slots=True)
class WrittenClaim:
    """A sentence about a passage, and whether the passage says it."""

    id: str
    document: str
    lang: str
    title: str
    date: str
    section: str
    passage: str
    question: str
    sentence: str
    label: str
    kind: str

    @property
    def part(self) -> str:
        """To tune on, or to test on: documents alternate."""
        return "tune" if int(self.document) % 2 else "test"

    @property
    def key(self) -> str:
        """Of its document, over all files."""
        return f"{self.id.split('-')[0]}-{self.document}"


def read_claims(path: Path) -> list[WrittenClaim]:
    """Read a file of claims. Raises ValueError where a line is none."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(line)
        try:
            claim = WrittenClaim(**{name: row[name] for name in WrittenClaim.__dataclass_fields__})
        except KeyError as error:
            raise ValueError(f"{path}, line {number}: no {error}") from error
        if claim.label not in LABELS:
            raise ValueError(f"{path}, line {number}: label {claim.label!r} is none of {', '.join(LABELS)}")
        found.append(claim)
    return found


def answers_as_claims(texts: Path, questions: Path, most: int) -> list[WrittenClaim]:
    """Make claims of a set in SQuAD's format: gold answers are said, those of other questions of the paragraph not."""
    rows, asked = read_answered(texts, questions)
    passages = {row["id"]: row["text"] for row in rows}
    by_paragraph: dict[str, list[AnsweredQuestion]] = defaultdict(list)
    for question in asked:
        by_paragraph[question.paragraph].append(question)
    found: list[WrittenClaim] = []
    for question in asked[:: max(1, len(asked) // most)]:
        others = [q.answers[0] for q in by_paragraph[question.paragraph] if q.answers[0] not in question.answers]
        said = [(question.answers[0], "said"), *((text, "not said") for text in others[:1])]
        passage = passages[question.paragraph]
        lang = "zh" if is_han(passage) else "en"
        for text, label in said:
            claim = ("", "", "", passage, question.text, text, label, "short answer")
            found.append(WrittenClaim(f"{texts.stem}-{len(found)}", question.paragraph, lang, *claim))
    return found


def evidence_of(claims: Sequence[WrittenClaim]) -> Iterator[tuple[WrittenClaim, list[Evidence], dict[str, Article]]]:
    """Give each claim with its passage at some rank among passages of other documents."""
    firsts = {c.key: c for c in claims}
    keys = list(firsts)
    articles = {key: Article(key, f"{key}.txt", c.title, date=c.date) for key, c in firsts.items()}
    paragraphs = {key: _paragraph(key, c) for key, c in firsts.items()}
    for number, claim in enumerate(claims):
        at = keys.index(claim.key)
        others = [keys[(at + n) % len(keys)] for n in range(1, min(_BESIDE, len(keys) - 1) + 1)]
        others.insert(number % (len(others) + 1), claim.key)
        yield claim, [Evidence(paragraphs[key], rank, 0.5) for rank, key in enumerate(others, 1)], articles


def _paragraph(key: str, claim: WrittenClaim) -> Paragraph:
    context = " › ".join(x for x in (claim.title, claim.section) if x)
    return Paragraph(
        key, key, f"{key}.txt", claim.passage, ((0, len(claim.passage)),), section=claim.section, context=context
    )


def article_of(articles: Mapping[str, Article], paragraph: Paragraph) -> Article:
    """Give the article of a passage."""
    return articles[paragraph.article]


def table(rows: Sequence[tuple[WrittenClaim, Sentence]]) -> str:
    """Write what became of claims, by label, language and kind, as Markdown."""
    lines = ["| claims | number | supported | paraphrased | withheld |", "|---|---:|---:|---:|---:|"]
    groups: dict[str, list[str]] = defaultdict(list)
    for claim, sentence in rows:
        for group in (f"**{claim.label}**", f"{claim.label}, {claim.lang}"):
            groups[group].append(sentence.status)
    for group in sorted(groups):
        counts = Counter(groups[group])
        total = len(groups[group])
        shares = " | ".join(f"{counts[s] / total:.1%}" for s in ("supported", "paraphrased", "withheld"))
        lines.append(f"| {group} | {total} | {shares} |")
    return "\n".join(lines)


def main() -> None:
    """Judge the claims of files and print what became of them."""
    from rag.embed.registry import load_encoder
    from rag.verify.check import Checker

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--part", choices=("tune", "test", "all"), default="all")
    parser.add_argument("--misses", action="store_true", help="print what is shown or withheld wrongly")
    parser.add_argument("--encoder", default="bundled")
    settings = parser.parse_args()
    claims = [c for path in settings.files for c in read_claims(path)]
    claims = [c for c in claims if settings.part in (c.part, "all")]
    encoder = load_encoder(settings.encoder)
    rows = []
    for claim, evidence, articles in evidence_of(claims):
        checker = Checker(partial(article_of, articles), encoder=encoder)
        rows.append((claim, checker.check(DraftedSentence(claim.sentence, ()), evidence, claim.question)))
    print(table(rows))
    for truth, what in ((True, "true ones shown"), (False, "false ones withheld")):
        good = [float((s.status != "withheld") == truth) for c, s in rows if (c.label != "not said") == truth]
        low, high = interval(good)
        print(f"{what}: {sum(good) / max(len(good), 1):.3f} [{low:.3f}, {high:.3f}], n = {len(good)}")
    if settings.misses:
        for claim, sentence in rows:
            if (sentence.status != "withheld") != (claim.label != "not said"):
                print(f"{claim.id} {claim.label} ({claim.kind}) → {sentence.status} {sentence.reason}")
                print(f"    {claim.sentence}")


if __name__ == "__main__":
    main()
