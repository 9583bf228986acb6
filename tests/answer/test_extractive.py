"""Answers in the articles' words, and refusals."""

import json
from pathlib import Path

import pytest

from eval.sets import assistant_of
from rag.answer.demands import required_form
from rag.answer.kinds import SIGNS, Asked, asked_for, defines, signs
from rag.answer.ranking import SentenceRanker
from rag.answer.reasons import DECLINED, UNSUPPORTED, in_chinese
from rag.assistant import Assistant, Found
from rag.config import Settings
from rag.errors import GeneratorError
from rag.schema import Answer, Evidence, Sentence, Turn
from rag.session import index_sources, open_retriever
from rag.text.folding import fold


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("2024年我国60岁及以上人口有多少？", "3.1亿"),
        ("到2035年有多少人口生活在城市社区？", "70%"),
        ("刘奕是谁？", "财经战略研究院"),
        ("who is 刘奕?", "财经战略研究院"),
        ("杜庆昊是什么人", "中央党校"),
        ("什么是生活性服务业？", "是指满足居民最终消费需求的服务活动"),
        ("我國60歲以上老年群體互聯網普及率是多少", "超过50%"),
        ("习近平总书记2025年4月25日讲了什么", "产学研用协同创新体系"),
        ("淄博的烧烤说明了什么？", "淄博的烧烤"),
    ],
)
def test_the_answer_holds_the_words(assistant: Assistant, question: str, words: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "answered"
    assert words in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "今天北京天气怎么样？",
        "怎样做红烧肉",
        "特斯拉2023年的营业收入",
        "asdf qwer zxcv",
        "2031年我国60岁及以上人口有多少？",
        "量子纠缠的数学证明",
        "🙂🙂🙂",
    ],
)
def test_what_the_articles_do_not_say_is_refused(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status != "answered"
    assert answer.reason
    assert in_chinese(answer.reason) != answer.reason
    assert not answer.text


def test_a_stream_gives_evidence_first_then_checked_sentences_then_the_answer(assistant: Assistant) -> None:
    found, *sentences, answer = assistant.stream("数字经济如何影响消费？")
    assert isinstance(found, Found)
    assert isinstance(answer, Answer)
    assert tuple(sentences) == answer.sentences
    assert all(isinstance(s, Sentence) and s.status == "supported" for s in sentences)
    assert 1 <= len(sentences) <= 4


def test_a_follow_up_is_searched_for_with_what_went_before(assistant: Assistant) -> None:
    answer = assistant.ask("那65岁及以上呢？", [Turn("2024年我国60岁及以上人口有多少？", "3.1亿。")])
    assert answer.searched_for == "2024年我国65岁及以上人口有多少？"
    assert "2.2亿" in answer.text


def test_what_was_shown_is_not_shown_again_to_who_asks_for_more(assistant: Assistant) -> None:
    first = assistant.ask("怎样发展养老助老服务？")
    more = assistant.ask("还有呢？", [Turn(first.question, first.text)])
    assert more.status == "answered"
    assert not {s.text for s in more.sentences} & {s.text for s in first.sentences}
    everything = "".join(p.text for p in assistant.library.paragraphs())
    assert assistant.ask("还有呢？", [Turn(first.question, everything)]).status == "refused"


def test_how_brings_the_enumeration_below_the_topic_sentence(assistant: Assistant) -> None:
    texts = [s.text for s in assistant.ask("怎样发展养老助老服务？").sentences]
    assert texts[0] == "二是大力发展养老助老服务。"
    assert [t[:4] for t in texts[1:]] == ["一方面，", "另一方面"]


def test_of_several_things_each_finds_its_own_paragraph(assistant: Assistant) -> None:
    text = assistant.ask("张辉和刘奕分别是谁？").text
    assert "北京大学经济学院院长" in text
    assert "财经战略研究院" in text


def test_each_of_several_things_is_answered(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": "宝马公布了2021年的销量，全年在全球售出252万辆汽车。这是该公司历史上的最高纪录。"},
        {"id": "b", "text": "奔驰在2021年交付了240万辆汽车，比上一年略有下降。芯片短缺是主要原因。"},
        {"id": "c", "text": "宝马和奔驰都是德国的汽车制造商，宝马和奔驰的竞争由来已久，宝马和奔驰各有长处。"},
    ]
    assistant = assistant_of(tmp_path, "cars", rows)
    text = assistant.ask("宝马和奔驰2021年的销量分别是多少？").text
    assert "252万辆" in text
    assert "240万辆" in text


class Inventor:
    """Drafts one true sentence and one that no article says, or fails."""

    name = fingerprint = "inventor"

    def __init__(self, *sentences: str) -> None:
        self._sentences = sentences

    def draft(self, question: str, evidence: tuple[Evidence, ...], history: tuple[Turn, ...]):  # type: ignore[no-untyped-def]
        if not self._sentences:
            raise GeneratorError("the generator timed out after 60 s: try again")
        yield from self._sentences


def with_generator(assistant: Assistant, *sentences: str) -> Assistant:
    return Assistant(assistant._retriever, Inventor(*sentences), assistant.planner)


QUESTION = "2024年我国60岁及以上人口有多少？"
TRUE = "2024年我国60岁及以上人口、65岁及以上人口分别达3.1亿、2.2亿。"


def test_an_invented_sentence_is_withheld(assistant: Assistant) -> None:
    answer = with_generator(assistant, TRUE + "[1]", TRUE.replace("3.1", "3.2") + "[1]").ask(QUESTION)
    assert [s.status for s in answer.sentences] == ["supported", "withheld"]
    assert answer.text == TRUE


def test_where_nothing_of_a_draft_is_supported_the_quotes_are_shown(assistant: Assistant) -> None:
    answer = with_generator(assistant, "我国有5亿老人。[1]").ask(QUESTION)
    assert (answer.status, answer.generator, answer.notices) == ("answered", "extractive", (UNSUPPORTED,))
    assert answer.text == assistant.ask(QUESTION).text
    assert answer.sentences[0].status == "withheld"


def test_a_model_that_declines_takes_no_quote_away(assistant: Assistant) -> None:
    answer = with_generator(assistant, "资料没有回答这个问题。").ask(QUESTION)
    assert (answer.generator, answer.notices) == ("extractive", (DECLINED,))
    assert answer.text == assistant.ask(QUESTION).text


@pytest.mark.parametrize("draft", ["[1]", " \n"])
def test_a_draft_without_a_sentence_is_a_failure_too(assistant: Assistant, draft: str) -> None:
    with pytest.raises(GeneratorError, match="inventor wrote nothing"):
        with_generator(assistant, draft).ask(QUESTION)


def test_a_failure_is_no_refusal(assistant: Assistant) -> None:
    with pytest.raises(GeneratorError, match="timed out"):
        with_generator(assistant).ask(QUESTION)


def test_kinds_of_questions() -> None:
    assert asked_for("有多少人？") is Asked.AMOUNT
    assert asked_for("哪一年提出的？") is Asked.TIME
    assert asked_for("谁提出的") is Asked.PERSON
    assert asked_for("有哪些措施") is Asked.LIST
    assert asked_for("什么是新质生产力？") is asked_for("新质生产力是什么意思") is Asked.DEFINITION
    assert asked_for("如何发展？") is Asked.MEANS
    assert asked_for("為什麼要發展？") is Asked.REASON
    assert asked_for("又稱為什麼？") is not Asked.REASON
    assert asked_for("Where is it?") is Asked.PLACE
    assert asked_for("位于哪个省？") is Asked.PLACE
    assert asked_for("是哪家公司开发的？") is Asked.ORGANISATION
    assert asked_for("两者有什么不同？") is Asked.COMPARISON
    assert asked_for("专家怎么看？") is Asked.OPINION


def test_signs_of_things_asked_for() -> None:
    def borne(sentence: str) -> set[str]:
        return {name for name, there in zip(SIGNS, signs(fold(sentence)), strict=True) if there}

    assert {"figure", "percent"} <= borne("约占75%。")
    assert "year" in borne("2024年开始。")
    assert not {"year", "date", "figure"} & borne("没有日期。")
    assert "reason" in borne("由于技术进步，成本下降。")


def test_what_must_have_one_form_is_told() -> None:
    form = required_form("杜庆昊的电话是多少？")
    assert form is not None
    assert form.search("联系电话010-12345678")
    assert not form.search("2024年有3.1亿人")
    assert required_form("有多少人？") is None


def test_definitions_begin_with_their_subject() -> None:
    assert defines("什么是生活性服务业？", "生活性服务业是指满足居民消费需求的活动。")
    assert not defines("什么是生活性服务业？", "城市是生活性服务业的聚集地。")


def test_a_sentence_that_only_announces_brings_what_it_announces(assistant: Assistant) -> None:
    texts = [s.text for s in assistant.ask("数字经济如何影响消费？").sentences]
    announced = texts.index("先看数字经济是如何影响消费的。")
    assert texts[announced + 1] == "从扩大消费主体看，数字经济释放消费群体购买潜力。"
    (only,) = assistant.ask("2024年我国60岁及以上人口有多少？").sentences
    assert only.text.startswith("2024年我国60岁")


def test_what_is_asked_for_decides_between_equals(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    texts = ["城市人口规模需要看清楚。", "统计显示，城市人口规模已达九百万。"]
    rows = ({"id": str(n), "title": f"第{n}篇", "text": text} for n, text in enumerate(texts))
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    settings = Settings(library=tmp_path / "l")
    index_sources(settings, [path])
    retriever = open_retriever(settings)
    ranker = SentenceRanker(retriever.library, retriever.tokens, retriever.encoder)
    evidence = [Evidence(p, rank, 0.5) for rank, p in enumerate(retriever.library.paragraphs(), start=1)]
    for question, text in (("城市人口规模有多少？", texts[1]), ("城市人口规模需要什么？", texts[0])):
        assert ranker.rank(question, evidence)[0].text == text
