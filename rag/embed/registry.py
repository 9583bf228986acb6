"""From the setting `embedder` to an embedder."""

from pathlib import Path

from rag.embed.base import Embedder
from rag.embed.contextual import ContextualEncoder
from rag.embed.static import TRAINING_FACTS, StaticEmbedder

__all__ = [
    "BUNDLED",
    "NO_ENCODER",
    "bundled_encoder",
    "bundled_folder",
    "load_embedder",
    "load_encoder",
    "load_tokens",
    "static_folder",
]

BUNDLED = "bundled"
NO_ENCODER = "none"


def bundled_folder() -> Path:
    """Say where the model lies that comes with Yinju."""
    return Path(__file__).parents[1] / "models" / "bundled"


def bundled_encoder() -> Path:
    """Say where the contextual encoder lies that comes with Yinju."""
    return bundled_folder().with_name("encoder")


def static_folder(name: str) -> Path:
    """Say where a static model lies: the bundled one, or the folder of that name."""
    return bundled_folder() if name == BUNDLED else Path(name)


def load_embedder(name: str = BUNDLED, *, device: str | None = None, progress: bool = False) -> Embedder:
    """Load the bundled model, or any sentence-transformers model by name or path. Raises ModelError.

    A folder that `yinju train` wrote is read without torch, as the bundled one is.
    """
    folder = static_folder(name)
    if name == BUNDLED or (folder / TRAINING_FACTS).is_file():
        return StaticEmbedder(folder)
    from rag.embed.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(name, device=device, progress=progress)


def load_encoder(name: str = BUNDLED) -> ContextualEncoder | None:
    """Load the bundled contextual encoder, or another by its folder; None for "none". Raises ModelError."""
    if name == NO_ENCODER:
        return None
    return ContextualEncoder(bundled_encoder() if name == BUNDLED else Path(name))


def load_tokens(embedder: Embedder) -> StaticEmbedder:
    """Give the static model that late interaction compares pieces with: the embedder itself, or the bundled one."""
    return embedder if isinstance(embedder, StaticEmbedder) else StaticEmbedder(bundled_folder())
