"""Follow-ups, and questions for several things."""

import pytest

from rag.embed.registry import bundled_folder
from rag.embed.static import StaticEmbedder
from rag.retrieve.parts import parts
from rag.retrieve.rewrite import MORE, stand_alone
from rag.schema import Turn

AGED = "2024年我国60岁及以上人口有多少？"


@pytest.fixture(scope="module")
def tokens() -> StaticEmbedder:
    return StaticEmbedder(bundled_folder())


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (AGED, "那65岁及以上呢？", "2024年我国65岁及以上人口有多少？"),
        (AGED, "那美国呢？", "2024年美国60岁及以上人口有多少？"),
        (AGED, "2023年呢？", "2023年我国60岁及以上人口有多少？"),
        (AGED, "为什么？", "2024年我国60岁及以上人口 为什么？"),
        (AGED, "还有呢？", f"{AGED} 还有呢？"),
        ("刘奕是谁？", "那杜庆昊呢？", "杜庆昊是谁？"),
        ("刘奕是谁？", "他写了什么？", "刘奕写了什么？"),
        ("刘奕写了什么？", "那杜庆昊呢？", "杜庆昊写了什么？"),
        ("数字经济如何影响消费？", "对就业有什么影响？", "数字经济对就业有什么影响？"),
        ("人工智能面临哪些挑战？", "怎么解决？", "人工智能面临挑战 怎么解决？"),
        ("人工智能面临哪些挑战？", "那数字经济呢？", "数字经济面临哪些挑战？"),
        ("什么是生活性服务业？", "那生产性服务业呢？", "什么是生产性服务业？"),
        ("習近平總書記2025年4月25日講了什麼？", "那4月26日呢？", "習近平總書記2025年4月26日講了什麼？"),
        ("2024年修订的办法里春节放几天？", "那2013年的版本呢？", "2013年修订的办法里春节放几天？"),
        ("青石镇敬老院有多少床位？", "那污水处理厂呢？", "青石镇污水处理厂有多少床位？"),
        ("青石镇的展销中心由谁负责？", "白岭镇的呢？", "白岭镇的展销中心由谁负责？"),
        ("2025年四川城镇新增就业多少人？", "江西呢？", "2025年江西城镇新增就业多少人？"),
        ("青石镇的展销中心投资多少？", "它什么时候开工？", "青石镇的展销中心投资 什么时候开工？"),
        ("青石镇的展销中心投资多少？", "由谁负责？", "青石镇的展销中心投资 由谁负责？"),
        ("Who is Liu Yi?", "What is his position?", "What is Liu Yi's position?"),
        ("Who is Liu Yi?", "What about Zhang Hui?", "Who is Zhang Hui?"),
        (AGED, "数字经济如何影响消费？", "数字经济如何影响消费？"),
        (AGED, "其他地区的情况", "其他地区的情况"),
        (AGED, "什么是数字经济？", "什么是数字经济？"),
        (AGED, "那农村呢？", f"{AGED} 那农村呢？"),
        (AGED, "占比呢？", f"{AGED} 占比呢？"),
        (AGED, "呢？", f"{AGED} 呢？"),
        ("人工智能有什么作用？", "吉他怎么弹？", "吉他怎么弹？"),
        ("数字经济是什么？", "他山之石指什么？", "他山之石指什么？"),
        ("What is AI?", "Is it true that robots paint cars?", "Is it true that robots paint cars?"),
        (
            AGED,
            "这篇文章认为人工智能核心技术攻关应当怎样开展以及依托什么优势？",
            "这篇文章认为人工智能核心技术攻关应当怎样开展以及依托什么优势？",
        ),
    ],
)
def test_a_follow_up_gets_back_what_it_leaves_out(
    before: str, question: str, expected: str, tokens: StaticEmbedder
) -> None:
    assert stand_alone(question, [Turn(before, "…")], tokens) == expected
    assert stand_alone(question, [], tokens) == question


def test_a_follow_up_of_a_follow_up_is_of_the_same_thing(tokens: StaticEmbedder) -> None:
    turns = [Turn("青石镇敬老院有多少床位？", "…"), Turn("那污水处理厂呢？", "…")]
    assert stand_alone("白岭镇呢？", turns, tokens) == "白岭镇污水处理厂有多少床位？"


def test_what_asks_for_more_is_told_from_what_asks_for_something_else() -> None:
    assert MORE.search("还有呢？")
    assert MORE.search("数字消费新势力有哪些？ 还有哪些？")
    assert MORE.search("What else?")
    assert not MORE.search("还有多少人口？")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "宝马和奔驰2021年的销量分别是多少？",
            [("宝马2021年的销量是多少？", "宝马"), ("奔驰2021年的销量是多少？", "奔驰")],
        ),
        ("全国2021年和2022年的棉花产量", [("全国2021年的棉花产量", "2021年"), ("全国2022年的棉花产量", "2022年")]),
        ("《人世间》的导演和编剧是谁？", [("《人世间》的导演是谁？", "导演"), ("《人世间》的编剧是谁？", "编剧")]),
        ("《心居》的主演有谁，导演是谁？", [("《心居》的主演有谁", ""), ("《心居》的导演是谁", "")]),
        ("德班世乒赛男女单打冠军是谁？", [("德班世乒赛男单打冠军是谁？", "男"), ("德班世乒赛女单打冠军是谁？", "女")]),
        ("供给和需求有什么关系？", []),
        (
            "2025年四川和江西谁的GDP增速更快，各是多少？",
            [("2025年四川GDP增速，是多少？", "四川"), ("2025年江西GDP增速，是多少？", "江西")],
        ),
        (
            "四川、安徽的粮食产量相比如何？",
            [("四川的粮食产量如何？", "四川"), ("安徽的粮食产量如何？", "安徽")],
        ),
        ("四川省成都市有多少人口？", []),
        ("2021年至2023年的产量是多少？", []),
        ("如何推动服务业和数字技术融合？", []),
        ("共和国是哪一年成立的？", []),
        ("《战争和和平》的作者是谁？", []),
        ("2024年我国60岁及以上人口有多少？", []),
    ],
)
def test_a_question_for_several_things_is_taken_apart(
    question: str, expected: list[tuple[str, str]], tokens: StaticEmbedder
) -> None:
    assert [(p.question, p.thing) for p in parts(question, tokens)] == expected
