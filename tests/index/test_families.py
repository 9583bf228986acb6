"""Families: which articles are states of one document, which is in force, and how a citation tells them apart."""

from pathlib import Path

import pytest

from rag.index.build import build_library
from rag.index.families import families, family_key
from rag.index.library import Library
from rag.schema import Article
from rag.verify.check import cite
from tests.conftest import HashingEmbedder, bundled

OLD = "# 青石县低保标准\n\n2023年1月1日起，城市低保标准为每人每月720元。\n"
NEW = "# 青石县低保标准\n\n2025年1月1日起，城市低保标准为每人每月860元。\n"


def article(title: str, **facts: str) -> Article:
    return Article(id=title + "".join(facts.values()), source="a.md", title=title, **facts)  # type: ignore[arg-type]


def test_states_of_one_regulation_are_a_family_with_the_newest_in_force_first() -> None:
    old = article("款项支付条例", date="2020-07-05", published="2020-07-05", in_force="2020-09-01")
    new = article("款项支付条例（2025年修订）", date="2025-03-17", amended="2025-03-17", in_force="2025-06-01")
    other = article("行政许可条例", date="2019-01-01", in_force="2019-02-01")
    (family,) = families([old, other, new], today="2026-01-01")
    assert [(s.article, s.label, s.in_force) for s in family.states] == [
        (new, "2025年修订", True),
        (old, "2020年", False),
    ]


@pytest.mark.parametrize(("today", "holds"), [("2025-05-31", "2020年"), ("2025-06-01", "2025年修订")])
def test_a_state_holds_from_its_day(today: str, holds: str) -> None:
    old = article("款项支付条例", date="2020-07-05", in_force="2020-09-01")
    new = article("款项支付条例", date="2025-03-17", amended="2025-03-17", in_force="2025-06-01")
    (family,) = families([new, old], today=today)
    assert [s.label for s in family.states if s.in_force] == [holds]


def test_states_of_one_year_are_told_apart_by_their_days() -> None:
    states = [article("损害赔偿解释条例", date=day, amended=day) for day in ("2022-04-04", "2022-04-24", "2020-12-29")]
    (family,) = families(states, today="2026-01-01")
    assert [s.label for s in family.states] == ["2022-04-24修订", "2022-04-04修订", "2020年修订"]


def test_a_repealed_state_is_not_in_force() -> None:
    old = article("款项支付条例", date="2020-07-05", in_force="2020-09-01")
    new = article("款项支付条例", date="2022-07-05", in_force="2022-09-01", repealed="2024-01-01")
    (family,) = families([old, new], today="2026-01-01")
    assert [s.article for s in family.states if s.in_force] == [old]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (article("万载县2015年统计公报", date="2016-01-01"), article("万载县2022年统计公报", date="2023-01-01")),
        (article("一周要闻", date="2025-01-01"), article("一周要闻", date="2025-01-08")),
        (article("款项支付条例", date="2020-07-05"), article("款项支付条例", date="2020-07-05")),
    ],
)
def test_a_series_news_and_copies_are_no_family(one: Article, other: Article) -> None:
    assert families([one, other]) == []


def test_a_working_title_has_no_key() -> None:
    assert family_key(Article(id="a", source="a.txt", title="款项支付条例", title_missing=True)) == ""


def test_a_citation_tells_the_states_apart_also_after_updates(tmp_path: Path) -> None:
    sources, library = tmp_path / "s", tmp_path / "l"
    sources.mkdir()
    models = HashingEmbedder(), bundled()
    (sources / "低保(2023-01-01).md").write_text(OLD, encoding="utf-8")
    build_library(library, [sources], *models)
    assert {a.version for a in _articles(library)} == {""}
    (sources / "低保(2025-01-01).md").write_text(NEW, encoding="utf-8")
    build_library(library, [sources], *models)
    found = {a.version: a.superseded_by for a in _articles(library)}
    assert found == {"2023年": "2025年", "2025年": ""}
    opened = Library(library)
    old = next(p for p in opened.paragraphs() if "720" in p.text)
    cited = cite(old, opened.article_of(old), 0, len(old.text))
    assert (cited.version, cited.date, cited.shown_article) == (
        "2023年",
        "2023-01-01",
        "《青石县低保标准》（2023年，已有2025年）",
    )
    (sources / "低保(2025-01-01).md").unlink()
    build_library(library, [sources], *models)
    assert {a.version for a in _articles(library)} == {""}


def _articles(library: Path) -> list[Article]:
    opened = Library(library)
    return [opened.article_of(p) for p in opened.paragraphs()]
