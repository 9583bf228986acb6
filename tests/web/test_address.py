"""Where a page listens, and under which names it answers."""

import pytest

from rag.errors import UsageError
from rag.web import Access, check_reach
from rag.web.address import split_host


@pytest.mark.parametrize(
    ("text", "name", "port"),
    [
        ("LocalHost:80", "localhost", 80),
        ("127.0.0.1", "127.0.0.1", None),
        ("[::1]:7860", "::1", 7860),
        ("[::FFFF:192.0.2.1]", "192.0.2.1", None),
        *(
            (odd, "", None)
            for odd in ("", ":80", "a b", "localhost.", "a:b", "a:123456", "::1", "[x]", "a/b", "http://a")
        ),
    ],
)
def test_a_host_header_is_split(text: str, name: str, port: int | None) -> None:
    assert split_host(text) == (name, port)


def test_this_machine_is_served_by_its_own_names_only() -> None:
    access = Access(port=7860)
    for host in ("127.0.0.1:7860", "localhost:7860", "[::1]:7860"):
        assert access.serves(host, "127.0.0.1")
    for host in ("evil.test:7860", "127.0.0.1", "localhost:80", "127.0.0.2:7860", "0.0.0.0:7860", ""):
        assert not access.serves(host, "127.0.0.1")
    assert Access(port=80).serves("localhost", "127.0.0.1")


def test_on_all_interfaces_the_address_of_the_connection_is_served() -> None:
    access = Access("0.0.0.0", 7860)
    assert access.serves("192.0.2.7:7860", "192.0.2.7")
    assert access.serves("192.0.2.7:7860", "::ffff:192.0.2.7")
    assert not access.serves("192.0.2.8:7860", "192.0.2.7")
    assert not access.serves("evil.test:7860", "192.0.2.7")
    assert not access.serves("0.0.0.0:7860", "127.0.0.1")
    assert not access.serves("localhost:7860", "192.0.2.7")  # a name of the client's machine, not of ours
    assert Access("server.test", 7860).serves("server.test:7860", "192.0.2.7")


def test_configured_names_are_served_with_any_port_or_theirs() -> None:
    access = Access(names=("wiki.test", "docs.test:8443"))
    assert access.serves("wiki.test", "127.0.0.1")
    assert access.serves("WIKI.test:443", "127.0.0.1")
    assert access.serves("docs.test:8443", "127.0.0.1")
    assert not access.serves("docs.test", "127.0.0.1")
    for wrong in ("http://a", "", "a b", "*"):
        with pytest.raises(UsageError, match="allow-host"):
            Access(names=(wrong,))


def test_other_machines_are_let_in_only_where_that_was_said() -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.0.0.53"):
        check_reach(host, open_to_everyone=False)
    for host in ("0.0.0.0", "::", "192.0.2.1"):
        with pytest.raises(UsageError, match=r"lets everybody who reaches .* clear text: add --open-to-everyone"):
            check_reach(host, open_to_everyone=False)
        check_reach(host, open_to_everyone=True)
    with pytest.raises(UsageError, match="no address of this machine"):
        check_reach("no.such.host.invalid", open_to_everyone=True) or check_reach("a..b", open_to_everyone=False)
