"""From the setting `embedder` to an embedder."""

from pathlib import Path

from rag.embed.base import Embedder

__all__ = ["BUNDLED", "bundled_folder", "load_embedder"]

BUNDLED = "bundled"


def bundled_folder() -> Path:
    """Say where the model lies that comes with Yinju."""
    return Path(__file__).parents[1] / "models" / "bundled"


def load_embedder(name: str = BUNDLED, *, device: str | None = None, progress: bool = False) -> Embedder:
    """Load the bundled model, or any sentence-transformers model by name or path. Raises ModelError."""
    if name == BUNDLED:
        from rag.embed.static import StaticEmbedder

        return StaticEmbedder(bundled_folder())
    from rag.embed.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(name, device=device, progress=progress)
