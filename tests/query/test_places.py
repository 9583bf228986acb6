"""Places that a text names: by lists, by what they are, and by what the articles are of."""

import pytest

from rag.query.places import named_places, place_of_title


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("上海去年的产值增长了多少？", ["上海"]),
        ("How much did output grow in Shanghai?", ["Shanghai"]),
        ("四川省和安徽的粮食产量", ["四川省", "安徽"]),
        ("2024年白岭镇建了几所学校？", ["白岭镇"]),
        ("上海位于中国的哪一部分？", ["上海"]),
        ("全省有多少个县？", []),
        ("城市和乡镇的居民", []),
        ("农村的道路由谁养护？", []),
        ("印度尼西亚去年的产值", ["印度尼西亚"]),
        ("市场监管部门在哪里？", []),
    ],
)
def test_places_are_found_and_what_only_sounds_like_one_is_not(text: str, names: list[str]) -> None:
    assert [place.text for place in named_places(text)] == names


def test_places_of_the_library_are_found_without_a_list() -> None:
    assert named_places("青石的财政收入") == []
    (place,) = named_places("青石的财政收入", ["青石县"])
    assert place.text == "青石县"
    assert place.is_in("青石县2024年报告")


def test_a_place_is_known_by_all_its_names() -> None:
    (place,) = named_places("上海的人口")
    assert place.is_in("shanghai has 25 million people")
    (place,) = named_places("四川省的人口")
    assert place.is_in("四川常住人口8364万")
    assert not place.is_in("安徽常住人口6121万")


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("四川省2024年国民经济和社会发展统计公报", "四川省"),
        ("2025年安徽省政府工作报告", "安徽省"),
        ("白岭镇养老服务办法", "白岭镇"),
        ("城市更新条例", ""),
        ("在大城市照料老人", ""),
        ("全市工作会议", ""),
    ],
)
def test_a_title_may_begin_with_its_place(title: str, place: str) -> None:
    assert place_of_title(title) == place
