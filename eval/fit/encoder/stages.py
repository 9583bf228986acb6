"""The two stages: Chinese texts meet the vectors of their English sides; then answers meet their questions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from eval.fit.encoder.student import Encoder
from eval.fit.encoder.texts import RankedQuestion
from rag.embed.contextual import MOST_PIECES

__all__ = ["Distillation", "Meeting", "RankedBatch", "Ranking", "meetings", "ranked_batches"]

_SCALE = 20.0  # of a cosine, in a softmax over a batch
_NEARNESS = 5.0  # weight of (1 - cosine) of the right pair beside that softmax
_MOST_PAIRS = 128
_CHARACTERS = 3_600  # of the Chinese side of a batch
_STAYS_EVERY = 6  # every sixth batch holds English to where it was
_RANKED_QUESTIONS = 24
_DISTILLED_SHARE = 3  # in the second stage every third batch is one of the first


@dataclass(frozen=True, slots=True)
class Meeting:
    """English texts and the Chinese ones that are to meet them; with none, the English ones stay where they are."""

    english: Sequence[str]
    chinese: Sequence[str]


@dataclass(frozen=True, slots=True)
class RankedBatch:
    """Questions of one set."""

    questions: Sequence[RankedQuestion]


class Distillation:
    """The loss of a meeting (Reimers and Gurevych 2020, arXiv 2004.09813), with in-batch contrast."""

    def __init__(self, student: Encoder, teacher: Encoder) -> None:
        self._student, self._teacher = student, teacher

    def __call__(self, batch: Meeting) -> Tensor:
        """Give the mean loss of a pair."""
        with torch.inference_mode():
            goal = self._teacher(batch.english, MOST_PIECES)
        goal = goal.clone()
        side = batch.chinese or batch.english
        cosines = self._student(side, MOST_PIECES) @ goal.T
        nearness = _NEARNESS * (1 - cosines.diagonal()).mean()
        contrast = cross_entropy(cosines * _SCALE, torch.arange(len(goal), device=goal.device))
        loss: Tensor = nearness + contrast
        return loss


class Ranking:
    """The loss of questions: the right text before all other texts of the batch; of other batches that of a meeting."""

    def __init__(self, student: Encoder, distillation: Distillation) -> None:
        self._student, self._distillation = student, distillation

    def __call__(self, batch: RankedBatch | Meeting) -> Tensor:
        """Give the mean loss of a question, or of a pair."""
        if isinstance(batch, Meeting):
            return self._distillation(batch)
        questions = [q.question for q in batch.questions]
        texts = [q.right for q in batch.questions] + [w for q in batch.questions for w in q.wrong]
        asked = self._student(questions, MOST_PIECES)
        found = self._student(texts, MOST_PIECES)
        cosines = asked @ found.T
        same = _equal(texts[: len(questions)], texts) | _equal(
            questions, questions + [""] * (len(texts) - len(questions))
        )
        cosines = cosines.masked_fill(torch.from_numpy(same).to(cosines.device), -1.0)
        return cross_entropy(cosines * _SCALE, torch.arange(len(questions), device=cosines.device))


def meetings(sets: Sequence[tuple[list[str], list[str]]], seed: int) -> list[Meeting]:
    """Make batches of texts of one set and of like length, in an order that the seed alone decides."""
    random = np.random.default_rng(seed)
    batches = []
    for english, chinese in sets:
        order = sorted(random.permutation(len(chinese)).tolist(), key=lambda n: min(len(chinese[n]), 120))
        begin, longest = 0, 0
        for end, n in enumerate([*order, -1]):
            longest = max(longest, min(len(chinese[n]), 120)) if n >= 0 else longest
            if n < 0 or end - begin == _MOST_PAIRS or (end - begin + 1) * longest > _CHARACTERS:
                some = order[begin:end]
                if len(some) > 1:
                    batches.append(Meeting([english[i] for i in some], [chinese[i] for i in some]))
                begin, longest = end, min(len(chinese[n]), 120)
    shuffled = [batches[n] for n in random.permutation(len(batches))]
    held = [Meeting(shuffled[n].english, ()) for n in range(0, len(shuffled), _STAYS_EVERY)]
    return [
        b
        for n, batch in enumerate(shuffled)
        for b in ([held[n // _STAYS_EVERY], batch] if n % _STAYS_EVERY == 0 else [batch])
    ]


def ranked_batches(
    sets: Sequence[Sequence[RankedQuestion]], distilled: Sequence[Meeting], epochs: int, seed: int
) -> list[RankedBatch | Meeting]:
    """Make batches of questions of one set, every third batch one of the first stage."""
    random = np.random.default_rng(seed)
    batches: list[RankedBatch | Meeting] = []
    for _ in range(epochs):
        some = []
        for questions in sets:
            order = random.permutation(len(questions))
            parts = np.array_split(order, max(1, -(-len(order) // _RANKED_QUESTIONS)))
            some += [RankedBatch([questions[i] for i in part]) for part in parts if len(part) > 1]
        batches += [some[n] for n in random.permutation(len(some))]
    mixed = []
    for n, batch in enumerate(batches):
        mixed.append(batch)
        if distilled and n % (_DISTILLED_SHARE - 1) == 0:
            mixed.append(distilled[int(random.integers(len(distilled)))])
    return mixed


def _equal(left: Sequence[str], right: Sequence[str]) -> NDArray[np.bool_]:
    """Tell which texts are equal, but for each and itself: (len(left), len(right)) bool."""
    numbers = {t: n for n, t in enumerate(dict.fromkeys([*left, *right]))}
    a, b = (np.array([numbers[t] for t in texts]) for texts in (left, right))
    same: NDArray[np.bool_] = a[:, None] == b[None, :]
    same[np.arange(len(left)), np.arange(len(left))] = False
    return same
