"""How a request is put on the wire: what HTTP allows, and what it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

Framing = Callable[[bytes], tuple[Sequence[str], bytes]]
"""Of a body: its lines in the head, and what follows the head."""
CHUNKED: Final = "Transfer-Encoding: chunked"
LAST: Final = b"0\r\n\r\n"


def chunk(content: bytes, *, zeros: int = 0, extension: bytes = b"") -> bytes:
    """One chunk; nothing of nothing, as an empty chunk is the last one."""
    size = b"0" * zeros + b"%X" % len(content) + extension
    return size + b"\r\n" + content + b"\r\n" if content else b""


def _small_chunks(body: bytes) -> bytes:
    return b"".join(chunk(body[at : at + 7]) for at in range(0, 350, 7)) + chunk(body[350:])


# fmt: off
FRAMINGS: Final[Mapping[str, Framing]] = {
    "length": lambda body: ([f"Content-Length: {len(body)}"], body),
    "zeros before the length": lambda body: ([f"content-length:{len(body):015}"], body),
    "one chunk": lambda body: ([CHUNKED], chunk(body) + LAST),
    "small chunks": lambda body: (["transfer-encoding: Chunked"], _small_chunks(body) + LAST),
    "extensions": lambda body: ([CHUNKED], chunk(body, extension=b";a=b;c") + b"0;d=e\r\n\r\n"),
    "zeros before the size": lambda body: ([CHUNKED], chunk(body, zeros=5) + b"000\r\n\r\n"),
    "trailers": lambda body: (["Trailer: X-A", CHUNKED], chunk(body) + b"0\r\nX-A: b\r\nx-c: d\r\n\r\n"),
}
"""Each is right."""

MISFRAMINGS: Final[Mapping[str, Framing]] = {
    "nothing said": lambda body: ([], body),
    "a length that is too short": lambda body: ([f"Content-Length: {len(body) // 2}"], body),
    "a length that is too long": lambda body: ([f"Content-Length: {len(body) + 1}"], body),
    "the length twice": lambda body: ([f"Content-Length: {len(body)}"] * 2, body),
    "two lengths": lambda body: (["Content-Length: 0", f"Content-Length: {len(body)}"], body),
    "a list of lengths": lambda body: ([f"Content-Length: {len(body)}, {len(body)}"], body),
    "a length with a sign": lambda body: ([f"Content-Length: +{len(body)}"], body),
    "a negative length": lambda body: (["Content-Length: -1"], body),
    "a length in hexadecimal digits": lambda body: ([f"Content-Length: {len(body):#x}"], body),
    "a length with an underscore": lambda body: ([f"Content-Length: 0_{len(body)}"], body),
    "a length of no digit": lambda body: (["Content-Length: \xb2"], body),
    "an empty length": lambda body: (["Content-Length:"], body),
    "a length of 2**64": lambda body: ([f"Content-Length: {2**64}"], body),
    "a length of 5000 digits": lambda body: ([f"Content-Length: {'9' * 5000}"], body),
    "a length and chunks": lambda body: ([f"Content-Length: {len(body)}", CHUNKED], chunk(body) + LAST),
    "chunks and a length": lambda body: ([CHUNKED, "Content-Length: 3"], chunk(body) + LAST),
    "chunks twice": lambda body: (["Transfer-Encoding: chunked, chunked"], chunk(body) + LAST),
    "chunks under a coding": lambda body: (["Transfer-Encoding: chunked, identity"], chunk(body) + LAST),
    "an unknown coding": lambda body: (["Transfer-Encoding: x"], chunk(body) + LAST),
    "a compressed coding": lambda body: (["Transfer-Encoding: gzip, chunked"], chunk(body) + LAST),
    "an empty coding": lambda body: (["Transfer-Encoding:"], chunk(body) + LAST),
    "a coding with a tab": lambda body: (["Transfer-Encoding:\x0bchunked"], chunk(body) + LAST),
    "no last chunk": lambda body: ([CHUNKED], chunk(body)),
    "half a chunk": lambda body: ([CHUNKED], chunk(body)[:-3]),
    "a chunk that is longer than its size": lambda body: ([CHUNKED], b"1\r\n" + body + b"\r\n" + LAST),
    "a negative size": lambda body: ([CHUNKED], b"-" + chunk(body) + LAST),
    "a size with 0x": lambda body: ([CHUNKED], b"0x" + chunk(body) + LAST),
    "a size with a blank": lambda body: ([CHUNKED], b" " + chunk(body) + LAST),
    "a size of no digit": lambda body: ([CHUNKED], b"g" + chunk(body) + LAST),
    "a size of 2**64": lambda body: ([CHUNKED], b"1" + b"0" * 16 + b"\r\n" + body + b"\r\n" + LAST),
    "an empty size": lambda body: ([CHUNKED], b"\r\n" + body + LAST),
    "sizes with line feeds alone": lambda body: ([CHUNKED], chunk(body).replace(b"\r\n", b"\n") + b"0\n\n"),
    "trailers that must be headers": lambda body: (
        ["Trailer: Authorization", CHUNKED],
        chunk(body) + b"0\r\nAuthorization: Token x\r\nHost: attacker.example\r\nContent-Length: 5\r\n\r\n",
    ),
    "a trailer without a colon": lambda body: ([CHUNKED], chunk(body) + b"0\r\nx\r\n\r\n"),
    "a long extension": lambda body: ([CHUNKED], chunk(body, extension=b";" + b"x" * 20_000) + LAST),
}
"""Each is wrong, or more than a server need take."""


def _line(text: bytes) -> Callable[[bytes], bytes]:
    """One more line at the end of the head."""
    return lambda sent: sent.replace(b"\r\n\r\n", b"\r\n" + text + b"\r\n\r\n", 1)


def _first(change: Callable[[bytes, bytes, bytes], bytes]) -> Callable[[bytes], bytes]:
    """Method, target and version changed."""

    def changed(sent: bytes) -> bytes:
        line, _, rest = sent.partition(b"\r\n")
        method, _, others = line.partition(b" ")
        target, _, version = others.rpartition(b" ")
        return change(method, target, version) + b"\r\n" + rest

    return changed


def _head(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def changed(sent: bytes) -> bytes:
        head, end, content = sent.partition(b"\r\n\r\n")
        return change(head + end) + content

    return changed


FLAWS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "line feeds alone": _head(lambda head: head.replace(b"\r\n", b"\n")),
    "carriage returns alone": _head(lambda head: head.replace(b"\r\n", b"\r")),
    "an empty line before": lambda sent: b"\r\n" + sent,
    "a blank before": lambda sent: b" " + sent,
    "a cut head": lambda sent: sent[: sent.index(b"\r\n\r\n") + 2],
    "another request behind": lambda sent: sent + b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "bytes behind": lambda sent: sent + b"\0\xff\r\n\r\nx",
    "TLS": lambda _: b"\x16\x03\x01\x00\xc6\x01\x00\x00\xc2\x03\x03" + b"x" * 180,
    "HTTP/2": lambda _: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "a proxy's line": lambda sent: b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + sent,
    "a folded header": _line(b"X-A: b\r\n c"),
    "a blank before a colon": _line(b"X-A : b"),
    "a blank before a name": _line(b" X-A: b"),
    "a blank in a name": _line(b"X A: b"),
    "a header without a colon": _line(b"X-A"),
    "a header without a name": _line(b": b"),
    "a name in UTF-8": _line("X-é: b".encode()),
    "a value in UTF-8": _line("X-A: é👍".encode()),
    "NUL in a value": _line(b"X-A: b\0c"),
    "NUL in a name": _line(b"X\0A: b"),
    "an escape in a value": _line(b"X-A: \x1b[2J\x7f"),
    "a carriage return in a value": _line(b"X-A: b\rX-B: c"),
    "an underscore": _line(b"Content_Length: 7\r\nHTTP_HOST: attacker.example"),
    "a long value": _line(b"X-A: " + b"b" * 70_000),
    "a long name": _line(b"X" * 70_000 + b": b"),
    "many headers": _line(b"\r\n".join(b"X-%d: b" % number for number in range(400))),
    "a header many times": _line(b"\r\n".join([b"X-A: b"] * 400)),
    "an upgrade to HTTP/2": _line(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk"),
    "an unknown upgrade": _line(b"Connection: Upgrade\r\nUpgrade: x/9"),
    "half a handshake": _line(b"Connection: Upgrade\r\nUpgrade: websocket"),
    "an unknown expectation": _line(b"Expect: 999-magic"),
    "no version": _first(lambda method, target, _: method + b" " + target),
    "no target": _first(lambda method, _, version: method + b"  " + version),
    "HTTP/2.0": _first(lambda method, target, _: method + b" " + target + b" HTTP/2.0"),
    "HTTP/1.2": _first(lambda method, target, _: method + b" " + target + b" HTTP/1.2"),
    "HTTP/1": _first(lambda method, target, _: method + b" " + target + b" HTTP/1"),
    "a version in small letters": _first(lambda method, target, _: method + b" " + target + b" http/1.1"),
    "another protocol": _first(lambda method, target, _: method + b" " + target + b" RTSP/1.0"),
    "a method in small letters": _first(lambda method, target, version: b" ".join((method.lower(), target, version))),
    "an unknown method": _first(lambda _, target, version: b" ".join((b"FOO", target, version))),
    "a method with a sign": _first(lambda method, target, version: b" ".join((method + b"<", target, version))),
    "a long method": _first(lambda _, target, version: b" ".join((b"X" * 20_000, target, version))),
    "CONNECT": _first(lambda _, __, version: b"CONNECT localhost:80 " + version),
    "an asterisk": _first(lambda _, __, version: b"OPTIONS * " + version),
    "a target without a slash": _first(lambda method, target, version: b" ".join((method, target[1:], version))),
    "a foreign target": _first(
        lambda method, target, version: b" ".join((method, b"http://attacker.example" + target, version))
    ),
    "a target of another scheme": _first(
        lambda method, target, version: b" ".join((method, b"gopher://localhost" + target, version))
    ),
    "two slashes before": _first(lambda method, target, version: b" ".join((method, b"//" + target, version))),
    "tabs between": _first(lambda method, target, version: b"\t".join((method, target, version))),
    "a blank in the target": _first(lambda method, target, version: b" ".join((method, target + b" x", version))),
    "a fragment": _first(lambda method, target, version: b" ".join((method, target + b"#x?limit=1", version))),
    "UTF-8 in the target": _first(lambda method, target, version: b" ".join((method, target + b"\xc3\xa9", version))),
    "Latin-1 in the target": _first(lambda method, target, version: b" ".join((method, target + b"\xe9", version))),
    "NUL in the target": _first(lambda method, target, version: b" ".join((method, target + b"\0", version))),
    "signs in the target": _first(lambda method, target, version: b" ".join((method, target + b'"<\\^`{|', version))),
    "a long target": _first(lambda method, target, version: b" ".join((method, target + b"?" + b"x" * 70000, version))),
}
"""What HTTP does not allow, what it has servers refuse, and more than they need take."""
UNFINISHED: Final = frozenset(
    {"a length that is too long", "no last chunk", "half a chunk", "a cut head", "half a handshake"}
)
"""Of both: servers wait for the rest."""
# fmt: on
