"""The handler itself: Django's ASGIHandler with another course of a request; everything else is inherited."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any, Final

from asgiref.sync import AsyncToSync, SyncToAsync, ThreadSensitiveContext, sync_to_async
from django.core import asgi as core_asgi
from django.core.handlers import asgi
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponseBase

from perfcompare.core.asgi import refuse_websocket
from perfcompare.levers._handling import lifecycle
from perfcompare.levers._handling.course import course_of
from perfcompare.levers._handling.local_data import LocalData
from perfcompare.levers._handling.refusals import Refusal
from perfcompare.levers._handling.stock_handlers import new_without_lever, turned_stock
from perfcompare.levers._replacing import Unpatched
from perfcompare.levers.lean_asgi import bodies, messages, warm_threads
from perfcompare.levers.lean_asgi.disconnection import Exchange, Watch
from perfcompare.levers.lean_asgi.install import INSTALLATION
from perfcompare.levers.lean_asgi.request import LeanASGIRequest, get_script_name
from perfcompare.levers.lean_asgi.response_path import Responding, Response

_COURSE: Final = course_of(
    {
        asgi.ASGIHandler: {
            "__init__": "063a6d138453",
            "__call__": "618542c00dad",
            "handle": "30b59d550d2e 3a1903d13b06",
            "run_get_response": "f06168157e36",
            "read_body": "af2ccf53dd29 5e041672bb2e",
            "create_request": "a624a3a02585",
            "send_response": "d549c6503e0a e96ccdf82ed0",
            "listen_for_disconnect": "9820df9420cf",
        },
        core_asgi: {"get_asgi_application": "2fbec534a241"},
        asgi.ASGIRequest: {
            "__init__": "5bb45f27a84c 3da17481a0eb b6628e5e57d5 4e311f33c178 4401883459c2",
            "GET": "9e59ccf519e6",
            "close": "7bf384122e15",
        },
        asgi: {
            "get_script_prefix": "de0d7ba95133",
            "set_script_prefix": "78a0ef64ee77",
        },
        BaseHandler: {
            "get_response_async": "c634deb69bef",
            "_get_response_async": "fe21ca75b251",
            "process_exception_by_middleware": "019f40d5e209",
        },
    }
)
_ALSO: Final = Unpatched({asgi: "ThreadSensitiveContext sync_to_async", ASGIHandler: "chunk_bytes.__func__"})
"""What is on the course and is no function of it."""
_EXECUTORS: Final = LocalData(AsyncToSync.executors)
_SERVED: Final = INSTALLATION.parts["handler"].tally
REPLACEMENTS: Final = ()
"""A handler is named in a server's command, and nothing is replaced."""
refusals: Final = _COURSE.refusals


def objections() -> Iterator[str]:
    """Why requests are served by Django's own handler at this moment."""
    yield from _ALSO.objections()
    if not _COURSE.holds():
        yield "off: a function of Django's handler has been replaced since the process began."


class LeanASGIHandler(Responding, ASGIHandler):
    """An ASGI application of a Django project."""

    request_class = LeanASGIRequest
    sender: type[BaseHandler] = ASGIHandler
    """Who sends the signals of a request: receivers may have named Django's handler."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.sender = cls

    def __new__(cls, *_args: object, **_kwargs: object) -> Any:
        """Django's own handler, where that is not the one that this one was made for."""
        INSTALLATION.install()
        return super().__new__(cls) if INSTALLATION.parts["handler"].is_active else new_without_lever(cls)

    def __init__(self) -> None:
        self._stock: Any = None
        super().__init__()
        self._watch: Watch | None = None

    async def __call__(self, scope: bodies.Scope, receive: bodies.Receive, send: bodies.Send) -> None:  # type: ignore[override]
        """Serve one request, or the lifespan of the process; refuse a WebSocket."""
        if scope["type"] != "http":
            await _serve_other(scope, receive, send)
            return
        next(_SERVED.calls)
        if not (_COURSE.holds() and _ALSO.holds()):
            await self._left_to_stock(scope, receive, send)
            return
        said = bodies.declared(scope)
        if said is bodies.NOTHING:
            body: IO[bytes] | Refusal | None = BytesIO()
        else:
            body = await bodies.read(said, receive)
        if body is None:
            return
        watch = self._watch_of_loop()
        exchange = Exchange(receive, watch.loop, received=said is not bodies.NOTHING)
        before = warm_threads.current.set(exchange)
        threads = None
        if SyncToAsync.thread_sensitive_context.get(None) is None:  # like Django's, an outer context is kept
            threads = SyncToAsync.thread_sensitive_context.set(_THREADS)
        try:
            await self._serve(scope, body, exchange, watch, send)
        finally:
            exchange.finish()
            warm_threads.current.reset(before)
            if threads is not None:
                SyncToAsync.thread_sensitive_context.reset(threads)

    async def _left_to_stock(self, scope: bodies.Scope, receive: bodies.Receive, send: bodies.Send) -> None:
        next(_SERVED.left)
        if self._stock is None:
            self._stock = turned_stock(self, is_async=True)
        await self._stock(scope, receive, send)

    async def _serve(
        self,
        scope: bodies.Scope,
        given: IO[bytes] | Refusal,
        exchange: Exchange,
        watch: Watch,
        send: bodies.Send,
    ) -> None:
        lifecycle.enter_script_prefix(get_script_name(scope))
        if lifecycle.started.plan().others:
            await self._send_started(scope)
        body = BytesIO() if isinstance(given, Refusal) else given
        request, error = self.create_request(scope, body)
        if request is None:
            body.close()
            await self.send_response(error, send)
            await self._close(error, None)
            return
        if isinstance(given, Refusal):
            vars(request)["refusal"] = given
        response: Response | None = None
        before = contextvars.copy_context()  # costs less than looking for an executor, which is rarely there
        if _EXECUTORS.changes_in_place:
            _EXECUTORS.own()  # or that one would change too
        watch.add(exchange)
        try:
            response = await self.run_get_response(request)
            vars(response)["_handler_class"] = self.sender
            if response.streaming:
                exchange.listen()
            await self.send_response(response, send)
        except asyncio.CancelledError:
            _leave_thread(before)
            if not exchange.left:  # the server stops us
                raise
        finally:
            watch.discard(exchange)
            exchange.answered = True
            try:
                if exchange.listening:
                    await exchange.stop()
            finally:
                await (self._send_finished() if response is None else self._close(response, request))
                body.close()

    def _watch_of_loop(self) -> Watch:
        loop = asyncio.get_running_loop()
        if self._watch is None or self._watch.loop is not loop:
            self._watch = Watch(loop)
        return self._watch

    async def send_response(self, response: Response, send: bodies.Send) -> None:
        """Send a response; its content goes in one message, since it is in memory as one piece."""
        headers = messages.encoded_headers(response)
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        if response.streaming:
            await messages.send_stream(response, send)
        else:
            await send({"type": "http.response.body", "body": response.content, "more_body": False})

    async def _send_started(self, scope: bodies.Scope) -> None:
        sender = self.sender
        if lifecycle.started.needs_thread(sender):
            await lifecycle.started.signal.asend(sender=sender, scope=scope)
        else:
            await lifecycle.started.asend_asynchronous(sender, scope=scope)

    async def _send_finished(self) -> None:
        # Where synchronous code may still run, only a hop comes after it.
        sender = self.sender
        work = warm_threads.current.get()
        if lifecycle.finished.needs_thread(sender) or (work is not None and work.has_thread):
            await lifecycle.finished.signal.asend(sender=sender)
            return
        plan = lifecycle.finished.plan()
        lifecycle.finish_context(plan)
        if plan.others:
            await lifecycle.finished.asend_asynchronous(sender)

    async def _close(self, response: Response, request: HttpRequest | None) -> None:
        plan = lifecycle.finished.plan()
        sender = response._handler_class
        if not _closes_plainly(response) or (plan.others and lifecycle.finished.needs_thread(sender)):
            await sync_to_async(response.close, thread_sensitive=True)()
            return
        if request is not None:
            try:  # noqa: SIM105 - it costs nothing, unlike `suppress`
                request.close()
            except Exception:  # noqa: S110 - as HttpResponse.close does
                pass
        response._resource_closers.clear()
        response.closed = True
        lifecycle.finish_context(plan)
        if plan.others:
            await lifecycle.finished.asend_asynchronous(sender)


def _closes_plainly(response: Response) -> bool:
    """Whether closing the response closes no more than the request, which get_response_async has put there.

    Files and a project's own closers may block.
    """
    return len(response._resource_closers) <= 1 and type(response).close is HttpResponseBase.close


def _leave_thread(before: contextvars.Context) -> None:
    """Send synchronous code where it went before the request.

    A SyncToAsync that is cancelled while its thread goes back to the event loop, but is not there yet, leaves that
    thread's CurrentThreadExecutor in this context, and it takes no work once the thread goes on (asgiref/sync.py).
    Django's handler calls the view in a task of its own, whose context ends with it.

    asgiref before 3.12 changes the values of a Local in place: so this context gets a copy first, because a view that
    goes on in that thread has to find it.
    """
    _EXECUTORS.own()
    AsyncToSync.executors.current = before.run(getattr, AsyncToSync.executors, "current", None)


async def _serve_other(scope: bodies.Scope, receive: bodies.Receive, send: bodies.Send) -> None:
    if scope["type"] == "websocket":
        await refuse_websocket(receive, send)
        return
    if scope["type"] != "lifespan":
        raise ValueError(f"Django can only handle ASGI/HTTP connections, not {scope['type']}.")
    while (message := await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    if message["type"] == "lifespan.shutdown":
        await asyncio.to_thread(warm_threads.lanes.close)
        await send({"type": "lifespan.shutdown.complete"})


def _threads() -> ThreadSensitiveContext:
    """A context whose executor is the thread of whichever request asks."""
    context = ThreadSensitiveContext()
    SyncToAsync.context_to_thread_executor[context] = warm_threads.CurrentLane()
    return context


_THREADS: Final[Any] = _threads()
