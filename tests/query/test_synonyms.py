"""Short names are put as the articles do, where they do not know them."""

import pytest

from rag.query.synonyms import in_the_articles_words


@pytest.mark.parametrize(
    ("question", "held", "put"),
    [
        ("2025年GDP是多少？", {"地区生产总值"}, "2025年地区生产总值是多少？"),
        ("2025年GDP是多少？", {"国内生产总值"}, "2025年国内生产总值是多少？"),
        ("2025年gdp是多少？", {"地区生产总值", "GDP"}, "2025年gdp是多少？"),
        ("2025年GDP是多少？", set(), "2025年GDP是多少？"),
        ("人工智能有什么用？", {"AI"}, "AI有什么用？"),
        ("MAIN street", {"人工智能"}, "MAIN street"),
    ],
)
def test_a_name_that_no_article_holds_gives_way_to_one_that_some_do(question: str, held: set[str], put: str) -> None:
    assert in_the_articles_words(question, held.__contains__) == put
