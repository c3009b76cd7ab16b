"""The requests that the project is asked, and its answers, without a server."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode

JSON: Final = "application/json"
TOKEN: Final = {"Authorization": f"Token {'0' * 40}"}


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request; `pages` is for those that need a session or a form, which an API alone does not have."""

    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    pages: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What can be seen of an answer, as JSON has it."""

    request: str
    status: int
    headers: list[list[str]]
    body: str


def requests() -> Iterator[Request]:
    """In the order in which they are asked; those that write are in the middle."""
    for path in (
        "/hello/",
        "/hello/?name=%C3%BC",
        "/async/",
        "/streamed/",
        "/rows/",
        "/arows/",
        "/nothing/",
        "/failing/",
    ):
        yield Request(method="GET", path=path)
    yield Request(method="GET", path="/hello/", headers={"Host": "foreign.example"})
    yield Request(method="GET", path="/headers/", headers={"X-Twice": "1", "X_Twice": "2", "X_Alone": "3"})
    for path in ("/session/", "/session/", "/form/", "/hello"):
        yield Request(method="GET", path=path, pages=True)
    yield Request(method="POST", path="/form/", body="text=a", pages=True)
    yield Request(method="POST", path="/form/", body="text=a", headers={"X-CSRFToken": "wrong"}, pages=True)
    for _twice in range(2):
        yield Request(method="GET", path="/cached/")
        yield Request(method="GET", path="/acached/")
    yield from _framework("/drf", "authors/", "whole-authors/", "books/", "async-authors/", "books/2/", "authors/99/")
    for accepted in ("text/html", "application/json; indent=2", "*/*, text/plain;q=0.5"):
        yield Request(method="GET", path="/drf/authors/1/", headers={"Accept": accepted})
    yield Request(method="OPTIONS", path="/drf/books/")
    yield Request(method="GET", path=f"/drf/authors/?{urlencode({'limit': 2, 'offset': 1})}")
    for filtered in ("price__lt=4&order=-price", "title__icontains=1-0", "author=99", "price__range=1,x", "limit=2"):
        yield Request(method="GET", path=f"/drf/books/?{filtered}")
    yield from _creating({"Authorization": "Token wrong"}, {}, TOKEN)
    for changed in (
        {"email": "not one"},
        {"name": None},
        {"tags": [1, 2.5]},
        {"born": "1999-02-30"},
        {"active": "yes"},
    ):
        yield Request(method="PATCH", path="/drf/authors/2/", body=changed, headers=TOKEN)
    book = {"title": "T", "price": "1.20", "rating": 1e16, "copies": 2**60, "lent_for": "1 00:00:01"}
    yield Request(method="POST", path="/drf/books/", body={**book, "bought_at": "2024-10-27T02:30:00"}, headers=TOKEN)
    yield Request(method="POST", path="/drf/books/", body={**book, "price": "x", "copies": "many"}, headers=TOKEN)
    yield Request(method="POST", path="/drf/books/", body="{", headers={**TOKEN, "Content-Type": JSON})
    yield Request(method="DELETE", path="/drf/authors/7/", headers=TOKEN)
    yield from _framework("/ninja", "authors", "whole-authors", "authors/1", "authors?limit=x", "async-books")
    for bearer in ({"Authorization": "Bearer open"}, {"Authorization": "Bearer shut"}, {}):
        yield Request(method="GET", path="/ninja/async-books/1", headers=bearer)
        for body in ({"name": "N", "email": f"{len(bearer)}@ninja.example"}, {"name": 1}, "{"):
            yield Request(method="POST", path="/ninja/authors", body=body, headers={**bearer, "Content-Type": JSON})
    # The second one is refused, for which insert_first uses up a number of the sequence: nothing is made afterwards.
    yield from _creating(TOKEN)
    yield from _framework("/drf", "authors/?limit=50", "whole-authors/?limit=50", "books/?limit=50")


def _creating(*headers: dict[str, str]) -> Iterator[Request]:
    for one in headers:
        for path in ("/drf/async-authors/", "/drf/authors/"):
            body = {"name": "New", "email": f"{path.split('/')[2]}@example.org"}
            yield Request(method="POST", path=path, body=body, headers=one)


def _framework(prefix: str, *paths: str) -> Iterator[Request]:
    """Each path twice: what levers have learned from the first request they use for the second."""
    for path in paths:
        for _twice in range(2):
            yield Request(method="GET", path=f"{prefix}/{path}")


def held_with(application: Any, interface: str, *, pages: bool) -> list[Answer]:
    """The answers of an application; a cookie that it sets comes back to it, as from a browser."""
    cookies: SimpleCookie = SimpleCookie()
    chosen = [one for one in requests() if pages or not one.pages]
    if interface == "wsgi":
        return [_noted(one, cookies, _ask_wsgi(application, *_sent(one, cookies))) for one in chosen]

    async def hold() -> list[Answer]:
        return [_noted(one, cookies, await _ask_asgi(application, *_sent(one, cookies))) for one in chosen]

    return asyncio.run(hold())


def _sent(request: Request, cookies: SimpleCookie) -> tuple[Request, bytes, dict[str, str]]:
    headers = {"Host": "testserver", **request.headers}
    text = request.body if isinstance(request.body, str) else json.dumps(request.body)
    body = text.encode() if request.body is not None else b""
    if body:
        form = "application/x-www-form-urlencoded"
        headers = {"Content-Type": form if request.pages else JSON, **headers, "Content-Length": str(len(body))}
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={one.value}" for name, one in cookies.items())
    if request.method == "POST" and "csrftoken" in cookies:
        headers.setdefault("X-CSRFToken", cookies["csrftoken"].value)
    return request, body, headers


Raw = tuple[int, list[tuple[str, str]], bytes]


def _noted(request: Request, cookies: SimpleCookie, raw: Raw) -> Answer:
    status, headers, body = raw
    for name, value in headers:
        if name.lower() == "set-cookie":
            cookies.load(value)
    text, kind = body.decode(), dict(headers).get("Content-Type", "")
    is_json = kind.startswith(JSON) and "indent" not in str(request.headers)
    return Answer(
        request=f"{request.method} {request.path} {request.body} {request.headers}",
        status=status,
        headers=sorted(
            [name.title(), _told(name.title(), value)] for name, value in headers if not _is_length(name, is_json)
        ),
        # Levers spell JSON in fewer bytes: the value counts.
        body=json.dumps(json.loads(text), sort_keys=True) if is_json else text,
    )


def _is_length(name: str, is_json: bool) -> bool:
    return is_json and name.lower() == "content-length"


def _told(name: str, value: str) -> str:
    """A cookie without what is by chance and by the time."""
    if name != "Set-Cookie":
        return value
    first, *attributes = value.split(";")
    return ";".join([first.partition("=")[0], *(one for one in attributes if "expires" not in one)])


def _ask_wsgi(
    application: Callable[..., Iterable[bytes]], request: Request, body: bytes, headers: dict[str, str]
) -> Raw:
    said: list[Any] = []
    path, _, query = request.path.partition("?")
    environ: dict[str, Any] = {
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        **{"REQUEST_METHOD": request.method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query},
        **{"SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1"},
        **{"wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http"},
        **{"CONTENT_TYPE": headers.get("Content-Type", ""), "CONTENT_LENGTH": headers.get("Content-Length", "")},
    }
    chunks = application(environ, lambda status, given, *_: said.extend((status, given)))
    content = b"".join(chunks)
    getattr(chunks, "close", int)()
    return int(said[0].split()[0]), said[1], content


async def _ask_asgi(
    application: Callable[..., Awaitable[None]], request: Request, body: bytes, headers: dict[str, str]
) -> Raw:
    sent: list[Any] = []
    path, _, query = request.path.partition("?")
    waiting = [{"type": "http.request", "body": body}]

    async def receive() -> Any:
        return waiting.pop() if waiting else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": ""},
        **{"method": request.method, "path": path, "raw_path": path.encode(), "query_string": query.encode()},
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        **{"client": ("127.0.0.1", 1), "server": ("testserver", 80)},
    }
    await application(scope, receive, send)
    named = [(name.decode().title(), value.decode("latin-1")) for name, value in sent[0]["headers"]]
    return sent[0]["status"], named, b"".join(one.get("body", b"") for one in sent[1:])
