"""The encoder while it is trained: a BERT of transformers, mean pooling, unit rows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from rag.errors import ModelError, first_line

__all__ = ["Encoder", "bilingual_encoder", "english_encoder"]

_PASSES = 4

Ids = NDArray[np.int32]


class Encoder(nn.Module):
    """Texts to unit vectors, (n, d)."""

    def __init__(self, bert: BertModel, tokenizer: Tokenizer) -> None:
        super().__init__()
        self.bert = bert
        self.tokenizer = tokenizer
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def pieces(self, texts: Sequence[str], most: int) -> list[Ids]:
        """Cut texts into at most `most` pieces, the two at the ends among them."""
        encodings = self.tokenizer.encode_batch_fast(list(texts))
        return [np.array(e.ids if len(e.ids) <= most else [*e.ids[: most - 1], e.ids[-1]], np.int32) for e in encodings]

    def forward(self, texts: Sequence[str], most: int) -> Tensor:
        """Encode texts of at most `most` pieces: (n, d), unit rows. Texts of like length share a pass."""
        pieces = self.pieces(texts, most)
        order = np.argsort([len(p) for p in pieces], kind="stable")
        parts = [p for p in np.array_split(order, _PASSES if len(order) > 2 * _PASSES else 1) if len(p)]
        rows = torch.cat([self._encoded([pieces[n] for n in part]) for part in parts])
        return rows[torch.from_numpy(np.argsort(order, kind="stable")).to(rows.device)]

    def _encoded(self, pieces: Sequence[Ids]) -> Tensor:
        device = self.bert.device
        longest = max(map(len, pieces))
        ids = np.zeros((len(pieces), longest), dtype=np.int64)
        mask = np.zeros((len(pieces), longest), dtype=np.int64)
        for n, some in enumerate(pieces):
            ids[n, : len(some)] = some
            mask[n, : len(some)] = 1
        there = torch.from_numpy(mask).to(device)
        hidden = self.bert(input_ids=torch.from_numpy(ids).to(device), attention_mask=there).last_hidden_state
        weights = there[..., None].to(hidden.dtype)
        return nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=-1)


def english_encoder(folder: Path) -> Encoder:
    """Load the English encoder, a sentence-transformers folder with a BERT. Raises ModelError."""
    try:
        bert = BertModel.from_pretrained(folder, local_files_only=True, add_pooling_layer=False)
        return Encoder(bert.train(mode=False), Tokenizer.from_file(str(folder / "tokenizer.json")))
    except Exception as error:  # tokenizers raises bare Exception
        raise ModelError(f"{folder} holds no BERT encoder ({first_line(error)}): give a folder of one") from error


def bilingual_encoder(english: BertModel, table: NDArray[np.float32], tokenizer: bytes) -> Encoder:
    """Make an encoder of the same layers with other pieces: `table` is (pieces, d) float32."""
    config = BertConfig.from_dict(
        english.config.to_dict()
        | {"vocab_size": len(table), "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    )
    bert = BertModel(config, add_pooling_layer=False)
    state = english.state_dict() | {"embeddings.word_embeddings.weight": torch.from_numpy(table)}
    bert.load_state_dict(state)
    bert.embeddings.word_embeddings.sparse = True  # a step touches few pieces
    return Encoder(bert, Tokenizer.from_str(tokenizer.decode()))
