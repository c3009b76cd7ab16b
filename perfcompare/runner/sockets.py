"""What the kernel knows about single TCP connections, through netlink: sock_diag(7), linux/inet_diag.h, linux/tcp.h.

/proc/net/snmp counts the segments of the whole machine, so it cannot separate the server's traffic from others.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from typing import Final

from perfcompare.core.errors import EnvironmentProblem

_NETLINK_SOCK_DIAG: Final = 4
_SOCK_DIAG_BY_FAMILY: Final = 20
_REQUEST_DUMP: Final = 0x1 | 0x300
_DONE: Final = 3
_ERROR: Final = 2
_INFO: Final = 2
"""INET_DIAG_INFO: the attribute that holds a struct tcp_info."""
_HEADER: Final = struct.Struct("=IHHII")
"""struct nlmsghdr: length, type, flags, sequence, port id."""
_QUESTION: Final = struct.Struct("=BBBxI")
"""The head of struct inet_diag_req_v2: family, protocol, extensions, states; a struct inet_diag_sockid follows."""
_SOCKET_ID: Final = struct.Struct("!HH32xI8s")
"""struct inet_diag_sockid: ports here and there, addresses, interface, cookie."""
_ANSWER_BYTES: Final = 72
"""Of struct inet_diag_msg, before its attributes."""
_COOKIE: Final = slice(44, 52)
"""In that: what names a connection for as long as the machine runs."""
_DATA_SEGS_IN_AT: Final = 152
"""In struct tcp_info: segments with data that have come in (RFC 4898 tcpEStatsPerfDataSegsIn), since Linux 4.6."""
_STATES: Final = 1 << 1 | 1 << 8
"""ESTABLISHED and CLOSE_WAIT: thousands of connections in TIME_WAIT are passed over by the kernel."""
_BUFFER_BYTES: Final = 1 << 18


class Requests:
    """How many data segments clients have sent to `port` over IPv4: with keep-alive and small requests, one for each.

    What a connection had when it was last seen stays counted after it has ended.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._segments: dict[bytes, int] = {}

    def read(self) -> int:
        """The number up to now; EnvironmentProblem where the kernel does not report it."""
        try:
            self._segments.update(_data_segments(self._port))
        except OSError as error:
            raise EnvironmentProblem(
                f"The kernel does not report connections (sock_diag: {error.strerror}). Load its module with "
                "`modprobe tcp_diag`, or use a container runtime that has it."
            ) from error
        return sum(self._segments.values())


def _data_segments(port: int) -> Iterator[tuple[bytes, int]]:
    """The cookie of each connection at the local port `port`, and its data segments."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as netlink:
        question = _QUESTION.pack(socket.AF_INET, socket.IPPROTO_TCP, 1 << (_INFO - 1), _STATES)
        question += _SOCKET_ID.pack(port, 0, 0, b"\xff" * 8)
        length = _HEADER.size + len(question)
        netlink.sendto(_HEADER.pack(length, _SOCK_DIAG_BY_FAMILY, _REQUEST_DUMP, 1, 0) + question, (0, 0))
        for body in _messages(netlink):
            info = _attribute(body[_ANSWER_BYTES:], _INFO)
            if len(info) >= _DATA_SEGS_IN_AT + 4:
                yield body[_COOKIE], struct.unpack_from("=I", info, _DATA_SEGS_IN_AT)[0]


def _messages(netlink: socket.socket) -> Iterator[bytes]:
    """The messages of a dump, until the kernel ends it. Raises OSError when it refuses."""
    while True:
        data = netlink.recv(_BUFFER_BYTES)
        while len(data) >= _HEADER.size:
            length, kind = _HEADER.unpack_from(data)[:2]
            if kind == _DONE:
                return
            if kind == _ERROR:
                code = -struct.unpack_from("=i", data, _HEADER.size)[0]
                raise OSError(code, os.strerror(code))
            yield data[_HEADER.size : length]
            data = data[(length + 3) & ~3 :]


def _attribute(attributes: bytes, wanted: int) -> bytes:
    """The payload of the attribute of that type; empty when it is missing."""
    while len(attributes) >= 4:
        length, kind = struct.unpack_from("=HH", attributes)
        if kind == wanted:
            return attributes[4:length]
        attributes = attributes[(length + 3) & ~3 :] if length else b""
    return b""
