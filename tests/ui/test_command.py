"""Where the page may listen."""

import socket

import pytest

from rag.errors import UsageError
from rag.web import check_address


def test_a_taken_port_a_wrong_port_and_a_wrong_host_are_told_apart() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"can't listen on 127.0.0.1 port {port}"):
            check_address("127.0.0.1", port)
    check_address("127.0.0.1", port)
    for wrong in (0, -1, 99999):
        with pytest.raises(UsageError, match="expected 1 to 65535"):
            check_address("127.0.0.1", wrong)
    with pytest.raises(UsageError, match=r"192\.0\.2\.7"):
        check_address("192.0.2.7", port)
