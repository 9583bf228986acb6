"""Tell whether Chinese text runs on across a gap, or ends before it and begins anew after it.

A character bigram model with one symbol for the marks that end a sentence and the edges of a paragraph, one for
pauses, and one for quotation marks, brackets and whatever else is no letter or digit. For the last character x of
one block and the first character y of another it gives ln P(y | x), how likely x and y stand side by side, and
ln P(end | x) and ln P(y | end), how likely a sentence ends in x and one begins with y. Counts come from government
reports, encyclopaedia entries, abstracts, lectures, some statutes, and the words of CC-CEDICT (`build`); they are
shipped as `run_on.npz`.

    python -m rag.ingest.run_on FOLDER_OF_TRAINING_DATA
"""

import gzip
import json
import lzma
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["RunOn", "run_on_model"]

_END, _PAUSE, _OTHER = 0, 1, 2  # symbols; any other is a code point
_SENTENCE_ENDS = frozenset("。！？!?…；;")
_PAUSES = frozenset("，：、,:")
# Which prose is counted, and every how manieth paragraph: of statutes few, since their clauses end in 的 as no
# others do.
_SHARES = {
    "provincial_gov_reports_2026/prose": 1,
    "csl/title-abstract": 1,
    "csl/keywords-abstract": 1,
    "kdconv/prose": 1,
    "plurality_book/pairs": 1,
    "quantecon_lectures/pairs": 1,
    "ud_pud/pairs": 1,
    "tico19/pairs": 1,
    "ms_dynamics365_ops_zh/prose": 2,
    "lawrefbook_laws/articles": 8,
}
_FILE = Path(__file__).with_name("run_on.npz")
_LEAST_COUNT = 3  # rarer bigrams are left to the unigrams


class RunOn:
    """The bigram model: sorted keys `first · 65536 + second` and their counts."""

    def __init__(self, keys: NDArray[np.uint32], counts: NDArray[np.uint32]) -> None:
        self._keys = keys
        self._counts = counts
        first, second = keys >> 16, keys & 0xFFFF
        self._first = np.bincount(first, weights=counts, minlength=65536)
        self._second = np.bincount(second, weights=counts, minlength=65536)
        self._total = float(counts.sum())

    def parts(self, before: str, after: str) -> tuple[float, float, float]:
        """Give ln P(y | x), ln P(end | x) and ln P(y | end) for the gap between two texts that are not empty."""
        x, y = _symbol(before[-1]), _symbol(after[0])
        return self._log_p(x, y), self._log_p(x, _END), self._log_p(_END, y)

    def likelihood(self, text: str) -> float:
        """Give the mean ln P(y | x) of a text's neighbouring characters; −inf for fewer than two."""
        symbols = [_symbol(c) for c in text]
        found = [self._log_p(x, y) for x, y in pairwise(symbols)]
        return sum(found) / len(found) if found else float("-inf")

    def _log_p(self, x: int, y: int) -> float:
        """Give ln P(y | x): nine parts seen behind x, where x was seen often, and one part P(y)."""
        key = np.uint32(x << 16 | y)
        at = int(np.searchsorted(self._keys, key))
        count = float(self._counts[at]) if at < len(self._keys) and self._keys[at] == key else 0.0
        prior = (self._second[y] + 0.5) / (self._total + 32768)
        seen = (count + 20 * prior) / (self._first[x] + 20)
        return float(np.log(0.9 * seen + 0.1 * prior))


@cache
def run_on_model() -> RunOn:
    """Load the shipped model."""
    with np.load(_FILE, allow_pickle=False) as tables:
        keys = np.cumsum(tables["gaps"], dtype=np.uint32)
        return RunOn(keys, np.rint(np.exp2(tables["log_counts"] / 8.0)).astype(np.uint32))


def build(texts: Iterable[str], words: Iterable[str] = ()) -> dict[str, NDArray[np.uint32] | NDArray[np.uint8]]:
    """Count the bigrams of `texts`, and five times those inside `words`; give the tables of `run_on_model`."""
    bigrams: Counter[tuple[int, int]] = Counter()
    for text in texts:
        symbols = [_END, *map(_symbol, text), _END]
        bigrams.update(pairwise(symbols))
    for word in words:
        symbols = [_symbol(c) for c in word]
        bigrams.update(dict.fromkeys(pairwise(symbols), 5))
    kept = sorted((x << 16 | y, n) for (x, y), n in bigrams.items() if n >= _LEAST_COUNT)
    keys = np.array([k for k, _ in kept], dtype=np.uint32)
    counts = np.array([n for _, n in kept], dtype=np.float64)
    return {
        "gaps": np.diff(keys, prepend=np.uint32(0)),
        "log_counts": np.rint(np.log2(counts) * 8).clip(0, 255).astype(np.uint8),
    }


def _symbol(character: str) -> int:
    if character in _SENTENCE_ENDS:
        return _END
    if character in _PAUSES:
        return _PAUSE
    code = ord(character)
    return code if character.isalnum() and code < 65536 else _OTHER


def _training_texts(folder: Path) -> Iterable[str]:
    for name, step in _SHARES.items():
        with lzma.open(folder / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line in islice(lines, 0, None, step):
                row = json.loads(line)
                yield row.get("text") or row.get("passage") or row["zh"]


def _dictionary_words(folder: Path) -> Iterable[str]:
    with gzip.open(folder / "cc_cedict/cedict_1_0_ts_utf-8_mdbg.txt.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                yield line.split(" ")[1]


if __name__ == "__main__":
    import sys

    data = Path(sys.argv[1])
    np.savez_compressed(_FILE, **build(_training_texts(data), _dictionary_words(data)))  # type: ignore[arg-type]
