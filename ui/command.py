"""`yinju chat`: open the web page."""

import argparse

from rag.command import ANSWERING, Command, add_settings, settings_flags

__all__ = ["COMMAND"]


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
    from rag.web import check_address

    check_address(arguments.host, arguments.port)
    assistant = open_assistant(load_settings(settings_flags(arguments)))
    from ui.app import serve

    page, address = serve(assistant, host=arguments.host, port=arguments.port, open_browser=not arguments.no_browser)
    print(f"引据 Yinju: {address}  (Ctrl+C ends it)", flush=True)
    page.block_thread()
    return 0


COMMAND = Command("chat", "open the web page", _configure, _run)
