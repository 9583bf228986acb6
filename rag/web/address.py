"""Where a page may listen, and under which names it may be asked for."""

import ipaddress
import re
import socket
from dataclasses import dataclass

from rag.errors import UsageError

__all__ = ["Access", "check_address", "check_reach", "split_host"]

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::([0-9]{1,5}))?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - addresses that stand for all, and where they answer here
_HTTP_PORT = 80


def split_host(text: str) -> tuple[str, int | None]:
    """Split `name[:port]` into the name in lower case, without brackets, and the port; ("", None) where it is neither.

    An IPv4 address that was mapped into IPv6 counts as the IPv4 address.
    """
    found = _HOST.fullmatch(text)
    if found is None:
        return "", None
    name = found[1].lower().strip("[]")
    return _plain(name), int(found[2]) if found[2] else None


def _plain(name: str) -> str:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


@dataclass(frozen=True, slots=True)
class Access:
    """Who is let in: the address that is listened on, and what `--allow-host` and `--behind-proxy` add."""

    host: str = "127.0.0.1"
    port: int = 7860
    names: tuple[str, ...] = ()
    behind_proxy: bool = False

    def __post_init__(self) -> None:
        for name in self.names:
            if not split_host(name)[0]:
                raise UsageError(
                    f"--allow-host {name} is no name of a host: expected NAME or NAME:PORT, without http://"
                )

    def serves(self, host: str, local: str) -> bool:
        """Say whether a `Host` header names this server; `local` is the address at which the connection came in.

        A name that was not configured is believed only where it is the address itself: a name that somebody else's
        DNS points here (rebinding) is not.
        """
        name, port = split_host(host)
        if not name:
            return False
        for allowed in self.names:
            allowed_name, allowed_port = split_host(allowed)
            if name == allowed_name and allowed_port in (None, port):
                return True
        if (port or _HTTP_PORT) != self.port:
            return False
        here = _plain(local.split("%")[0])
        named = self.host.lower() if self.host not in _EVERY else ""
        return name in (here, named) or (here in _LOOPBACK and name in _LOOPBACK)

    @property
    def address(self) -> str:
        """The address of the page for a browser on this machine."""
        host = _EVERY.get(self.host, self.host)
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"


def check_address(host: str, port: int) -> None:
    """Raise UsageError when nothing can listen there."""
    if not 1 <= port <= 65535:
        raise UsageError(f"--port is {port}: expected 1 to 65535")
    family, kind, *_, address = _resolve(host, port)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise UsageError(
                f"can't listen on {host} port {port} ({error.strerror}): choose another --port or --host"
            ) from error


def check_reach(host: str, *, open_to_everyone: bool) -> None:
    """Raise UsageError when other machines could reach the page and nobody said that they may."""
    addresses = {str(address[0]).split("%")[0] for *_, address in _resolve(host, 0)}
    if open_to_everyone or all(ipaddress.ip_address(a).is_loopback for a in addresses):
        return
    raise UsageError(
        f"--host {host} lets everybody who reaches this address read all articles and ask, without a password and in "
        "clear text: add --open-to-everyone if that is meant, or leave --host out for this machine only"
    )


def _resolve(
    host: str, port: int
) -> list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[object, ...]]]:
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (socket.gaierror, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "no name of a host"
        raise UsageError(f"--host {host} is no address of this machine ({why}): try 127.0.0.1") from error
