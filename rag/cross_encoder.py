"""Load cross-encoders of sentence-transformers, by name or path: for reranking, for entailment."""

from typing import Any

from rag.errors import ModelError, first_line
from rag.offline import may_download

__all__ = ["load_cross_encoder"]


def load_cross_encoder(what: str, name: str, *, device: str | None, instead: str) -> Any:
    """Load a model. Raises ModelError when it is not there, naming `what` it is and the flag to use `instead`."""
    from sentence_transformers import CrossEncoder

    try:
        return CrossEncoder(name, device=device, local_files_only=not may_download(), trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"{what} {name!r} can't be loaded ({first_line(error)}): give a folder, set YINJU_DOWNLOAD=1 to fetch it "
            f"from the hub once, or {instead}"
        ) from error
