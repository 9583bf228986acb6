"""The recipe of a bilingual encoder, on a small one with random weights."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from eval.fit.encoder import loop
from eval.fit.encoder.loop import Rates, run_stage
from eval.fit.encoder.stages import Distillation, Meeting, RankedBatch, Ranking, meetings, ranked_batches
from eval.fit.encoder.student import Encoder, english_encoder
from eval.fit.encoder.texts import RankedQuestion
from rag.errors import ModelError
from tests.eval.fit.tiny_encoder import CHINESE, ENGLISH, english_folder, student_of, vocabulary_of

torch.set_num_threads(1)  # the encoder is too small to share its work

RATES = Rates(pieces=0.05, layers=0.01)


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return english_folder(tmp_path_factory.mktemp("encoders") / "english")


def test_english_is_cut_as_before_and_chinese_into_words(english: Path) -> None:
    vocabulary = vocabulary_of(english)
    tokenizer = Tokenizer.from_str(vocabulary.tokenizer.decode())
    before = Tokenizer.from_file(str(english / "tokenizer.json"))
    for text in [*ENGLISH, "The BUS, 2025 (100%)."]:
        assert [vocabulary.english[n] for n in tokenizer.encode(text).ids] == before.encode(text).ids
    assert tokenizer.encode("2025年老年人，公交").tokens == ["[CLS]", "▁202", "5", "年", "老年人", ",", "公交", "[SEP]"]
    assert tokenizer.encode("數位經濟").tokens == tokenizer.encode("数位经济").tokens


def test_a_chinese_piece_begins_beside_the_words_that_mean_the_same(english: Path) -> None:
    student, vocabulary = student_of(english)
    rows = student.bert.embeddings.word_embeddings.weight.detach().numpy()
    numbers = {piece: n for n, piece in enumerate(vocabulary.pieces)}

    def near(chinese: str, word: str) -> float:
        a, b = rows[numbers[chinese]], rows[numbers[f"▁{word}"]]
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    for chinese, word, other in (("学校", "school", "water"), ("水", "water", "school"), ("公交", "bus", "bread")):
        assert near(chinese, word) > near(chinese, other)


def test_before_training_english_means_what_it_meant(english: Path) -> None:
    student, _ = student_of(english)
    with torch.inference_mode():
        torch.testing.assert_close(student(ENGLISH, 64), english_encoder(english)(ENGLISH, 64), atol=1e-5, rtol=0)


def test_chinese_texts_meet_their_english_sides_and_questions_their_answers(english: Path, tmp_path: Path) -> None:
    student, _ = student_of(english)
    distillation = Distillation(student, english_encoder(english))
    batches = meetings([(ENGLISH, CHINESE)] * 60, seed=1)
    assert any(not b.chinese for b in batches)  # some hold English to where it was
    before = distillation(Meeting(ENGLISH, CHINESE)).item()
    run_stage("parallel texts", student, batches, distillation, RATES, tmp_path / "a")
    assert distillation(Meeting(ENGLISH, CHINESE)).item() < before / 2

    questions = [
        RankedQuestion(a, b, (c,)) for a, b, c in zip(ENGLISH, CHINESE, CHINESE[1:] + CHINESE[:1], strict=True)
    ]
    ranking = Ranking(student, distillation)
    ranked = ranked_batches([questions] * 40, batches, epochs=1, seed=1)
    before = ranking(RankedBatch(questions)).item()
    run_stage("questions", student, ranked, ranking, RATES, tmp_path / "b")
    assert ranking(RankedBatch(questions)).item() < before


def test_equal_texts_are_no_negatives_of_each_other(english: Path) -> None:
    student, _ = student_of(english)
    ranking = Ranking(student, Distillation(student, english_encoder(english)))
    same = [RankedQuestion("老年人", "公交票价将上调"), RankedQuestion("面包", "公交票价将上调", ("公交票价将上调",))]
    assert ranking(RankedBatch(same)).item() < 1e-3


class Stopped(Exception):
    """The power fails."""


def test_an_interrupted_training_ends_as_an_uninterrupted_one(
    english: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "_SAVED_EVERY", -1)
    batches = meetings([(ENGLISH, CHINESE)] * 5, seed=1)

    def trained(checkpoint: Path, stop_at: int | None) -> Encoder:
        student, _ = student_of(english)
        distillation = Distillation(student, english_encoder(english))
        done = 0

        def loss(batch: Meeting) -> torch.Tensor:
            nonlocal done
            if done == stop_at:
                raise Stopped
            done += 1
            return distillation(batch)

        try:
            run_stage("parallel texts", student, batches, loss, RATES, checkpoint)
        except Stopped:
            return trained(checkpoint, None)
        return student

    whole, interrupted = trained(tmp_path / "whole", None), trained(tmp_path / "interrupted", 3)
    for name, tensor in whole.bert.state_dict().items():
        assert torch.equal(tensor, interrupted.bert.state_dict()[name]), name


def test_a_folder_without_an_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="give a folder of one"):
        english_encoder(tmp_path)
