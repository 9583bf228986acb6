"""How much a client may ask for."""

from dataclasses import dataclass

__all__ = ["LIMITS", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one server. A page makes about four requests at a time, so 20 readers stay far below them."""

    head_bytes: int = 16 * 1024  # request line and headers
    head_seconds: float = 10.0  # from the first byte, or from connecting, to the end of the headers
    body_bytes: int = 256 * 1024  # about 80,000 Chinese characters; a question may have 10,000
    drained_bytes: int = 2 * 1024 * 1024  # of a body that is too long, read so that the client hears the reply
    body_seconds: float = 10.0
    keep_alive_seconds: int = 20
    connections: int = 512
    connections_per_client: int = 256  # by address: an office may stand behind one
    waiting: int = 100  # questions and clicks of all readers that are not yet done
    waiting_per_client: int = 60  # by address
    waiting_per_session: int = 4
    listen_seconds: float = 15.0  # from a question until its reader listens for the answer
    workers: int = 4  # functions of a kind that run at a time
    sessions: int = 256  # whose state Gradio keeps


LIMITS = Limits()
