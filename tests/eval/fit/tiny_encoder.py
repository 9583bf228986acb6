"""A small English encoder with random weights, and the bilingual one made of it."""

from functools import cache
from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel

from eval.fit.encoder.initial import initial_table
from eval.fit.encoder.student import Encoder, bilingual_encoder, english_encoder
from eval.fit.encoder.vocabulary import Vocabulary, bilingual_vocabulary
from rag.embed.registry import bundled_folder
from rag.embed.static import StaticEmbedder

__all__ = ["CHINESE", "ENGLISH", "english_folder", "student_of", "vocabulary_of"]

ENGLISH = ["bus fares will rise", "how much is the bus", "the old people", "a new school", "water and bread", "his law"]
CHINESE = ["公交票价将上调", "公交要多少钱", "老年人", "一所新学校", "水和面包", "他的法律"]
_PIECES = (
    "[PAD] [UNK] [CLS] [SEP] , . % ( ) bus fare ##s will rise how much is the old people a new school "
    "water and bread his law 202 ##4 ##5"
)


def english_folder(folder: Path) -> Path:
    """Write the English encoder into `folder`, as transformers does."""
    torch.manual_seed(0)
    words = [*_PIECES.split(), *"abcdefghijklmnopqrstuvwxyz0123456789"]
    words += [f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz0123456789"]
    numbers = {word: n for n, word in enumerate(dict.fromkeys(words))}
    tokenizer = Tokenizer(WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    config = BertConfig(
        vocab_size=len(numbers),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        initializer_range=0.3,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def vocabulary_of(folder: Path) -> Vocabulary:
    """Join its pieces with the commonest Chinese ones of the bundled static model."""
    return bilingual_vocabulary(
        (folder / "tokenizer.json").read_bytes(), (bundled_folder() / "tokenizer.json").read_bytes(), CHINESE, 9_000
    )


@cache
def _static() -> StaticEmbedder:
    return StaticEmbedder(bundled_folder())


def student_of(folder: Path) -> tuple[Encoder, Vocabulary]:
    """Make the bilingual encoder, not trained yet."""
    english = english_encoder(folder)
    vocabulary = vocabulary_of(folder)
    words = english.bert.embeddings.word_embeddings.weight.detach().numpy()
    table = initial_table(vocabulary, words, _static())
    return bilingual_encoder(english.bert, table, vocabulary.tokenizer), vocabulary
