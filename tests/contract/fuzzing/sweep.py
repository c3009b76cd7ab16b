"""Every hostile value once, where it matters: drawn requests hold most of them, and nobody knows which not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Final
from urllib.parse import quote

from perfcompare.core.dataset import Dataset
from perfcompare.scenarios._rows import rows
from tests.contract.fuzzing import hostile
from tests.contract.fuzzing.framing import FLAWS, FRAMINGS, MISFRAMINGS
from tests.contract.fuzzing.strategies import METHODS
from tests.contract.fuzzing.wire import PORT, RawRequest
from users.dataset import CREATED_DOMAIN

_HOST: Final = ("Host", f"127.0.0.1:{PORT}")
_JSON: Final = ("Content-Type", "application/json")
_NUMBERS: Final = ("users/{}", "items?skip={}", "users?limit={}", "cached-users?page={}", "upstream?delay_ms={}")
_numbers: Final = count()


def sweep(dataset: Dataset) -> Iterator[RawRequest]:
    """The requests, in the same order each time."""
    yield from _heads(str(rows(dataset).user(1).token))
    yield from _ways()
    yield from _targets()
    yield from _bodies()


def _get(target: str, *headers: tuple[str, str], method: str = "GET", flaw: str | None = None) -> RawRequest:
    return RawRequest(method=method, target=target, headers=(_HOST, *headers), flaw=flaw)


def _post(body: bytes, *headers: tuple[str, str], framing: str = "length", flaw: str | None = None) -> RawRequest:
    found = (_HOST, *(headers or (_JSON,)))
    return RawRequest(method="POST", target="users", headers=found, body=body, framing=framing, flaw=flaw)


def _user(**fields: object) -> bytes:
    """A body with an address that nobody has."""
    return json.dumps({"name": "Grace", "email": f"s{next(_numbers)}@{CREATED_DOMAIN}", **fields}).encode()


def _heads(token: str) -> Iterator[RawRequest]:
    yield RawRequest(method="GET", target="simple", headers=())
    for host in hostile.HOSTS:
        yield RawRequest(method="GET", target="simple", headers=(("Host", host),))
    for accept in hostile.ACCEPTS:
        yield _get("simple", ("Accept", accept))
    for credentials in hostile.CREDENTIALS:
        yield _get("protected", ("Authorization", credentials.format(token)))
    for kind in hostile.TYPES:
        yield _get("users?limit=2", ("Content-Type", kind))
        yield _post(_user(), ("Content-Type", kind))
    for header in hostile.HEADERS:
        yield _get("protected", header, ("Authorization", f"Token {token}"))
        yield _post(_user(), _JSON, header)


def _ways() -> Iterator[RawRequest]:
    for method in METHODS:
        for target in ("simple", "users", "users/1", "protected", "nothing-here"):
            yield _get(target, method=method)
    for framing in (*FRAMINGS, *MISFRAMINGS):
        yield _post(_user(), framing=framing)
    for flaw in FLAWS:
        yield _get("users?limit=2", flaw=flaw)
        yield _post(_user(), flaw=flaw)
    for target in ("simple", "users/7", "items?skip=3"):
        yield RawRequest(method="GET", target=target, headers=(_HOST,), version="1.0")
        yield RawRequest(method="GET", target=target, headers=(_HOST,), absolute=True)


def _targets() -> Iterator[RawRequest]:
    yield from map(_get, hostile.PATHS)
    for end in hostile.ENDS:
        yield from (_get(f"{target}{end}") for target in ("simple", "users", "users/7"))
    for escape in hostile.ESCAPES:
        yield from (_get(f"{target}{escape}") for target in ("users/1", "items?skip=1", "items?tags=a"))
    for spelling in hostile.SPELLINGS:
        yield from (_get(target.format(quote(spelling(7), safe=""))) for target in _NUMBERS)
    for text in hostile.TEXTS:
        yield from (_get(f"{target}{quote(text, safe='')}") for target in ("users/", "items?skip=", "items?tags="))
    yield from (_get(f"items?{pair}") for pair in hostile.PAIRS)
    for many in hostile.MANY_PAIRS:
        yield _get(f"items?{'&'.join(many)}")


def _bodies() -> Iterator[RawRequest]:
    yield from map(_post, hostile.BODIES)
    for depth in hostile.DEPTHS:
        for begin, end in ((b"[", b"]"), (b'{"a":', b"}")):
            deep = begin * depth + b"1" + end * depth
            yield _post(deep)
            yield _post(b'{"x": ' + deep + b", " + _user()[1:])
    for text in hostile.TEXTS:
        yield _post(_user(name=text))
    for encoding in hostile.ENCODINGS:
        yield _post(_user(name="é").decode().encode(encoding, "replace"))
    yield from (_post(before + _user()) for before in hostile.BEFORE)
    yield from (_post(_user() + after) for after in hostile.AFTER)
    addresses = [
        *(f"{local}@{CREATED_DOMAIN}" for local in hostile.LOCAL_PARTS),
        *(f"swept@{domain}" for domain in hostile.DOMAINS),
        *(around.format(f"swept@{CREATED_DOMAIN}") for around in hostile.AROUND),
    ]
    for address in addresses:
        yield _post(_user(email=address))
