"""`yinju chat`: open the web page."""

import argparse

from rag.command import Command, add_settings, settings_flags

__all__ = ["COMMAND"]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: this machine only)"
    )
    parser.add_argument("--port", type=int, default=7860, help="port (default 7860)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    add_settings(parser, "library", "seeds", "embedder", "generator", "passages", "device")


def _run(arguments: argparse.Namespace) -> int:
    from rag.config import load_settings
    from rag.errors import UsageError
    from rag.session import open_assistant

    assistant = open_assistant(load_settings(settings_flags(arguments)))
    from ui.app import serve

    print(f"引据 Yinju: http://{arguments.host}:{arguments.port}  (Ctrl+C ends it)", flush=True)
    try:
        serve(assistant, host=arguments.host, port=arguments.port, open_browser=not arguments.no_browser)
    except OSError as error:
        raise UsageError(f"port {arguments.port} can't be used ({error}): choose another with --port") from error
    return 0


COMMAND = Command("chat", "open the web page", _configure, _run)
