from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

import pytest

from perfcompare.runner import drain, procfs


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[int]], list[str]]:
    """Makes the kernel report these numbers of connections, then the last one for ever; gives the states asked for."""

    def report(numbers: Sequence[int]) -> list[str]:
        left, asked = list(numbers), list[str]()

        def connections(state: str, _port: int | None = None) -> int:
            asked.append(state)
            return left.pop(0) if len(left) > 1 else left[0]

        monkeypatch.setattr(procfs, "connections", connections)
        monkeypatch.setattr(procfs, "ephemeral_ports", lambda: 100)
        return asked

    return report


def test_a_server_without_connections_is_not_waited_for(readings: Callable[[Sequence[int]], list[str]]) -> None:
    asked = readings([0])

    drain.backlog(8000)

    assert asked == [procfs.ESTABLISHED, procfs.CLOSE_WAIT]


def test_a_server_is_waited_for_until_its_last_connection_is_gone(
    readings: Callable[[Sequence[int]], list[str]],
) -> None:
    asked = readings([1, 1, 0, 1, 0])  # established, close-wait; established, close-wait; …

    drain.backlog(8000)

    assert len(asked) == 6


def test_a_server_that_never_gets_free_is_not_waited_for_longer_than_that(
    readings: Callable[[Sequence[int]], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain, "BACKLOG_S", 0.05)
    readings([1])

    drain.backlog(8000)


def test_ports_are_waited_for_while_half_of_them_are_taken(readings: Callable[[Sequence[int]], list[str]]) -> None:
    asked = readings([60, 50, 49])

    drain.ports()

    assert asked == [procfs.TIME_WAIT] * 3


def test_a_real_connection_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[bool] = []
    monkeypatch.setattr(drain, "_wait", lambda reached, _longest_s: waited.append(reached()))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            drain.backlog(port)
        server.accept()[0].close()
        drain.backlog(port)

    assert waited == [False, True]
