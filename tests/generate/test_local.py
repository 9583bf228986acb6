"""A local LLM: a real small model that the test trains, saved, and loaded by path as a user's would be."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answer.plan import AnswerPlan
from rag.assistant import Assistant
from rag.config import Settings
from rag.deadline import NEVER, Deadline
from rag.errors import ConfigError, GeneratorError, ModelError
from rag.generate.local import LocalGenerator
from rag.generate.markers_in_range import may_follow
from rag.generate.passages import DECLINES, READING, passages
from rag.generate.prompts import answer_messages
from rag.schema import Evidence
from rag.session import index_sources, open_assistant
from tests.generate.tiny_gguf import write_gguf
from tests.generate.tiny_llm import make_model

QUESTIONS = ("茶叶研究所是哪一年成立的？", "茶叶研究所有多少人？", "研究所的食堂好吃吗？")
TEXTS = ("杭州茶叶研究所成立于1987年。", "杭州茶叶研究所有员工260人。", "研究所设有食堂和图书馆。")


@pytest.mark.parametrize(
    ("before", "piece", "allowed"),
    [
        ("", "[1]", True),
        ("", "[3]", True),
        ("", "[4]", False),
        ("", "[0]", False),
        ("", "[99", False),
        ("是这样。[", "2", True),
        ("是这样。[", "4", False),
        ("是这样。[", "注]", True),
        ("[1", "]", True),
        ("[1", "2", False),
        ("[1", "][2]", True),
        ("1987", "2024", True),
        ("[", "[9", False),
        ("", "[1][7]", False),
    ],
)
def test_only_markers_of_passages_that_are_there_may_follow(before: str, piece: str, allowed: bool) -> None:
    assert may_follow(before, piece, 3) is allowed


def test_the_first_figure_of_a_longer_number_may_follow() -> None:
    assert may_follow("[", "1", 12)
    assert may_follow("[1", "2", 12)
    assert not may_follow("[1", "3", 12)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("local")
    (folder / "a.txt").write_text("\n\n".join(TEXTS), encoding="utf-8")
    made = Settings(library=folder / "library", seconds=60)
    index_sources(made, [folder / "a.txt"])
    return made


class Trusting:
    """Plans to answer whatever is asked."""

    def plan(
        self, question: str, evidence: Sequence[Evidence], shown: str = "", deadline: Deadline = NEVER
    ) -> AnswerPlan:
        return AnswerPlan("answer", tuple(evidence), 1.0)


def messages(assistant: Assistant, question: str) -> list[dict[str, str]]:
    evidence = assistant._retriever.search(question, 8)
    articles = [assistant.library.article_of(e.paragraph) for e in evidence]
    return answer_messages(question, passages(evidence, articles, READING), ())


def rank_of(assistant: Assistant, question: str, text: str) -> int:
    return next(e.rank for e in assistant._retriever.search(question, 8) if e.paragraph.text == text)


@pytest.fixture(scope="module")
def model(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that answers one question rightly, one with an invention beside the truth, and declines one."""
    assistant = open_assistant(settings)
    year, staff, _ = (rank_of(assistant, q, t) for q, t in zip(QUESTIONS, TEXTS, strict=True))
    replies = (
        f"{TEXTS[0]}[{year}]",
        f"{TEXTS[1]}[{staff}]杭州茶叶研究所有员工310人。[99]",
        f"<think>没有提到好不好吃。[1]</think>{DECLINES[0]}",
    )
    conversations = [(messages(assistant, q), r) for q, r in zip(QUESTIONS, replies, strict=True)]
    return make_model(tmp_path_factory.mktemp("model"), conversations)


@pytest.fixture(scope="module")
def answering(settings: Settings, model: Path) -> Assistant:
    return open_assistant(replace(settings, generator=f"transformers:{model}"))


@pytest.mark.slow
def test_a_draft_is_written_checked_and_cited(answering: Assistant) -> None:
    answer = answering.ask(QUESTIONS[0])
    assert answer.text == TEXTS[0], answer.reason + str([s.text for s in answer.sentences])
    assert answer.generator.startswith("transformers:")
    assert answer.sentences[0].citations[0].quote == TEXTS[0]


@pytest.mark.slow
def test_an_invention_of_the_model_is_withheld_and_its_marker_is_kept_in_range(answering: Assistant) -> None:
    generator = answering.generator
    evidence = tuple(answering._retriever.search(QUESTIONS[1], 8))
    written = "".join(generator.draft(QUESTIONS[1], evidence, ()))
    assert "310人" in written
    assert "[99" not in written
    answer = answering.ask(QUESTIONS[1])
    assert answer.sentences[0].status == "supported"
    assert {s.status for s in answer.sentences[1:]} == {"withheld"}
    assert answer.text == TEXTS[1]


@pytest.mark.slow
def test_reasoning_is_not_shown_and_a_model_may_decline(answering: Assistant) -> None:
    trusting = Assistant(answering._retriever, answering.generator, Trusting())
    answer = trusting.ask(QUESTIONS[2])
    assert answer.status == "refused"
    assert answer.sentences == ()


@pytest.mark.slow
def test_kept_keys_and_values_change_nothing(settings: Settings, model: Path, answering: Assistant) -> None:
    first = [answering.ask(q).text for q in QUESTIONS[:2]]
    fresh = LocalGenerator(str(model), answering.library.article_of, seconds=60)
    assert isinstance(answering.generator, LocalGenerator)
    assert answering.generator._kept[1] is not None
    evidence = tuple(answering._retriever.search(QUESTIONS[1], 8))
    assert "".join(fresh.draft(QUESTIONS[1], evidence, ())) == "".join(
        answering.generator.draft(QUESTIONS[1], evidence, ())
    )
    assert [answering.ask(q).text for q in QUESTIONS[:2]] == first


@pytest.mark.slow
def test_a_draft_comes_in_pieces_and_stops_when_it_is_closed(answering: Assistant) -> None:
    evidence = tuple(answering._retriever.search(QUESTIONS[1], 8))
    draft = answering.generator.draft(QUESTIONS[1], evidence, ())
    assert len(next(draft)) < len(TEXTS[1])
    draft.close()  # type: ignore[attr-defined]
    assert answering.ask(QUESTIONS[0]).text == TEXTS[0]


@pytest.mark.slow
def test_a_model_that_takes_too_long_is_an_error(model: Path, answering: Assistant) -> None:
    generator = LocalGenerator(str(model), answering.library.article_of, seconds=0.01)
    evidence = tuple(answering._retriever.search(QUESTIONS[1], 8))
    with pytest.raises(GeneratorError, match="did not end within"):
        list(generator.draft(QUESTIONS[1], evidence, ()))


@pytest.mark.slow
def test_a_draft_that_has_no_end_is_an_error(answering: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering.generator, "_most", 3)
    with pytest.raises(GeneratorError, match="cut off after 3 tokens"):
        answering.ask(QUESTIONS[1])


@pytest.mark.slow
def test_eight_bits_write_too(model: Path, answering: Assistant) -> None:
    generator = LocalGenerator(str(model), answering.library.article_of, seconds=60, precision="int8")
    evidence = tuple(answering._retriever.search(QUESTIONS[0], 8))
    assert "".join(generator.draft(QUESTIONS[0], evidence, ()))


@pytest.mark.slow
def test_a_question_that_does_not_fit_is_an_error(model: Path, answering: Assistant) -> None:
    generator = LocalGenerator(str(model), answering.library.article_of, seconds=60)
    evidence = tuple(answering._retriever.search(QUESTIONS[0], 8))
    with pytest.raises(GeneratorError, match="--reading"):
        "".join(generator.draft("很长的问题，" * 1000, evidence, ()))


@pytest.mark.slow
def test_what_is_no_language_model_is_told(tmp_path: Path, answering: Assistant) -> None:
    with pytest.raises(ModelError, match="can't be loaded"):
        LocalGenerator(str(tmp_path), answering.library.article_of)
    with pytest.raises(ConfigError, match="precision is 'int2'"):
        LocalGenerator(str(tmp_path), answering.library.article_of, precision="int2")


@pytest.mark.slow
def test_a_gguf_file_is_a_model_too(model: Path, answering: Assistant, tmp_path: Path) -> None:
    file = write_gguf(model, tmp_path / "tiny.gguf")
    generator = LocalGenerator(str(file), answering.library.article_of, seconds=60)
    evidence = tuple(answering._retriever.search(QUESTIONS[0], 8))
    assert TEXTS[0] in "".join(generator.draft(QUESTIONS[0], evidence, ()))
    with pytest.raises(ModelError, match=r"is not there: give the path of a \.gguf file"):
        LocalGenerator(str(tmp_path / "none.gguf"), answering.library.article_of)
