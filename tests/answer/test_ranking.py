"""Sentences are compared by an encoder too, where there is one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.answer.ranking import MEANT, MOST_MEANT, RANKING_FEATURES, RankedSentence, SentenceRanker
from rag.assistant import Assistant
from rag.config import Settings
from rag.embed.contextual import ContextualEncoder
from rag.schema import Evidence
from rag.session import open_assistant

QUESTION = "2024年我国60岁及以上人口有多少？"


def meant(sentence: RankedSentence, name: str) -> float:
    return float(sentence.features[RANKING_FEATURES.index(name)])


def test_what_the_encoder_finds_is_among_the_features(assistant: Assistant, encoder: ContextualEncoder) -> None:
    evidence = assistant.evidence_for(QUESTION)
    tokens = assistant._retriever.tokens
    without = SentenceRanker(assistant.library, tokens).rank(QUESTION, evidence)
    assert all(not meant(s, name) for s in without for name in MEANT)
    ranked = SentenceRanker(assistant.library, tokens, encoder).rank(QUESTION, evidence)
    assert {s.text for s in ranked} == {s.text for s in without}
    assert [s.score for s in ranked] == sorted((s.score for s in ranked), reverse=True)
    asked = encoder.encode([QUESTION])[0]
    for s in ranked[:MOST_MEANT]:
        assert meant(s, "meant") == pytest.approx(float(encoder.encode([s.text])[0] @ asked), abs=1e-5)
    assert max(meant(s, "meant, below the best") for s in ranked[:MOST_MEANT]) == 0
    for s in ranked:
        late = [meant(s, f"meant late{more}") for more in ("", " with its topic", " with its neighbours")]
        assert late == sorted(late)  # more text comes nearer
        assert meant(s, "meant by its least piece") <= late[1]


def test_the_encoder_looks_at_forty_sentences_and_the_others_stay_behind(
    assistant: Assistant, encoder: ContextualEncoder
) -> None:
    paragraph = assistant.evidence_for(QUESTION)[0].paragraph
    text = "".join(f"第{n}年我国人口有{n}亿。" for n in range(60))
    many = [Evidence(replace(paragraph, text=text, spans=((0, len(text)),)), 1, 0.5, 0.5, 1.0)]
    ranked = SentenceRanker(assistant.library, assistant._retriever.tokens, encoder).rank(QUESTION, many)
    assert len(ranked) == 60
    looked_at = np.array([any(meant(s, name) for name in MEANT) for s in ranked])
    assert looked_at[:MOST_MEANT].all()
    assert not looked_at[MOST_MEANT:].any()
    assert ranked[MOST_MEANT - 1].score >= ranked[MOST_MEANT].score


def test_an_assistant_answers_with_the_encoder_of_its_settings(
    assistant: Assistant, encoder: ContextualEncoder, tmp_path: Path
) -> None:
    settings = Settings(library=tmp_path / "library", seeds=Path("seeds"), encoder=str(encoder.folder))
    made = open_assistant(settings)
    assert made._retriever.encoder is not None
    answer = made.ask(QUESTION)
    assert np.isfinite(answer.odds)
    assert answer.status == ("answered" if answer.odds >= 0 else "unsure")
