"""A bilingual vocabulary: the word pieces of an English encoder and the Chinese pieces of the static model."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

__all__ = ["CONTROL_PIECES", "Vocabulary", "bilingual_vocabulary"]

CONTROL_PIECES = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_WORD = re.compile(r"(?:##)?[a-z0-9]+")
_MARK = re.compile(r"[^\w\s]|[\u0370-\u03ff]|\u3007")  # punctuation and signs, Greek letters, 〇
_WORD_START = "▁"
# Of the splits of a word into known pieces, WordPiece takes the longest piece first: fewest pieces, then the longest.
_PIECE_SCORE, _FIRST_LENGTH_SCORE, _LENGTH_SCORE = -10.0, 0.05, 0.01
_LONGEST = 4  # characters of a Chinese piece: longer ones are phrases of statutes, which say more by their words
_COUNTED_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces by id, and the tokenizer over them; `english` maps an id to that of the English encoder's piece."""

    pieces: tuple[str, ...]
    tokenizer: bytes  # a tokenizer.json
    english: dict[int, int]
    chinese: dict[int, str]


def bilingual_vocabulary(english: bytes, static: bytes, texts: Iterable[str], most_chinese: int) -> Vocabulary:
    """Join the tokenizer of an English encoder (WordPiece) and that of the static model (Unigram).

    Kept are the English encoder's pieces of Latin letters, figures and marks, and of the static model's Chinese pieces
    the `most_chinese` that `texts` hold most often. One Unigram model serves both, which never compete: a run of
    Chinese characters is a word by itself. A Latin word begins with ▁ and is split as WordPiece would, or nearly.
    """
    word_pieces: dict[str, int] = json.loads(english)["model"]["vocab"]
    unigram = json.loads(static)
    scores = {p: s for p, s in unigram["model"]["vocab"] if len(p) <= _LONGEST and _HAN.fullmatch(p)}
    entries: list[tuple[str, float]] = [(piece, 0.0) for piece in CONTROL_PIECES]
    from_english = {n: word_pieces[piece] for n, piece in enumerate(CONTROL_PIECES)}
    for piece, number in sorted(word_pieces.items(), key=lambda item: item[1]):
        if _WORD.fullmatch(piece):
            written = piece[2:] if piece.startswith("##") else _WORD_START + piece
        elif _MARK.fullmatch(piece):
            written = piece
        else:
            continue
        from_english[len(entries)] = number
        worth = _FIRST_LENGTH_SCORE if written.startswith(_WORD_START) else _LENGTH_SCORE
        entries.append((written, _PIECE_SCORE + worth * len(written) ** 2))
    chinese = {}
    for piece in _commonest(static, scores, texts, most_chinese):
        chinese[len(entries)] = piece
        entries.append((piece, scores[piece]))
    made = json.dumps(_tokenizer(entries, unigram["normalizer"]["normalizers"][0]), ensure_ascii=False)
    return Vocabulary(tuple(p for p, _ in entries), made.encode(), from_english, chinese)


def _commonest(static: bytes, scores: dict[str, float], texts: Iterable[str], most: int) -> list[str]:
    """Give the Chinese pieces seen most often, single characters first: nothing Chinese is to be unknown."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(static.decode())
    seen: Counter[int] = Counter()
    remaining = iter(texts)
    while batch := list(islice(remaining, _COUNTED_AT_ONCE)):
        for encoding in tokenizer.encode_batch_fast(batch, add_special_tokens=False):
            seen.update(encoding.ids)
    numbers = tokenizer.get_vocab()
    return sorted(scores, key=lambda p: (len(p) > 1, -seen[numbers[p]], p))[:most]


def _tokenizer(entries: list[tuple[str, float]], folding: dict[str, Any]) -> dict[str, Any]:
    def split(pattern: str, behavior: str) -> dict[str, Any]:
        return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": False}

    unknown, first, last = (CONTROL_PIECES.index(p) for p in ("[UNK]", "[CLS]", "[SEP]"))
    one, pair = ({"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}})
    begin, end = ({"SpecialToken": {"id": p, "type_id": 0}} for p in ("[CLS]", "[SEP]"))
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": n,
                "content": piece,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for n, piece in enumerate(CONTROL_PIECES)
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                folding,
                {"type": "NFD"},
                {"type": "StripAccents"},
                {"type": "NFC"},
                {"type": "Replace", "pattern": {"Regex": "(?<![a-z0-9])(?=[a-z0-9])"}, "content": _WORD_START},
            ],
        },
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                split(r"\s+", "Removed"),
                split(rf"[^\w\s{_WORD_START}]", "Isolated"),
                split(r"[\u{3400}-\u{9fff}\u{f900}-\u{faff}]+".replace("\\u{", "\\x{"), "Isolated"),
            ],
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [begin, one, end],
            "pair": [begin, one, end, pair, end],
            "special_tokens": {
                "[CLS]": {"id": "[CLS]", "ids": [first], "tokens": ["[CLS]"]},
                "[SEP]": {"id": "[SEP]", "ids": [last], "tokens": ["[SEP]"]},
            },
        },
        "decoder": {"type": "Metaspace", "replacement": _WORD_START, "prepend_scheme": "never", "split": True},
        "model": {"type": "Unigram", "unk_id": unknown, "vocab": entries, "byte_fallback": False},
    }
