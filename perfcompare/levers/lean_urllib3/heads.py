"""The head of a request as http.client would write it, remembered; and the head of an answer, taken apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from urllib3 import HTTPHeaderDict
from urllib3.connection import HTTPConnection

_MOST: Final = 256
_heads: Final[dict[tuple[Any, ...], bytes]] = {}
_TARGET: Final = re.compile(r"/[!-~]*")
_STATUS: Final = re.compile(rb"HTTP/1\.1 ([2-5][0-9][0-9]) ([ -~]*)")
_HEADER: Final = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([!-~](?:[ -~]*[!-~])?)?")
_NO_CONTENT: Final = frozenset({204, 304})
_UNUSUAL: Final = frozenset({"transfer-encoding", "content-encoding", "set-cookie"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    reason: str
    headers: HTTPHeaderDict
    body: bytes


def written(connection: HTTPConnection, target: str, headers: Mapping[str, str]) -> bytes | None:
    """The head of a GET of `target`; None for a target that http.client must look at."""
    if not _TARGET.fullmatch(target):
        return None
    key = (connection.host, connection.port, tuple(headers.items()))
    rest = _heads.get(key)
    if rest is None:
        if len(_heads) >= _MOST:
            _heads.clear()
        rest = _heads[key] = _recorded(connection, headers)
    return b"GET %b%b" % (target.encode("ascii"), rest)


class _Recorder(HTTPConnection):
    """A connection that keeps what it is to send."""

    def connect(self) -> None:
        self.recorded = b""

    def send(self, data: Any) -> None:
        self.recorded += data


def _recorded(connection: HTTPConnection, headers: Mapping[str, str]) -> bytes:
    """What follows the target."""
    recorder = _Recorder(connection.host, connection.port)
    recorder.connect()
    recorder.request("GET", "/", headers=headers)
    return recorder.recorded.removeprefix(b"GET /")


def read(data: bytes) -> Answer | None:
    """The answer in `data`; None when it is not whole, or when http.client must look at it."""
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator or not head.isascii() or not body:
        return None
    first, _, rest = head.partition(b"\r\n")
    status = _STATUS.fullmatch(first)
    headers = None if status is None else _headers(rest.decode("ascii"))
    if status is None or headers is None or headers.get("content-length") != str(len(body)):
        return None
    number = int(status[1])
    if number in _NO_CONTENT or headers.get("connection", "keep-alive").lower() != "keep-alive":
        return None
    return Answer(status=number, reason=status[2].decode("ascii").strip(), headers=headers, body=body)


def _headers(text: str) -> HTTPHeaderDict | None:
    """The headers; None when one comes twice, is folded, or says how the body is to be read."""
    found: dict[str, list[str]] = {}
    for line in text.split("\r\n"):
        match = _HEADER.fullmatch(line)
        if match is None:
            return None
        name = match[1].lower()
        if name in found or name in _UNUSUAL:
            return None
        found[name] = [match[1], match[2] or ""]
    headers = HTTPHeaderDict()
    headers._container = found
    return headers
