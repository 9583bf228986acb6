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
    parser.add_argument(
        "--open-to-everyone",
        action="store_true",
        help="with another --host: everybody who reaches it may read all articles and ask, without a password",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME[:PORT]",
        help="a name under which browsers may ask for the page, besides the address itself; may be repeated",
    )
    parser.add_argument(
        "--behind-proxy",
        action="store_true",
        help="a proxy of yours stands in front: X-Forwarded-Proto is believed (nothing else of its kind ever is)",
    )
    add_settings(parser, *ANSWERING)


def _run(arguments: argparse.Namespace) -> int:
    from rag.config import load_settings
    from rag.session import open_live_assistant
    from rag.web import Access, check_address, check_reach

    check_address(arguments.host, arguments.port)
    check_reach(arguments.host, open_to_everyone=arguments.open_to_everyone)
    access = Access(arguments.host, arguments.port, tuple(arguments.allow_host), arguments.behind_proxy)
    assistant = open_live_assistant(load_settings(settings_flags(arguments)))
    from ui.app import serve

    served = serve(assistant, access=access, open_browser=not arguments.no_browser)
    print(f"引据 Yinju: {served.address}  (Ctrl+C ends it)", flush=True)
    served.wait()
    return 0


COMMAND = Command("chat", "open the web page", _configure, _run)
