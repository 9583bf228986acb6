"""LLM servers: a real one on this machine that streams, stalls, breaks off, sends garbage, 429 and 500."""

import logging
from copy import copy
from dataclasses import replace

import pytest

from rag.answer.reasons import DECLINED
from rag.assistant import Assistant
from rag.config import Settings
from rag.errors import ConfigError, GeneratorError
from rag.generate import server
from rag.generate.server import KEY, ServerGenerator
from rag.schema import Turn
from rag.session import open_assistant
from tests.generate.llm_server import serving

QUESTION = "2024年我国60岁及以上人口有多少？"
TRUE = "2024年我国60岁及以上人口、65岁及以上人口分别达3.1亿、2.2亿。"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_FIRST_WAIT", 0.01)


def answering(assistant: Assistant, address: str, *, seconds: float = 120, drafts: int = 1) -> Assistant:
    made = copy(assistant)
    temperature = 0.7 if drafts > 1 else 0.0
    article_of = assistant.library.article_of
    made.generator = ServerGenerator(f"{address}#模型", article_of, seconds=seconds, temperature=temperature)
    made._drafts = drafts
    return made


def test_a_streamed_draft_is_checked_sentence_by_sentence(assistant: Assistant) -> None:
    draft = f"<think>想一想。[1]</think>{TRUE}[1]其中65岁及以上人口达2.3亿。[1]"
    with serving(draft) as (address, script):
        answer = answering(assistant, address).ask(QUESTION)
    assert answer.text == TRUE
    assert [s.status for s in answer.sentences] == ["supported", "withheld"]
    (request,) = script.requests
    assert (request["model"], request["stream"], request["temperature"]) == ("模型", True, 0.0)
    (system, user) = request["messages"]  # type: ignore[misc]
    assert "不执行" in system["content"]
    assert QUESTION in user["content"]


@pytest.mark.parametrize("passing", [429, 500, 503])
def test_a_passing_failure_is_tried_again(assistant: Assistant, passing: int) -> None:
    with serving(passing, passing, TRUE + "[1]") as (address, script):
        assert answering(assistant, address).ask(QUESTION).text == TRUE
    assert len(script.requests) == 3


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (500, "answered with status 500"),
        (429, "too much to do"),
        (401, KEY),
        (404, "ends in /v1"),
        ("stall", "said nothing for 1 s|did not end within 1 s"),
        ("break", "broke off before the end"),
        ("garbage", "can't be read"),
        ("cut", "cut off after"),
        ("", "wrote nothing"),
    ],
)
def test_a_failure_is_an_error_and_never_a_refusal(assistant: Assistant, step: object, told: str) -> None:
    with serving(step) as (address, _):
        made = answering(assistant, address, seconds=1)
        with pytest.raises(GeneratorError, match=told):
            made.ask(QUESTION)


def test_a_server_that_is_not_there_is_an_error(assistant: Assistant) -> None:
    with serving(TRUE) as (address, _):
        pass
    with pytest.raises(GeneratorError, match="can't be reached"):
        answering(assistant, address).ask(QUESTION)


@pytest.mark.parametrize(
    "address", ["", "host:80#m", "http://#m", "http://host/v1", "ftp://host#m", "http://[#m", "http://u:secret@h/v1#m"]
)
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ConfigError, match="expected server:http") as told:
        ServerGenerator(address, lambda _: None)  # type: ignore[arg-type, return-value]
    assert "secret" not in str(told.value)


def test_the_key_comes_from_the_environment_and_is_told_nobody(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(KEY, "sk-secret")
    with caplog.at_level(logging.DEBUG), serving(401) as (address, script):
        made = answering(assistant, address)
        with pytest.raises(GeneratorError) as failure:
            made.ask(QUESTION)
    assert script.keys == ["Bearer sk-secret"]
    said = caplog.text + str(failure.value) + repr(failure.value.__cause__)
    assert "sk-secret" not in said
    assert QUESTION not in caplog.text
    assert "资料" not in caplog.text


def test_settings_lead_to_a_server(seed_settings: Settings) -> None:
    with serving(TRUE + "[1]") as (address, script):
        changed = replace(seed_settings, generator=f"server:{address}#模型", drafts=2)
        assert open_assistant(changed).ask(QUESTION).text == TRUE
    assert len(script.requests) == 2


def test_careful_mode_keeps_the_best_supported_draft(assistant: Assistant) -> None:
    with serving("我国有5亿老人。[1]", f"{TRUE}[1]", "我国有6亿老人。[1]") as (address, script):
        answer = answering(assistant, address, drafts=3).ask(QUESTION)
    assert answer.text == TRUE
    assert [s.status for s in answer.sentences] == ["supported"]
    assert len({str(r["seed"]) for r in script.requests}) == 3
    assert all(r["temperature"] == 0.7 for r in script.requests)


def test_a_follow_up_is_rewritten_by_the_model(assistant: Assistant) -> None:
    with serving("问题：2024年我国65岁及以上人口有多少？", f"{TRUE}[1]") as (address, _):
        answer = answering(assistant, address).ask("那65岁及以上呢？", [Turn(QUESTION, TRUE)])
    assert answer.searched_for == "2024年我国65岁及以上人口有多少？"
    assert answer.text == TRUE


def test_where_a_model_finds_nothing_the_quotes_are_shown(assistant: Assistant) -> None:
    with serving("资料没有回答这个问题。") as (address, _):
        answer = answering(assistant, address).ask(QUESTION)
    assert (answer.status, answer.text, answer.generator) == ("answered", TRUE, "extractive")
    assert DECLINED in answer.notices


def test_a_draft_in_another_language_is_bound_to_its_sentence(assistant: Assistant) -> None:
    draft = "In 2024 there were 310 million people aged 60 and over.[1]"
    with serving(draft) as (address, _):
        answer = answering(assistant, address).ask(QUESTION)
    assert answer.status == "answered"
    assert answer.sentences[-1].citations[0].quote == TRUE


def test_a_server_that_only_keeps_the_line_open_is_stopped(assistant: Assistant) -> None:
    with serving("ping") as (address, _), pytest.raises(GeneratorError, match="did not end within 1 s"):
        answering(assistant, address, seconds=1).ask(QUESTION)


def test_a_model_reads_the_likeliest_sentences_and_no_more(assistant: Assistant) -> None:
    with serving(f"{TRUE}[1]") as (address, script):
        made = answering(assistant, address)
        made.generator._reading = 100  # type: ignore[attr-defined]
        answer = made.ask(QUESTION)
    assert answer.text == TRUE
    asked = script.requests[0]["messages"][-1]["content"]
    assert TRUE in asked
    assert len(asked) < 400


def test_what_is_in_another_language_is_translated_and_marked(assistant: Assistant, seed_settings: Settings) -> None:
    with serving("1. In 2024 it was 310 million.\n2. Two.") as (address, script):
        made = open_assistant(replace(seed_settings, translator=f"server:{address}#m"))
        answer = made.ask("How many people in China are aged 60 or above?")
        assert made.ask(QUESTION).sentences[0].translation == ""
    assert answer.generator == "extractive"
    assert "3.1亿" in answer.text
    assert answer.sentences[0].translation == "In 2024 it was 310 million."
    assert answer.to_json()["sentences"][0]["translation"] == "In 2024 it was 310 million."
    assert len(script.requests) == 1


def test_a_translation_that_fails_is_told_and_takes_nothing_away(seed_settings: Settings) -> None:
    with serving(401) as (address, _):
        made = open_assistant(replace(seed_settings, translator=f"server:{address}#m"))
        answer = made.ask("How many people in China are aged 60 or above?")
    assert answer.status == "answered"
    assert "没有得到译文" in answer.notices[0]


def test_of_several_drafts_those_that_fail_do_not_count(assistant: Assistant) -> None:
    with serving(401, TRUE + "[1]", "break") as (address, _):
        assert answering(assistant, address, drafts=3).ask(QUESTION).text == TRUE
    with serving("break") as (address, _), pytest.raises(GeneratorError, match="broke off"):
        answering(assistant, address, drafts=2).ask(QUESTION)


@pytest.mark.parametrize("translator", ["extractive", "server:", "nonsense"])
def test_an_unknown_translator_is_told(seed_settings: Settings, translator: str) -> None:
    with pytest.raises(ConfigError, match=r"translator .* is unknown: expected none"):
        open_assistant(replace(seed_settings, translator=translator))
