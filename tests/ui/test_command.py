"""Where the page may listen, and whom it lets in."""

import socket
from pathlib import Path

import pytest

from rag.cli import main
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


@pytest.mark.parametrize("command", [["chat"], ["eval", "review", "RUN"]])
def test_another_host_needs_open_to_everyone(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    if "RUN" in command:
        monkeypatch.setattr("eval.runs.load_run", lambda folder: pytest.fail("read before the address was checked"))
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        port = str(probe.getsockname()[1])
    assert main([*command, "--host", "0.0.0.0", "--port", port, "--no-browser"]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "everybody who reaches this address" in told
    assert "--open-to-everyone" in told
    assert list(tmp_path.iterdir()) == []  # nothing was built


def test_a_wrong_allowed_host_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chat", "--allow-host", "http://wiki", "--no-browser"]) == 2
    assert "expected NAME or NAME:PORT" in capsys.readouterr().err
