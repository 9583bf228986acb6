"""A refusal says what it looked for and offers what the articles do answer."""

from pathlib import Path

import pytest

from rag.answer.demands import lacks_what_is_asked
from rag.answer.kinds import focus
from rag.answer.ranking import MEANT, RANKING_FEATURES, Known, SentenceRanker, ranking_weights
from rag.answer.refusal import REFUSAL_FEATURES, REFUSAL_FILE, UNSURE, answer_odds, refused_outright, strangeness
from rag.answer.suggest import suggestions
from rag.assistant import Assistant
from rag.embed.registry import bundled_folder
from rag.embed.static import StaticEmbedder


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("2031年我国60岁及以上人口有多少？", True),
        ("2024年我国60岁及以上人口有多少？", False),
        ("80岁以上老年人口有多少？", True),
        ("六十岁及以上人口有多少？", False),
        ("How many people in China are aged 60 or above?", False),
        ("淄博的烧烤位于中国的哪个省？", False),
        ("习近平总书记2025年4月26日讲了什么？", True),
        ("习近平总书记2025年4月25日讲了什么？", False),
        ("消费对经济增长的贡献率是多少？", True),
        ("老年群体互联网普及率是多少？", False),
        ("杜庆昊的电话是多少？", True),
        ("杜庆昊的邮箱是什么？", True),
        ("🙂🙂", True),
        ("的了吗？", True),
    ],
)
def test_what_can_not_be_there_is_refused_outright(
    assistant: Assistant, ranker: SentenceRanker, question: str, lacking: bool
) -> None:
    evidence = assistant.evidence_for(question)
    assert refused_outright(question, evidence, ranker.rank(question, evidence), ranker) is lacking


@pytest.mark.parametrize(
    ("question", "wanted"),
    [("人工智能有哪些风险？", "风险"), ("消费的贡献率是多少？", "贡献率"), ("有什么作用？", ""), ("刘奕是谁？", "")],
)
def test_what_of_a_thing_is_asked_for(question: str, wanted: str) -> None:
    assert focus(question) == wanted


def test_every_suggestion_is_answered(assistant: Assistant) -> None:
    refused = assistant.with_suggestions(assistant.ask("今天北京天气怎么样？"))
    assert refused.status == "refused"
    assert 1 <= len(refused.suggestions) <= 3
    assert (refused.seconds or {})["suggestions"] > 0
    for question in refused.suggestions:
        assert assistant.ask(question).status == "answered"


def test_suggestions_come_from_the_paragraphs(assistant: Assistant) -> None:
    evidence = assistant.evidence_for("什么是生活性服务业？")
    found = list(suggestions(evidence, assistant.library))
    assert "什么是生活性服务业？" in found
    assert len(found) == len(set(found))


def test_a_suggested_figure_has_a_thing_that_it_is_a_figure_of(assistant: Assistant) -> None:
    found = list(suggestions(assistant.evidence_for("城市居民有多少时间在社区中度过？"), assistant.library))
    assert found
    assert not [question for question in found if question.startswith("到") or "将约是" in question]


def test_odds_decide(assistant: Assistant) -> None:
    assert assistant.plan("2024年我国60岁及以上人口有多少？").odds > 0
    assert assistant.plan("怎样做红烧肉？").odds < 0


def test_a_trained_model_without_weights_of_its_own_borrows_those_of_the_bundled_one(
    assistant: Assistant, ranker: SentenceRanker, tmp_path: Path
) -> None:
    copied = tmp_path / "model"
    copied.mkdir()
    for name in ("modules.json", "model.safetensors", "tokenizer.json"):
        (copied / name).symlink_to(bundled_folder() / name)
    question = "数字经济如何影响消费？"
    evidence = assistant.evidence_for(question)
    borrowed = SentenceRanker(assistant.library, StaticEmbedder(copied), ranker.encoder)
    ranked = ranker.rank(question, evidence)
    assert answer_odds(question, evidence, ranked, borrowed) == answer_odds(question, evidence, ranked, ranker)


def test_a_word_is_strange_where_the_first_paragraphs_have_nothing_like_it(
    assistant: Assistant, ranker: SentenceRanker
) -> None:
    question = "60岁及以上人口有多少？"
    evidence = assistant.evidence_for(question)
    assert strangeness(question, evidence, ranker) == 0
    assert strangeness("袋鼠的人口有多少？", evidence, ranker) > 0.3
    assert strangeness("？", evidence, ranker) == 0


@pytest.mark.parametrize("question", ["x", "5", "？", "a b"])
def test_a_letter_or_a_figure_asks_nothing(question: str) -> None:
    assert lacks(question, "x 5 a b 。")
    assert not lacks("水", "水有三种形态。")


def lacks(question: str, text: str, around: str = "") -> bool:
    return lacks_what_is_asked(question, [(text, around)], [text])


def test_figures_and_forms_are_looked_for_in_the_likeliest_sentences() -> None:
    assert lacks("设备利用率能提高几个百分点？", "数智赋能可以显著提升设备利用率。")
    assert lacks("老年人口占总人口的比重是多少？", "老年人口达3.1亿。")
    assert lacks("有多少人？", "人很多。")
    assert lacks("2024年出货了多少万台？", "2024年出货量位居全球前列。")
    assert lacks("新市民有多少人？", "能带动万亿级的新消费需求。")
    assert not lacks("有多少种方式？", "有三种方式。")
    assert lacks("会议是几月几号召开的？", "会议明确提出建设宜居城市。")
    assert not lacks("会议是几月几号召开的？", "会议于4月25日召开。")
    assert lacks("研究有哪些风险？", "加强研究和布局。")
    assert not lacks("人工智能会带来哪些风险？", "人工智能可能造成大规模失业和隐私泄露。")
    assert not lacks("图书馆每周哪天闭馆？", "图书馆每周一闭馆。")
    assert not lacks("网易邮箱有多少用户？", "网易邮箱的用户总数超过9亿。")
    assert not lacks("手机号实名制由谁提出？", "实名制由工信部提出。")
    assert not lacks("怎样提高可再生能源占比？", "要大力发展风电和光伏。")
    assert not lacks("3岁以下婴幼儿入托率是多少？", "三岁以下婴幼儿入托率仅为7%。")
    assert not lacks("参加的有多少人？", "参加的有数百人。")
    assert not lacks("有多少人？", "有三千多人。")


def test_latin_words_of_a_chinese_question_are_names() -> None:
    assert lacks("OpenAI的负责人是谁？", "公司的负责人是王明。")
    assert not lacks("OpenAI的负责人是谁？", "openai的负责人是王明。")
    assert not lacks("AI有什么作用？", "人工智能的作用很大。")
    assert not lacks("2024年我国GDP是多少？", "2024年国内生产总值达134.9万亿元。")


def test_stored_weights_are_of_features_that_there_are() -> None:
    import json

    stored = json.loads((bundled_folder() / REFUSAL_FILE).read_text(encoding="utf-8"))
    assert set(stored) == set(Known)
    for weights in (w for kinds in stored.values() for w in kinds.values()):
        assert set(weights) <= {*REFUSAL_FEATURES, UNSURE}
    for known in Known:
        assert all(w.shape == (len(RANKING_FEATURES),) for w in ranking_weights(known))
    for weights in ranking_weights(Known.WORDS):
        assert not weights[[RANKING_FEATURES.index(name) for name in MEANT]].any()
