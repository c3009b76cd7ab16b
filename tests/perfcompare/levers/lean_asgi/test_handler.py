from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from asgiref.sync import AsyncToSync, SyncToAsync
from django.core.exceptions import BadRequest
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.signals import request_finished, request_started
from django.db import connection
from django.test import override_settings
from django.urls import get_urlconf, path

from perfcompare.levers.lean_asgi import warm_threads
from perfcompare.levers.lean_asgi.handler import LeanASGIHandler
from perfcompare.levers.lean_asgi.request import LeanASGIRequest
from tests.perfcompare.levers import views
from tests.perfcompare.stacks.asgi import ask

pytestmark = pytest.mark.anyio


class Hops:
    """Counts what asgiref sends to other threads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        call = SyncToAsync.__call__

        async def counted(itself: Any, *args: Any, **kwargs: Any) -> Any:
            self.count += 1
            return await call(itself, *args, **kwargs)

        monkeypatch.setattr(SyncToAsync, "__call__", counted)


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> Hops:
    return Hops(monkeypatch)


async def test_an_asynchronous_view_takes_no_hop_no_thread_and_no_task(app: LeanASGIHandler, hops: Hops) -> None:
    threads, tasks = threading.active_count(), len(asyncio.all_tasks())
    answer = await ask(app, "GET", "/plain")
    assert (answer.status, answer.body) == (200, b"plain")
    assert hops.count == 0
    assert (threading.active_count(), len(asyncio.all_tasks())) == (threads, tasks)


async def test_a_synchronous_view_takes_one_hop(app: LeanASGIHandler, hops: Hops) -> None:
    answer = await ask(app, "GET", "/synchronous")
    assert answer.body.startswith(b"request")
    assert hops.count == 1


async def test_synchronous_code_of_a_request_stays_in_one_thread_and_the_thread_is_kept(app: LeanASGIHandler) -> None:
    first, second = [(await ask(app, "GET", "/threads")).json["names"] for _ in range(2)]
    assert len({*first, *second}) == 1


async def test_requests_at_the_same_time_have_threads_of_their_own(app: LeanASGIHandler) -> None:
    answers = await asyncio.gather(*(ask(app, "GET", "/threads") for _ in range(3)))
    assert len({name for answer in answers for name in answer.json["names"]}) == 3


async def test_a_task_that_outlives_its_request_still_runs_synchronous_code(
    app: LeanASGIHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    later: list[asyncio.Task[Any]] = []

    async def leave_behind(*_: Any) -> Any:
        async def afterwards() -> str:
            await asyncio.sleep(0.05)
            return (await views.threads(None)).content.decode()  # type: ignore[arg-type]  # it ignores the request

        later.append(asyncio.create_task(afterwards()))
        return await views.plain(None)  # type: ignore[arg-type]

    monkeypatch.setattr(views.urlpatterns[0], "callback", leave_behind)
    assert (await ask(app, "GET", "/plain")).status == 200
    assert "request" in await later[0]


@pytest.mark.django_db(transaction=True)
async def test_connections_are_reused_with_conn_max_age_and_closed_without(
    app: LeanASGIHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sessions(max_age: int) -> int:
        await asyncio.to_thread(warm_threads.lanes.close)
        monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", max_age)
        pids = {(await ask(app, "GET", "/database-from-async")).json["pid"] for _ in range(3)}
        await asyncio.to_thread(warm_threads.lanes.close)
        return len(pids)

    assert await sessions(60) == 1
    assert await sessions(0) == 3


async def test_signals_are_sent_once_with_the_senders_and_arguments_of_django(app: LeanASGIHandler) -> None:
    seen: list[tuple[str, Any, set[str], str]] = []

    def note(name: str) -> Any:
        def receiver(*, signal: Any, sender: Any, **named: Any) -> None:
            seen.append((name, sender, set(named), threading.current_thread().name))

        return receiver

    started, finished = note("started"), note("finished")
    request_started.connect(started)
    request_finished.connect(finished)
    try:
        await ask(app, "GET", "/plain")
    finally:
        request_started.disconnect(started)
        request_finished.disconnect(finished)
    (first, second) = seen
    assert first[:3] == ("started", ASGIHandler, {"scope"})
    assert second[:3] == ("finished", ASGIHandler, set())
    assert first[3] == second[3] != threading.current_thread().name


async def test_asynchronous_receivers_are_awaited_without_a_hop(app: LeanASGIHandler, hops: Hops) -> None:
    seen: list[str] = []

    async def started(**_: Any) -> None:
        seen.append("started")

    async def finished(**_: Any) -> None:
        seen.append("finished")

    request_started.connect(started)
    request_finished.connect(finished)
    try:
        await ask(app, "GET", "/plain")
    finally:
        request_started.disconnect(started)
        request_finished.disconnect(finished)
    assert seen == ["started", "finished"]
    assert hops.count == 0


async def test_an_error_of_the_view_is_500_and_an_unknown_path_404(
    app: LeanASGIHandler, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await ask(app, "GET", "/failing")).status == 500
    assert "a defect" in caplog.text
    assert (await ask(app, "GET", "/missing")).status == 404
    assert (await ask(app, "GET", "/nowhere")).status == 404


async def test_the_servers_cancelling_is_passed_on_after_request_finished(app: LeanASGIHandler) -> None:
    seen: list[str] = []

    async def finished(**_: Any) -> None:
        seen.append("finished")

    request_finished.connect(finished)
    task = asyncio.create_task(ask(app, "GET", "/slow"))
    try:
        while not views.events:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    finally:
        request_finished.disconnect(finished)
    assert views.events == ["started", "cancelled"]
    assert seen == ["finished"]


async def test_a_client_that_leaves_cancels_the_view_and_nothing_is_sent(app: LeanASGIHandler) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": "/slow",
        "query_string": b"",
        "headers": [],
    }
    await app(scope, receive, send)
    assert views.events == ["started", "cancelled"]
    assert sent == []
    current = asyncio.current_task()
    assert current is not None
    assert current.cancelling() == 0


_entered, _held = threading.Event(), threading.Event()


def _synchronous(get_response: Any) -> Any:
    """A middleware in a thread, from where asgiref goes back to the event loop for the view; the loop is held then."""

    def middleware(request: Any) -> Any:
        _entered.set()
        assert _held.wait(10)
        return get_response(request)

    return middleware


async def test_a_client_that_leaves_between_a_synchronous_middleware_and_the_view_has_its_request_finished() -> None:
    threads: list[str] = []

    async def receive() -> Any:
        while not _entered.is_set():
            await asyncio.sleep(0.01)
        _held.set()
        time.sleep(0.1)  # the loop must not begin with the view before the client has left
        return {"type": "http.disconnect"}

    async def send(_message: Any) -> None:
        raise AssertionError("nobody is there")

    def finished(**_: Any) -> None:
        threads.append(threading.current_thread().name)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": "/plain",
        "query_string": b"",
        "headers": (),
    }
    request_finished.connect(finished)
    AsyncToSync.executors.current = None  # with asgiref before 3.12 contexts share the values that are there
    try:
        with override_settings(
            ROOT_URLCONF="tests.perfcompare.levers.views", MIDDLEWARE=[f"{__name__}.{_synchronous.__name__}"]
        ):
            await LeanASGIHandler()({**scope, "headers": []}, receive, send)
    finally:
        request_finished.disconnect(finished)
    assert [name.partition("-")[0] for name in threads] == ["request"]


async def test_synchronous_iterators_are_streamed_from_the_requests_thread(app: LeanASGIHandler) -> None:
    assert (await ask(app, "GET", "/sync-stream")).body == b"012"
    assert len(set(views.events)) == 1
    assert views.events[0].startswith("request")
    assert (await ask(app, "GET", "/async-stream")).body == b"012"


async def test_files_are_sent_whole_with_their_length(app: LeanASGIHandler) -> None:
    answer = await ask(app, "GET", "/file")
    assert answer.body == b"x" * 200_000
    assert answer.headers["Content-Length"] == "200000"


async def test_a_request_may_name_its_own_urlconf_and_the_next_one_has_the_projects() -> None:
    class Elsewhere(LeanASGIRequest):
        urlconf: Any = (path("only-here", views.plain),)

    class Handler(LeanASGIHandler):
        request_class = Elsewhere

    with override_settings(ROOT_URLCONF="tests.perfcompare.levers.views", MIDDLEWARE=[]):
        assert (await ask(Handler(), "GET", "/only-here")).status == 200
        assert get_urlconf() is None
        assert (await ask(LeanASGIHandler(), "GET", "/only-here")).status == 404


@pytest.mark.parametrize("root_path", ["", "/mounted"])
async def test_the_servers_prefix_is_prepended_by_reverse(app: LeanASGIHandler, root_path: str) -> None:
    async def mounted(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "root_path": root_path, "path": f"{root_path}/prefix"}, receive, send)

    assert (await ask(mounted, "GET", "/")).json == {"prefix": f"{root_path}/", "url": f"{root_path}/plain"}
    assert (await ask(app, "GET", "/prefix")).json == {"prefix": "/", "url": "/plain"}


@pytest.mark.parametrize("path", ["/described?a=1&a=%C3%A4", "/described"])
async def test_a_request_has_what_djangos_has(app: LeanASGIHandler, path: str) -> None:
    headers: dict[str, Any] = {
        "cookie": "k=v; l=w",
        "x_own": "1",
        "content_type": "text/plain; charset=latin-1",
        "accept": "*/*",
    }
    ours, djangos = [await ask(each, "GET", path, **headers) for each in (app, ASGIHandler())]
    assert ours.json == djangos.json


@pytest.mark.parametrize("names", ["x-a x-a", "x-b x_b", "x_c", "content-type content_type"])
async def test_headers_in_meta_are_djangos(names: str) -> None:
    headers = [(name.encode(), str(number).encode()) for number, name in enumerate(names.split())]
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": "/", "headers": headers}
    ours, djangos = [made(scope, BytesIO()).META for made in (LeanASGIRequest, ASGIRequest)]
    assert ours == djangos


async def test_headers_and_cookies_are_djangos(app: LeanASGIHandler) -> None:
    sent: list[list[Any]] = []

    def noting(handler: Any) -> Any:
        async def serve(scope: Any, receive: Any, send: Any) -> None:
            async def note(message: Any) -> None:
                sent.extend([message["headers"]] if "headers" in message else [])
                await send(message)

            await handler(scope, receive, note)

        return serve

    await ask(noting(app), "GET", "/cookies")
    await ask(noting(ASGIHandler()), "GET", "/cookies")
    assert sent[0] == sent[1]
    assert len([name for name, _ in sent[0] if name == b"Set-Cookie"]) == 2


async def test_a_websocket_is_refused_before_it_is_accepted(app: LeanASGIHandler) -> None:
    sent: list[str] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await app({"type": "websocket"}, receive, send)
    assert sent == ["websocket.close"]


async def test_the_lifespan_of_a_process_is_answered_and_ends_the_threads(app: LeanASGIHandler) -> None:
    await ask(app, "GET", "/synchronous")
    inbox = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[str] = []

    async def receive() -> Any:
        return inbox.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await app({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("request")]


async def test_requests_leave_nothing_behind_for_the_collector(app: LeanASGIHandler) -> None:
    await ask(app, "GET", "/plain")
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            await ask(app, "GET", "/plain")
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        kept = [type(item).__name__ for item in gc.garbage]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert not {"ASGIRequest", "HttpResponse", "Exchange"} & set(kept)


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=None)
async def test_no_limit_means_no_limit(app: LeanASGIHandler) -> None:
    body = b"x" * 5_000_000
    assert (await ask(app, "POST", "/echo", body=body)).body == body


def _error_of(make: Callable[..., object], *args: object) -> str | None:
    """Which one depends on the version of Django; the first ones with this series raise none."""
    try:
        make(*args)
    except (ValueError, LookupError, BadRequest) as error:
        return repr(error)
    return None


async def test_parameters_of_a_content_type_count_unless_the_option_says_otherwise() -> None:
    def made(kind: bytes, request_class: type[ASGIRequest] = LeanASGIRequest) -> ASGIRequest:
        headers = [(b"content-type", kind), (b"cookie", b"a=1"), (b"cookie", b"b=2")]
        scope: Any = {"type": "http", "http_version": "1.1", "method": "GET", "path": "/mounted/", "headers": headers}
        scope["root_path"] = "/mounted"
        return request_class(scope, BytesIO())

    assert made(b"text/plain; charset=latin-1").encoding == "latin-1"
    assert _error_of(made, b"text/plain; charset*=x''y") == _error_of(made, b"text/plain; charset*=x''y", ASGIRequest)
    with override_settings(PERFCOMPARE={"lean_asgi": {"type_parameters": False}}):
        assert made(b"text/plain; charset=latin-1").encoding is None
        request = made(b"text/plain; charset*=x''y")
        assert (request.content_type, request.META["CONTENT_TYPE"]) == ("text/plain", "text/plain")
        assert request.META["HTTP_COOKIE"] == made(b"text/plain", ASGIRequest).META["HTTP_COOKIE"]
