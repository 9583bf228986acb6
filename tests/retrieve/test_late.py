"""Late interaction against arithmetic by hand."""

import numpy as np
import pytest

from rag.embed.static import StaticEmbedder, write_static_model
from rag.index.pieces import TextPieces
from rag.retrieve.late import late_interaction


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> StaticEmbedder:
    """甲 and 乙 at a cosine of 0.8, 丙 at right angles to both; 乙 is twice as long as the others; 。 is nothing."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split

    tokenizer = Tokenizer(WordLevel({"?": 0, "甲": 1, "乙": 2, "丙": 3, "。": 4}, unk_token="?"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    vectors = np.array([[0, 0, 0], [1, 0, 0], [1.6, 1.2, 0], [0, 0, 1], [0, 0, 0]], dtype=np.float32)
    folder = tmp_path_factory.mktemp("model") / "m"
    write_static_model(folder, tokenizer.to_str().encode(), vectors)
    return StaticEmbedder(folder)


def scores(model: StaticEmbedder, question: str, text: str, context: str = "") -> list[float]:
    before, ids = model.pieces([context, text])
    (found,) = late_interaction(model, question, [TextPieces(np.concatenate([before, ids]), len(before))])
    return [float(s) for s in found]


def test_the_best_match_of_each_piece_counts_by_what_the_piece_says(model: StaticEmbedder) -> None:
    assert scores(model, "甲", "丙甲") == pytest.approx([1, 1, 1], abs=0.01)
    assert scores(model, "甲", "乙") == pytest.approx([0.8, 0.8, 0.8], abs=0.01)
    # 甲 weighs 1² and matches 0.8, 乙 weighs 2² and matches 1
    assert scores(model, "甲乙", "乙") == pytest.approx([(1 * 0.8 + 4 * 1) / 5] * 3, abs=0.01)
    assert scores(model, "甲", "丙") == [0, 0, 0]


def test_whole_best_sentence_and_best_two(model: StaticEmbedder) -> None:
    whole, alone, together = scores(model, "甲丙", "甲。乙。丙。")
    assert whole == pytest.approx(1, abs=0.01)
    assert alone == pytest.approx(1 / 2, abs=0.01)
    assert together == pytest.approx((1 * 0.8 + 1) / 2, abs=0.01)


def test_headline_and_section_count_with_every_sentence(model: StaticEmbedder) -> None:
    assert scores(model, "甲丙", "丙。乙。", context="甲") == pytest.approx([1, 1, 1], abs=0.01)
    assert scores(model, "甲丙", "丙。", context="") == pytest.approx([1 / 2] * 3, abs=0.01)


def test_sentences_of_one_paragraph_are_not_those_of_the_next(model: StaticEmbedder) -> None:
    texts = [TextPieces(ids, 0) for ids in model.pieces(["甲", "丙", "", "甲。丙"])]
    found = late_interaction(model, "甲丙", texts)
    np.testing.assert_allclose(found[:, 2], [0.5, 0.5, 0, 1], atol=0.01)
    alone = np.concatenate([late_interaction(model, "甲丙", [t]) for t in texts])
    np.testing.assert_array_equal(found, alone)


@pytest.mark.parametrize("question", ["", "?", "。", "甲" * 10_000])
def test_borders(model: StaticEmbedder, question: str) -> None:
    found = late_interaction(model, question, [TextPieces(model.pieces(["甲"])[0], 0)])
    assert found.shape == (1, 3)
    assert np.isfinite(found).all()
    assert late_interaction(model, question, []).shape == (0, 3)


def test_a_dot_ends_a_sentence_before_a_blank_only() -> None:
    from tests.conftest import bundled

    model = bundled()
    (ids,) = model.pieces(["It is 3.5 percent. It grows."])
    ended = np.flatnonzero(model.closes(ids))
    assert len(ended) == 1
    assert model.pieces(["It is 3.5 percent."])[0].tolist() == ids[: ended[0] + 1].tolist()
