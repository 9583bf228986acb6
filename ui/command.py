"""`yinju chat`: open the web page."""

import argparse
import socket

from rag.command import ANSWERING, Command, add_settings, settings_flags
from rag.errors import UsageError

__all__ = ["COMMAND", "check_address"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: this machine only)"
    )
    parser.add_argument("--port", type=int, default=7860, help="port (default 7860)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    add_settings(parser, *ANSWERING)


def _run(arguments: argparse.Namespace) -> int:
    from rag.config import load_settings
    from rag.session import open_assistant

    check_address(arguments.host, arguments.port)
    assistant = open_assistant(load_settings(settings_flags(arguments)))
    from ui.app import serve

    page, address = serve(assistant, host=arguments.host, port=arguments.port, open_browser=not arguments.no_browser)
    print(f"引据 Yinju: {address}  (Ctrl+C ends it)", flush=True)
    page.block_thread()
    return 0


def check_address(host: str, port: int) -> None:
    """Raise UsageError when nothing can listen there."""
    if not 1 <= port <= 65535:
        raise UsageError(f"--port is {port}: expected 1 to 65535")
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise UsageError(f"--host {host} is no address of this machine ({error.strerror}): try 127.0.0.1") from error
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise UsageError(
                f"can't listen on {host} port {port} ({error.strerror}): choose another --port or --host"
            ) from error


COMMAND = Command("chat", "open the web page", _configure, _run)
