"""The command `yinju`. What a subcommand needs is imported when it runs."""

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib.metadata import entry_points, version

from rag.command import Command
from rag.commands import COMMANDS
from rag.errors import YinjuError
from rag.offline import stay_offline
from rag.terminal import PrintableStream, printable

__all__ = ["main"]

_GROUP = "yinju.commands"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Gives 0 when it is done, 1 when it failed, 2 when the call was wrong."""
    stay_offline()
    with redirect_stdout(PrintableStream(sys.stdout)):
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    commands = _commands()
    settings = _parser(commands).parse_args(arguments)
    try:
        return commands[settings.command].run(settings)
    except YinjuError as error:
        _tell(f"{error}{_same_library(str(error), settings)}")
        return error.exit_code
    except BrokenPipeError:  # the reader of our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _tell(f"{where}{error.strerror or error}; check the path, its permissions and the disk")
        return 1
    except KeyboardInterrupt:
        _tell("stopped; what was finished is kept")
        return 130


def _same_library(message: str, settings: argparse.Namespace) -> str:
    """Return what the command that a message advises needs besides, to act on the library of this call."""
    library = getattr(settings, "library", None)
    advised = any(f"`yinju {name}" in message for name in ("index", "check"))
    return f" (add {shlex.join(['--library', str(library)])})" if library and advised else ""


def _tell(message: str) -> None:
    print(f"yinju: {printable(message)}", file=sys.stderr)


def _commands() -> dict[str, Command]:
    """Give all commands: those of `rag`, and those that other packages add."""
    added = (point.load() for point in sorted(entry_points(group=_GROUP), key=lambda point: point.name))
    return {command.name: command for command in (*COMMANDS, *added)}


def _parser(commands: dict[str, Command]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yinju", description="Answers from the articles, each sentence with its source. 引据：答必有据。"
    )
    parser.add_argument("--version", action="version", version=f"yinju {version('yinju')}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in commands.values():
        command.configure(subparsers.add_parser(command.name, help=command.help, description=command.help))
    return parser


if __name__ == "__main__":
    sys.exit(main())
