"""Measure, or fit, the support check on made sentences: true ones and falsified ones.

python -m eval.support --fit TRAIN_FOLDER --bound cmrc2018_dev.json       writes rag/verify/support.json
yinju eval support cmrc2018_dev.json …          the share caught and the share withheld, by kind
"""

import argparse
import json
import lzma
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.falsehoods import FALSE_KINDS, OF_ANOTHER, TRUE_KINDS, make
from eval.sets import read_articles
from rag.verify.features import describe_support
from rag.verify.source import SourceText
from rag.verify.support import SupportModel, support_model

__all__ = ["Judged", "bounded", "described", "fit", "table"]

_HIDDEN = 16
_EPOCHS, _BATCH, _RATE, _DECAY = 60, 512, 6e-3, 1e-4
_EMPHASIS = {"name exchanged": 4.0, "doubt made certain": 3.0, "numbers swapped": 2.0, "direction turned": 2.0}
_OUT_OF_REACH = 25.0  # log odds: what the model is sure of
_WITHHELD = 0.03  # of the true sentences
_CORPORA = {  # folder and file below the training data, key of the text, key of what makes an article, every how many
    "provincial_gov_reports_2026/prose.jsonl.xz": ("text", "title", 1),
    "kdconv/prose.jsonl.xz": ("text", "", 1),
    "csl/title-abstract.jsonl.xz": ("passage", "", 1),
    "lawrefbook_laws/articles.jsonl.xz": ("text", "law", 40),
    "ms_dynamics365_ops_zh/prose.jsonl.xz": ("text", "title", 10),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """Made sentences, described: features (n, f), whether the paragraph says it, and its kind."""

    features: NDArray[np.float32]
    supported: NDArray[np.bool_]
    kinds: NDArray[np.str_]


def described(articles: Sequence[Sequence[str]], seed: int) -> Judged:
    """Make sentences of every kind from paragraphs, and describe them beside these."""
    rows, supported, kinds = [], [], []
    paragraph, source = "", SourceText("")
    for made in make(articles, seed):
        if made.paragraph != paragraph:
            paragraph, source = made.paragraph, SourceText(made.paragraph)
        rows.append(describe_support(made.sentence, source)[0])
        supported.append(made.supported)
        kinds.append(made.kind)
    return Judged(np.array(rows), np.array(supported), np.array(kinds))


def fit(data: Judged, seed: int = 0) -> SupportModel:
    """Fit the network: every kind of truth counts the same, and every kind of falsehood but
    those that are hard to see."""
    torch: Any = import_module("torch")
    from torch.nn.functional import binary_cross_entropy_with_logits as loss

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    mean, deviation = data.features.mean(axis=0), data.features.std(axis=0) + 1e-6
    x = torch.tensor((data.features - mean) / deviation).clamp(-6, 6)
    y = torch.tensor(data.supported.astype(np.float32))
    weight = torch.tensor(_even(data).astype(np.float32))
    net = torch.nn.Sequential(torch.nn.Linear(x.shape[1], _HIDDEN), torch.nn.ReLU(), torch.nn.Linear(_HIDDEN, 1))
    steps = -(-len(x) // _BATCH)
    optimizer = torch.optim.AdamW(net.parameters(), _RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=_EPOCHS * steps)
    for _ in range(_EPOCHS):
        for rows in torch.randperm(len(x)).split(_BATCH):
            optimizer.zero_grad()
            (loss(net(x[rows])[:, 0], y[rows], reduction="none") * weight[rows]).mean().backward()
            optimizer.step()
            schedule.step()
    first, second = net[0], net[2]
    return SupportModel(
        mean=_array(mean),
        deviation=_array(deviation),
        hidden=_array(first.weight),
        hidden_bias=_array(first.bias),
        out=_array(second.weight[0]),
        out_bias=float(second.bias.detach()[0]),
    )


def bounded(model: SupportModel, data: Judged) -> SupportModel:
    """Shift the model so that 3 % of the true sentences of other data than it was fitted on are withheld."""
    bound = float(np.quantile(model.log_odds(data.features)[data.supported], _WITHHELD))
    if bound <= -_OUT_OF_REACH:
        raise ValueError(
            f"{_WITHHELD:.0%} of the true sentences or more are withheld whatever the bound: mend the rules"
        )
    return replace(model, out_bias=model.out_bias - bound)


def table(data: Judged, model: SupportModel) -> str:
    """Write what is caught and withheld, by kind, as Markdown."""
    supported = model.log_odds(data.features) >= 0
    lines = ["| made sentences | number | withheld |", "|---|---:|---:|"]
    for title, kinds, wanted in (("true", TRUE_KINDS, True), ("false", (*FALSE_KINDS, OF_ANOTHER), False)):
        whole = data.supported == wanted
        lines.append(f"| **all {title} ones** | {int(whole.sum())} | **{1 - supported[whole].mean():.1%}** |")
        for kind in kinds:
            rows = whole & (data.kinds == kind)
            if rows.any():
                lines.append(f"| {kind} | {int(rows.sum())} | {1 - supported[rows].mean():.1%} |")
    return "\n".join(lines)


def _even(data: Judged) -> NDArray[np.float64]:
    counts = Counter(data.kinds.tolist())
    sides = {side: len(set(data.kinds[data.supported == side].tolist())) for side in (True, False)}
    pairs = zip(data.kinds.tolist(), data.supported.tolist(), strict=True)
    weights = np.array([_EMPHASIS.get(kind, 1.0) / counts[kind] / sides[side] for kind, side in pairs])
    even: NDArray[np.float64] = weights / weights.mean()
    return even


def _array(values: Any) -> NDArray[np.float64]:
    plain = values.detach().numpy() if hasattr(values, "detach") else values
    return np.asarray(plain, dtype=np.float64)


def _training(folder: Path) -> list[list[str]]:
    found: list[list[str]] = []
    for name, (text, title, every) in _CORPORA.items():
        with lzma.open(folder / name, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines][::every]
        articles: dict[str, list[str]] = {}
        for n, row in enumerate(rows):
            articles.setdefault(row[title] if title else str(n), []).append(row[text])
        found += articles.values()
    return found


def main() -> None:
    """Fit, and print how the fitted data are judged."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", type=Path, metavar="TRAIN_FOLDER", required=True)
    parser.add_argument(
        "--bound", type=Path, metavar="SQUAD_FILE", required=True, help="texts that the bound is set on"
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "rag" / "cite" / "support.json")
    settings = parser.parse_args()
    data = described(_training(settings.fit), seed=0)
    others = described(read_articles(settings.bound), seed=1)
    bounded(fit(data), others).save(settings.out)
    support_model.cache_clear()
    for judged in (data, others):
        print(table(judged, SupportModel.load(settings.out)))


if __name__ == "__main__":
    main()
