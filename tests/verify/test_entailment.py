"""An entailment model judges instead of the built-in check; figures are compared all the same."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.markers import DraftedSentence
from rag.schema import Article, Evidence, Paragraph
from rag.verify.check import Checker
from rag.verify.entailment import CrossEncoderEntailment, Entailment, load_entailment

TEXT = "我国60岁及以上人口达3.1亿。服务需求随之增长。"
EVIDENCE = [Evidence(Paragraph("p", "a", "s.txt", TEXT, ((0, len(TEXT)),)), 1, 0.5)]


class Believer:
    """Finds everything entailed, and remembers what it was asked."""

    def __init__(self, chance: float = 0.9) -> None:
        self.asked: list[tuple[str, str]] = []
        self._chance = chance

    def entailed(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        self.asked += pairs
        return np.full(len(pairs), self._chance, dtype=np.float32)


def checked(text: str, model: Entailment) -> str:
    return Checker(lambda _: Article("a", "s.txt", "题"), model).check(DraftedSentence(text, (1,)), EVIDENCE).status


def test_it_decides_across_languages_too() -> None:
    model = Believer()
    assert checked("The population aged 60 and over is 310 million.", model) == "supported"
    assert model.asked == [(TEXT, "The population aged 60 and over is 310 million.")]
    assert checked("The population aged 60 and over is large.", Believer(0.2)) == "withheld"


def test_a_figure_that_is_not_there_is_never_entailed() -> None:
    model = Believer()
    assert checked("The population aged 60 and over is 320 million.", model) == "withheld"
    assert model.asked == []


def test_none_is_none_and_what_is_no_model_is_told(tmp_path: Path) -> None:
    assert load_entailment("none") is None
    with pytest.raises(ModelError, match="can't be loaded"):
        load_entailment(str(tmp_path / "nothing"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("labels", "usable"), [(["contradiction", "entailment", "neutral"], True), (["a", "b"], False)]
)
def test_any_cross_encoder_with_a_label_entailment(tmp_path: Path, labels: list[str], usable: bool) -> None:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"人口服务增长"]
    (tmp_path / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        id2label=dict(enumerate(labels)),
        label2id={label: n for n, label in enumerate(labels)},
    )
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    if not usable:
        with pytest.raises(ModelError, match="expected one named entailment"):
            CrossEncoderEntailment(str(tmp_path))
        return
    found = CrossEncoderEntailment(str(tmp_path)).entailed([("人口增长", "人口"), ("服务", "增长")])
    assert found.shape == (2,)
    assert ((found > 0) & (found < 1)).all()
