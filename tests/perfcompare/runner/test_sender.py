"""The project's own sender against servers of the tests' own, which answer as they are told."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import repeat

import pytest

from perfcompare.core.http import Expected, Request
from perfcompare.runner import sender
from perfcompare.runner.sender import Batch, Ready, Sender, ready
from tests.waiting import until

HELLO = {"message": "hello"}
HEAD = b"Content-Type: application/json\r\n"


def answer(value: object = HELLO, *, status: int = 200, more: bytes = b"") -> bytes:
    body = json.dumps(value).encode()
    return b"HTTP/1.1 %d Made Up\r\n%sContent-Length: %d\r\n%s\r\n%s" % (status, HEAD, len(body), more, body)


RIGHT = answer()
Respond = Callable[[socket.socket, int], bool]


def saying(*pieces: bytes, keep: bool = True) -> Respond:
    """Answers every request with the pieces, each in a packet of its own, and keeps the connection or closes it."""

    def respond(connection: socket.socket, _number: int) -> bool:
        for piece in pieces:
            connection.sendall(piece)
            if len(pieces) > 1:
                time.sleep(0.001)
        return keep

    return respond


@dataclass(kw_only=True)
class Site:
    """A server: what it was asked on which connection, and how it answers the nth request of one (from 1)."""

    respond: Respond
    port: int = 0
    asked: list[bytes] = field(default_factory=list)
    connections: list[socket.socket] = field(default_factory=list)
    ended: int = 0
    """How many connections are over, whoever closed them."""

    def serve(self, listener: socket.socket) -> None:
        with suppress(OSError):  # the test is over
            while True:
                connection = listener.accept()[0]
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections.append(connection)
                threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def close(self) -> None:
        """Every connection, in the middle of whatever happens on it."""
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _talk(self, connection: socket.socket) -> None:
        number = 0
        with suppress(OSError), connection, connection.makefile("rb") as file:
            while request := _request(file.readline):
                number += 1
                self.asked.append(request)
                if not self.respond(connection, number):
                    break
        self.ended += 1


def _request(line: Callable[[], bytes]) -> bytes:
    """A whole request without a body; empty when the client has closed."""
    lines = [line()]
    while lines[-1] not in (b"", b"\r\n"):
        lines.append(line())
    return b"".join(lines) if lines[-1] else b""


@contextmanager
def serving(respond: Respond) -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        site = Site(respond=respond, port=listener.getsockname()[1])
        thread = threading.Thread(target=site.serve, args=[listener], daemon=True)
        thread.start()
        yield site
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in site.connections:
            connection.close()


def requests(port: int, expected: Expected | None = None) -> Iterator[Ready]:
    request = Request(path="hello")
    return repeat(ready("127.0.0.1", port, "/api/hello", request, expected or Expected(json=HELLO)))


def closed(respond: Respond, *, connections: int = 1, seconds: float = 0.02) -> tuple[Batch, Site]:
    """One batch in a closed loop."""
    with serving(respond) as site, Sender("127.0.0.1", site.port, connections) as one:
        return one.closed(requests(site.port), seconds=seconds), site


def opened(respond: Respond, *, rate: float, seconds: float, connections: int = 1) -> tuple[Batch, Site]:
    """One batch in an open loop."""
    with serving(respond) as site, Sender("127.0.0.1", site.port, connections) as one:
        return one.open(requests(site.port), rate=rate, seconds=seconds), site


def test_a_request_goes_out_as_it_stands_in_the_scenario() -> None:
    request = Request(method="POST", path="users", headers={"Content-Type": "application/json"}, body=b'{"a": 1}')

    wire = ready("127.0.0.1", 8001, "/api/drf/users", request, Expected(status=201)).wire

    assert wire == (
        b"POST /api/drf/users HTTP/1.1\r\nHost: 127.0.0.1:8001\r\nContent-Type: application/json\r\n"
        b'Content-Length: 8\r\n\r\n{"a": 1}'
    )
    assert b"Content-Length" not in next(requests(8001)).wire


def test_a_host_of_its_own_takes_the_place_of_the_address() -> None:
    request = Request(path="hello", headers={"host": "shop.test"})
    wire = ready("127.0.0.1", 8001, "/hello", request, Expected()).wire
    assert wire == b"GET /hello HTTP/1.1\r\nhost: shop.test\r\n\r\n"


def test_right_answers_are_counted_and_each_has_a_latency() -> None:
    batch, site = closed(saying(RIGHT), connections=3, seconds=0.3)

    assert (batch.answers, batch.errors, batch.opened) == (len(site.asked), 0, 3)
    assert batch.answers > 3
    assert batch.received_bytes == batch.answers * len(RIGHT)
    assert len(batch.latencies_s) == batch.answers
    assert min(batch.latencies_s) > 0
    assert batch.due == 0
    assert len(site.connections) == 3


def test_connections_are_kept_for_the_next_batch() -> None:
    with serving(saying(RIGHT)) as site, Sender("127.0.0.1", site.port, 2) as one:
        batches = [one.closed(requests(site.port), seconds=0.01) for _ in range(3)]

    assert [batch.opened for batch in batches] == [2, 0, 0]
    assert sum(batch.answers for batch in batches) == len(site.asked)


def test_a_closed_loop_sends_one_request_on_each_connection_at_least_and_leaves_none_under_way() -> None:
    batch, site = closed(saying(RIGHT), connections=4, seconds=0.0)

    assert (batch.answers, len(site.asked), len(site.connections)) == (4, 4, 4)


def test_nothing_is_under_way_after_a_batch_however_slow_the_server_is() -> None:
    under_way = Counter[str]()

    def respond(connection: socket.socket, _number: int) -> bool:
        under_way["now"] += 1
        time.sleep(0.03)
        under_way["now"] -= 1
        connection.sendall(RIGHT)
        return True

    batch, site = closed(respond, connections=3, seconds=0.01)

    assert (under_way["now"], batch.answers) == (0, len(site.asked))


def test_a_wrong_status_is_an_error_without_a_latency() -> None:
    batch, site = closed(saying(answer(status=500)))

    assert (batch.answers, batch.failures) == (0, {"status 500": len(site.asked)})
    assert batch.latencies_s == []


def test_an_error_that_the_contract_asks_for_is_a_right_answer() -> None:
    with serving(saying(answer({"detail": "no"}, status=404))) as site, Sender("127.0.0.1", site.port, 1) as one:
        batch = one.closed(requests(site.port, Expected(status=404)), seconds=0.01)

    assert (batch.answers, batch.errors) == (len(site.asked), 0)


def test_the_body_of_one_answer_of_a_batch_is_compared_with_the_contract() -> None:
    batch, site = closed(saying(answer({"message": "bye"})))

    (words,) = batch.failures
    assert words.startswith("another body than the contract's: $.message: 'bye' instead of 'hello'")
    assert (batch.errors, batch.answers) == (1, len(site.asked) - 1)
    assert len(batch.latencies_s) == batch.answers


def test_answers_in_chunks_and_in_pieces_are_whole_answers() -> None:
    chunked = b"HTTP/1.1 200 OK\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    chunks = [b'8\r\n{"messag\r\n', b'a\r\ne": "hello\r\n', b'2\r\n"}\r\n', b"0\r\n\r\n"]

    for pieces in ([chunked, *chunks], [chunked + b"".join(chunks)], [RIGHT[:30], RIGHT[30:90], RIGHT[90:]]):
        batch, site = closed(saying(*pieces), connections=2)

        assert (batch.answers, batch.failures) == (len(site.asked), {})


def test_a_server_that_closes_after_each_answer_is_connected_to_anew() -> None:
    batch, site = closed(saying(answer(more=b"Connection: close\r\n"), keep=False), seconds=0.3)

    assert (batch.answers, batch.failures) == (len(site.asked), {})
    assert batch.answers > 1
    assert batch.opened == len(site.connections) == batch.answers


def test_a_server_that_closes_without_announcing_it_is_connected_to_anew() -> None:
    with serving(saying(RIGHT, keep=False)) as site, Sender("127.0.0.1", site.port, 1) as one:
        batches = []
        for number in (1, 2, 3):
            batches.append(one.closed(requests(site.port), seconds=0.0))
            until(lambda: site.ended == number)  # noqa: B023

    assert [(batch.answers, batch.failures, batch.opened) for batch in batches] == [(1, {}, 1)] * 3


def test_a_resting_connection_that_the_server_closes_between_batches_is_no_error() -> None:
    with serving(saying(RIGHT)) as site, Sender("127.0.0.1", site.port, 2) as one:
        first = one.closed(requests(site.port), seconds=0.01)
        site.close()
        second = one.closed(requests(site.port), seconds=0.01)
        site.close()
        third = one.open(requests(site.port), rate=400.0, seconds=0.01)

    assert (first.opened, second.opened, third.opened > 0) == (2, 2, True)
    assert (second.failures, third.failures) == ({}, {})


def test_a_resting_connection_that_the_server_closes_while_others_are_answered_is_no_error() -> None:
    closing = threading.Event()

    def respond(connection: socket.socket, number: int) -> bool:
        if number == 2:
            for other in site.connections:
                if other is not connection:
                    other.shutdown(socket.SHUT_RDWR)
            closing.set()
        connection.sendall(RIGHT)
        return True

    with serving(respond) as site, Sender("127.0.0.1", site.port, 2) as one:
        one.closed(requests(site.port), seconds=0.0)
        batch = one.open(requests(site.port), rate=50.0, seconds=0.1)

    assert closing.is_set()
    assert (batch.answers, batch.failures) == (batch.due, {})


def test_a_connection_that_ends_without_an_answer_is_an_error() -> None:
    batch, site = closed(saying(RIGHT[:40], keep=False))

    assert (batch.answers, batch.failures) == (0, {"closed without an answer": len(site.asked)})


def test_garbage_is_an_error() -> None:
    batch, site = closed(saying(b"this is no HTTP\r\n\r\n"))

    ((words, count),) = batch.failures.items()
    assert words.startswith("broken: ")
    assert (batch.answers, count) == (0, len(site.asked))


def test_what_was_not_asked_for_is_no_answer() -> None:
    with serving(saying(RIGHT)) as site, Sender("127.0.0.1", site.port, 1) as one:
        one.closed(requests(site.port), seconds=0.0)
        site.connections[0].sendall(RIGHT)
        batch = one.closed(requests(site.port), seconds=0.0)

    assert (batch.answers, batch.failures) == (1, {})
    assert (len(site.asked), len(site.connections)) == (2, 2)  # nor is that connection used again


def test_garbage_behind_an_answer_is_an_error() -> None:
    batch, site = closed(saying(RIGHT + b"this is no HTTP\r\n\r\n"))

    assert (batch.answers, batch.errors) == (0, len(site.asked))


def test_an_answer_without_any_header_is_one() -> None:
    with serving(saying(b"HTTP/1.1 204 No Content\r\n\r\n")) as site, Sender("127.0.0.1", site.port, 1) as one:
        batch = one.closed(requests(site.port), seconds=0.0)

    assert batch.failures == {"status 204": 1}


def test_an_answer_that_does_not_come_in_time_is_an_error_and_its_connection_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sender, "TIMEOUT_S", 0.05)
    silent = threading.Event()

    def respond(connection: socket.socket, _number: int) -> bool:
        if silent.is_set():
            connection.sendall(RIGHT)
        return True

    with serving(respond) as site, Sender("127.0.0.1", site.port, 2) as one:
        batch = one.closed(requests(site.port), seconds=0.0)
        silent.set()
        after = one.closed(requests(site.port), seconds=0.0)

    assert (batch.answers, batch.failures) == (0, {"no answer in time": 2})
    assert (after.answers, after.failures, after.opened) == (2, {}, 2)


def test_a_refused_connection_is_an_error_and_the_batch_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with Sender("127.0.0.1", port, 3) as one:
        in_turn = one.closed(requests(port), seconds=0.05)
        at_rate = one.open(requests(port), rate=10_000.0, seconds=0.05)

    assert (in_turn.answers, in_turn.failures) == (0, {"no connection: ConnectionRefusedError": 3})
    assert (at_rate.due, at_rate.answers) == (500, 0)
    assert set(at_rate.failures) == {"no connection: ConnectionRefusedError"}
    assert at_rate.errors < 50  # there is a pause after each, and nothing is tried after the window


def test_at_a_rate_as_many_requests_are_due_as_it_says_and_all_are_sent() -> None:
    batch, site = opened(saying(RIGHT), rate=200.0, seconds=0.1, connections=8)

    assert (batch.due, batch.answers, len(site.asked)) == (20, 20, 20)
    assert len(batch.late_s) == 20
    assert min(batch.late_s) >= 0
    assert opened(saying(RIGHT), rate=1.0, seconds=0.01)[0].due == 1


def _delayed(seconds: float) -> Respond:
    def respond(connection: socket.socket, _number: int) -> bool:
        time.sleep(seconds)
        connection.sendall(RIGHT)
        return True

    return respond


def test_a_latency_counts_from_the_moment_at_which_the_request_was_due() -> None:
    """One connection, 20 ms for an answer, and one due every 5 ms: each waits 15 ms longer than the one before."""
    batch, _site = opened(_delayed(0.02), rate=200.0, seconds=0.4)

    waits = [after - before for before, after in zip(batch.latencies_s, batch.latencies_s[1:], strict=False)]
    assert len(waits) > 1
    assert min(waits) > 0.0149
    assert batch.latencies_s[-1] > len(waits) * 0.0149


def test_in_a_closed_loop_a_latency_counts_from_the_moment_of_sending() -> None:
    """The sum of them is the time of the batch, less what the sender itself does in between."""
    batch, _site = closed(_delayed(0.005), seconds=0.05)

    assert sum(batch.latencies_s) <= batch.seconds


def test_what_cannot_be_sent_within_the_window_is_due_and_neither_answered_nor_wrong() -> None:
    batch, site = opened(_delayed(0.02), rate=200.0, seconds=0.2)

    assert batch.due == 40
    assert batch.answers == len(site.asked) < batch.due
    assert batch.errors == 0


def test_a_connection_that_is_free_only_after_the_window_sends_nothing_more() -> None:
    batch, site = opened(_delayed(0.1), rate=200.0, seconds=0.05)

    assert (batch.due, batch.answers, len(site.asked)) == (10, 1, 1)


def test_waiting_for_a_connection_is_the_servers_delay_and_not_the_senders() -> None:
    """Of 60 ms that later requests wait, none is lateness."""
    batch, _site = opened(_delayed(0.03), rate=100.0, seconds=0.1)

    assert sum(batch.late_s) < sum(batch.latencies_s) / 2


def test_a_sender_closes_its_connections() -> None:
    with serving(saying(RIGHT)) as site:
        with Sender("127.0.0.1", site.port, 2) as one:
            one.closed(requests(site.port), seconds=0.0)
            assert site.ended == 0

        until(lambda: site.ended == 2)
