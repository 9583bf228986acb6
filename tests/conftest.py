"""What tests share: the seed page, a library of it, and a small embedder that is real."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.answer.plan import SentencePlanner
from rag.answer.ranking import SentenceRanker
from rag.assistant import Assistant
from rag.config import Settings
from rag.embed.base import Kind
from rag.embed.contextual import ContextualEncoder
from rag.embed.registry import bundled_folder
from rag.embed.static import StaticEmbedder
from rag.ingest.paragraphs import Ingested, ingest
from rag.session import index_sources, open_assistant

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
PAGE = SEEDS / "000_9bd7b7ee794945c4.txt"


class HashingEmbedder:
    """An embedder of 40 lines: counts of hashed character pairs. Texts that share characters are near."""

    def __init__(self, name: str = "hashing", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension
        self.fingerprint = f"{name}-{dimension}"
        self.encoded = 0

    def encode(self, texts: Sequence[str], kind: Kind = "passage") -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for a, b in zip(text, text[1:] + " ", strict=True):
                row[int(hashlib.md5((a + b).encode()).hexdigest(), 16) % self.dimension] += 1
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        if kind == "passage":
            self.encoded += len(texts)
        return np.divide(rows, norms, out=rows, where=norms > 0)


@cache
def bundled() -> StaticEmbedder:
    """Give the bundled model, read once."""
    return StaticEmbedder(bundled_folder())


@pytest.fixture(scope="session")
def page() -> Ingested:
    return ingest(PAGE, PAGE.name)


@pytest.fixture(scope="session")
def page_text() -> str:
    return PAGE.read_bytes().decode("utf-8")


@pytest.fixture(scope="session")
def seed_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(library=tmp_path_factory.mktemp("library") / "seeds", seeds=SEEDS)
    index_sources(settings, [])
    return settings


@pytest.fixture(scope="session")
def assistant(seed_settings: Settings) -> Assistant:
    return open_assistant(seed_settings)


@pytest.fixture(scope="session")
def ranker(assistant: Assistant) -> SentenceRanker:
    """The ranker of the assistant's planner."""
    assert isinstance(assistant.planner, SentencePlanner)
    return assistant.planner.ranker


@pytest.fixture(scope="session")
def encoders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small bilingual encoder with random weights: float32/ and int8/."""
    from eval.fit.encoder.export import write_encoder
    from tests.eval.fit.tiny_encoder import english_folder, student_of

    folder = tmp_path_factory.mktemp("encoders")
    student, vocabulary = student_of(english_folder(folder / "english"))
    write_encoder(student, vocabulary.tokenizer, folder)
    return folder


@pytest.fixture(scope="session")
def encoder(encoders: Path) -> ContextualEncoder:
    return ContextualEncoder(encoders / "int8")
