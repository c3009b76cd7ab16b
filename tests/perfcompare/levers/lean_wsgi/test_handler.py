from __future__ import annotations

import gc
import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import connection
from django.test import RequestFactory, override_settings

from perfcompare.levers.lean_wsgi.bodies import limited
from perfcompare.levers.lean_wsgi.handler import LeanWSGIHandler
from tests.perfcompare.levers import views

LIMIT = 1000
FACTORY = RequestFactory()


@pytest.fixture
def app() -> Iterator[Any]:
    views.events.clear()
    connection.close()  # the handler looks after this thread's, which tests without a database may not use
    with override_settings(ROOT_URLCONF="tests.perfcompare.levers.views", MIDDLEWARE=[]):
        yield limited(LeanWSGIHandler())


class Answer:
    def __init__(self, app: Any, environ: dict[str, Any]) -> None:
        environ.pop("wsgi.file_wrapper", None)
        response = app(environ, self._start)
        self.body = b"".join(response)
        if hasattr(response, "close"):
            response.close()

    def _start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, headers


def get(app: Any, path: str, **extra: Any) -> Answer:
    return Answer(app, FACTORY.get(path, **extra).environ)


def post(app: Any, body: bytes, path: str = "/echo", **extra: Any) -> Answer:
    environ = {**FACTORY.post(path).environ, "wsgi.input": io.BytesIO(body), "CONTENT_TYPE": "application/octet-stream"}
    return Answer(app, {**environ, "CONTENT_LENGTH": str(len(body)), **extra})


@pytest.mark.parametrize(
    "path",
    ["/plain", "/synchronous", "/rows/7", "/any/thing", "/cookies", "/missing", "/nowhere", "/file", "/sync-stream"],
)
def test_answers_are_djangos(app: Any, path: str) -> None:
    ours, djangos = get(app, path), get(WSGIHandler(), path)
    assert (ours.status, ours.headers, ours.body) == (djangos.status, djangos.headers, djangos.body)


def test_a_request_has_what_djangos_has(app: Any) -> None:
    extra = {"HTTP_COOKIE": "k=v", "CONTENT_TYPE": "text/plain; charset=latin-1", "SCRIPT_NAME": "/mounted"}
    path = "/described?a=1&a=%C3%A4"
    ours, djangos = get(app, path, **extra), get(WSGIHandler(), path, **extra)
    assert ours.body == djangos.body


@pytest.mark.parametrize("name", ["", "/mounted"])
def test_the_prefix_is_prepended_by_reverse(app: Any, name: str) -> None:
    answer = get(app, "/prefix", SCRIPT_NAME=name)
    assert answer.body == b'{"prefix": "%s/", "url": "%s/plain"}' % (name.encode(), name.encode())


def test_asynchronous_views_share_a_loop_and_their_synchronous_code_runs_in_the_requests_thread(app: Any) -> None:
    first, second = [json.loads(get(app, "/loop-and-thread").body) for _ in range(2)]
    assert first["loop"] == second["loop"]
    assert first["thread"] == second["thread"] == threading.get_ident()


def test_requests_in_many_threads_at_once_each_get_their_own_thread_back(app: Any) -> None:
    found: list[bool] = []

    def ask() -> None:
        found.append(json.loads(get(app, "/loop-and-thread").body)["thread"] == threading.get_ident())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8


def test_an_error_of_an_asynchronous_view_is_500(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert get(app, "/failing").status == "500 Internal Server Error"
    assert "a defect" in caplog.text


def test_signals_are_sent_once_with_the_senders_and_arguments_of_django(app: Any) -> None:
    seen: list[tuple[str, Any, set[str]]] = []

    def started(*, signal: Any, sender: Any, **named: Any) -> None:
        seen.append(("started", sender, set(named)))

    def finished(*, signal: Any, sender: Any, **named: Any) -> None:
        seen.append(("finished", sender, set(named)))

    request_started.connect(started)
    request_finished.connect(finished)
    try:
        get(app, "/plain")
    finally:
        request_started.disconnect(started)
        request_finished.disconnect(finished)
    assert seen == [("started", WSGIHandler, {"environ"}), ("finished", WSGIHandler, set())]


@pytest.mark.django_db(transaction=True)
def test_connections_are_kept_with_conn_max_age_and_closed_without(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def sessions(max_age: int) -> int:
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", max_age)
        return len({get(app, "/database").body for _ in range(3)})

    assert sessions(60) == 1
    assert sessions(0) == 3


def test_the_servers_file_wrapper_gets_the_file_and_closes_the_response(app: Any) -> None:
    closed: list[str] = []

    class Wrapper:
        def __init__(self, file: Any, block_size: int) -> None:
            self.file = file

        def __iter__(self) -> Iterator[bytes]:
            return iter([self.file.read()])

        def close(self) -> None:
            self.file.close()

    def finished(**_: Any) -> None:
        closed.append("finished")

    request_finished.connect(finished)
    try:
        response = app({**FACTORY.get("/file").environ, "wsgi.file_wrapper": Wrapper}, lambda *_: None)
        assert b"".join(response) == b"x" * 200_000
        response.close()
    finally:
        request_finished.disconnect(finished)
    assert closed == ["finished"]


def test_requests_leave_nothing_behind_for_the_collector(app: Any) -> None:
    get(app, "/plain")
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            get(app, "/synchronous")
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        kept = {type(item).__name__ for item in gc.garbage}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert not {"WSGIRequest", "HttpResponse"} & kept


@override_settings(PERFCOMPARE={"lean_wsgi": {"body_limit": LIMIT}})
def test_bodies_are_limited_declared_or_chunked(app: Any) -> None:
    assert post(app, b"x" * LIMIT).body == b"x" * LIMIT
    assert post(app, b"x" * LIMIT, CONTENT_LENGTH=f" {LIMIT} \t").body == b"x" * LIMIT
    refused = post(app, b"x" * (LIMIT + 1))
    assert (refused.status, refused.body) == (
        "413 Content Too Large",
        b'{"detail": "The body is larger than 1000 bytes."}',
    )
    chunked: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    assert post(app, b"x" * LIMIT, **chunked).body == b"x" * LIMIT


@override_settings(PERFCOMPARE={"lean_wsgi": {"body_limit": LIMIT}})
@pytest.mark.parametrize(
    ("head", "taken"),
    [
        ({"CONTENT_LENGTH": str(LIMIT + 1)}, 0),
        ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, LIMIT + 1),
    ],
)
def test_no_more_of_a_refused_body_is_read_than_tells_that_it_is_too_large(
    app: Any, head: dict[str, str], taken: int
) -> None:
    endless = io.BytesIO(b"x" * LIMIT * 100)
    given: dict[str, Any] = {**head, "wsgi.input": endless}
    assert post(app, b"", **given).status == "413 Content Too Large"
    assert endless.tell() == taken


@override_settings(PERFCOMPARE={"lean_wsgi": {"body_limit": LIMIT}})
def test_an_upload_may_be_larger_than_the_limit_for_other_bodies(app: Any) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.bin"\r\n\r\n'
    body = head + b"x" * 5000 + b"\r\n--b--\r\n"
    answer = post(app, body, "/upload", CONTENT_TYPE="multipart/form-data; boundary=b")
    assert answer.body == b'{"f": 5000}'
