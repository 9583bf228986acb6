"""A sidecar corrects what the rules made."""

import shutil
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.ingest.paragraphs import ingest
from tests.conftest import PAGE


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copy(PAGE, tmp_path / "page.txt"))


def test_facts_and_blocks_are_corrected(copy: Path) -> None:
    copy.with_suffix(".toml").write_text(
        """
date = 2025-09-23
[[article]]
first_words = "消费是拉动"
title = "以数字经济提振消费"
[[article]]
number = 1
authors = ["张辉", "李四"]
[[block]]
first_words = "鲜明特征"
continues = ""
[[block]]
first_words = "本版编辑"
role = "body"
""",
        encoding="utf-8",
    )
    found = ingest(copy, copy.name)
    assert found.articles[1].title == "以数字经济提振消费"
    assert not found.articles[1].title_missing
    assert found.articles[0].authors == ("张辉", "李四")
    assert {a.date for a in found.articles} == {"2025-09-23"}
    texts = [p.text for p in found.paragraphs]
    assert any(t.startswith("鲜明特征") for t in texts)
    assert any(t.startswith("本版编辑") for t in texts)


def test_a_document_is_corrected(tmp_path: Path) -> None:
    path = tmp_path / "通知.md"
    path.write_text("# 误认的题\n\n真正的题目\n\n第一句话没有\n\n打印本页\n\n说完。第二句。\n", encoding="utf-8")
    path.with_suffix(".toml").write_text(
        """
[[article]]
number = 1
title = "真正的题目"
issuer = "青石县人民政府"
number_of_document = "青政发〔2025〕1号"
in_force = 2025-06-01
amended = "2025-03-17"
[[block]]
first_words = "说完"
continues = "第一句"
[[block]]
first_words = "打印本页"
role = "imprint"
[[block]]
first_words = "误认"
role = "header"
[[block]]
first_words = "真正"
role = "heading"
""",
        encoding="utf-8",
    )
    found = ingest(path, path.name)
    (article,) = found.articles
    assert (article.title, article.issuer, article.number) == ("真正的题目", "青石县人民政府", "青政发〔2025〕1号")
    assert (article.in_force, article.amended) == ("2025-06-01", "2025-03-17")
    assert [p.text for p in found.paragraphs] == ["第一句话没有说完。第二句。"]
    assert found.paragraphs[0].context == "真正的题目"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[article", "no valid TOML"),
        ("datum = 1", "unknown datum"),
        ("date = 1", "date is 1, expected a date"),
        ("article = 5", "article is 5"),
        ('[[article]]\nnumber = "1"', "number is '1', expected a whole number"),
        ('[[article]]\nnumber = 1\nauthors = "张三"', "expected a list of names"),
        ("[[block]]\nfirst_words = 5", "first_words is 5, expected a text"),
        ('[[block]]\nfirst_words = "全体人民"\ncontinues = "鲜明"', "can only continue a block above it"),
        ('[[article]]\ntitle = "x"', "needs number or first_words"),
        ('[[article]]\nnumber = 9\ntitle = "x"', "0 articles match 9"),
        ('[[block]]\nfirst_words = "没有"\nrole = "body"', "0 blocks begin with"),
        ('[[block]]\nfirst_words = "人工智能是引领"\nrole = "body"', "2 blocks begin with"),
        ('[[block]]\nfirst_words = "鲜明"\nrole = "heros"', "role 'heros' is unknown"),
    ],
)
def test_mistakes_are_told(copy: Path, content: str, message: str) -> None:
    copy.with_suffix(".toml").write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        ingest(copy, copy.name)
