from __future__ import annotations

import asyncio
from typing import Any

from perfcompare.contract.content_type import PlainTypeASGI, plain_type_wsgi


def _passed_on(scope: dict[str, Any]) -> Any:
    seen = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope)

    asyncio.run(PlainTypeASGI(app)(scope, None, None))  # type: ignore[arg-type]
    return seen[0]


def test_each_content_type_loses_its_parameters_in_asgi() -> None:
    headers = [(b"host", b"a;b"), (b"content-type", b"text/\xe9; charset=hex"), (b"content-type", b"a;b")]
    scope = {"type": "http", "headers": headers}

    assert _passed_on(scope)["headers"] == [
        (b"host", b"a;b"),
        (b"content-type", b"text/\xe9"),
        (b"content-type", b"a"),
    ]
    assert scope["headers"] is headers


def test_what_has_no_parameters_passes_as_it_is_in_asgi() -> None:
    for scope in ({"type": "lifespan"}, {"type": "http", "headers": [(b"content-type", b"text/plain")]}):
        assert _passed_on(scope) is scope


def test_a_content_type_loses_its_parameters_in_wsgi() -> None:
    seen: list[Any] = []

    def app(environ: Any, _start_response: Any) -> list[bytes]:
        seen.append(environ)
        return []

    for environ in ({"CONTENT_TYPE": "application/json; charset*=x''y"}, {"CONTENT_TYPE": "a/b"}, {}):
        plain_type_wsgi(app)(environ, None)  # type: ignore[arg-type]

    assert seen == [{"CONTENT_TYPE": "application/json"}, {"CONTENT_TYPE": "a/b"}, {}]
