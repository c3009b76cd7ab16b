"""Changes of thread under ASGI: how many, what they cost, and who forces them."""

from __future__ import annotations

import functools
import inspect
from typing import Any, Final

from perfcompare.project.audit.instruments._instrument import Instrument
from perfcompare.project.audit.spans import Recorder, Span
from perfcompare.project.audit.wrapping import put

CATEGORY: Final = "thread hops"
HOP: Final = "hop"


def _install(recorder: Recorder) -> None:
    from asgiref.sync import AsyncToSync, SyncToAsync

    call: Any = SyncToAsync.__call__
    handle: Any = SyncToAsync.thread_handler
    back: Any = AsyncToSync.__call__

    @functools.wraps(call)
    async def hop(self: Any, *args: Any, **kwargs: Any) -> Any:
        parent = recorder.current.get()
        if parent is None:
            return await call(self, *args, **kwargs)
        who = called(self.func)
        if recorder.listener is not None:
            recorder.listener.happened(HOP, who)
        span = recorder.begin((CATEGORY, "to a thread"), parent)
        # What runs there belongs to whoever asked for it. It starts its clocks in the thread.
        work = Span(parent.key, span)
        recorder.current.set(work)
        self._perfcompare_work = work
        try:
            return await call(self, *args, **kwargs)
        finally:
            recorder.end(span)

    @functools.wraps(handle)
    def handler(self: Any, *args: Any, **kwargs: Any) -> Any:
        work = self.__dict__.pop("_perfcompare_work", None)
        if work is None:
            return handle(self, *args, **kwargs)
        recorder.start(work)
        try:
            return handle(self, *args, **kwargs)
        finally:
            recorder.stop(work)

    @functools.wraps(back)
    def to_loop(self: Any, *args: Any, **kwargs: Any) -> Any:
        parent = recorder.current.get()
        if parent is None:
            return back(self, *args, **kwargs)
        if recorder.listener is not None:
            recorder.listener.happened(HOP, f"{called(self.awaitable)} (asynchronous, called by synchronous code)")
        span = recorder.begin((CATEGORY, "to a loop"), parent)
        try:
            return back(self, *args, **kwargs)
        finally:
            recorder.end(span)

    put(SyncToAsync, "__call__", hop)
    put(SyncToAsync, "thread_handler", handler)
    put(AsyncToSync, "__call__", to_loop)


def called(function: Any) -> str:
    """What a function is to a person: the class and method, or the class that is called."""
    while True:
        view = getattr(function, "cls", None) or getattr(function, "view_class", None)
        if inspect.isclass(view):
            return f"{view.__module__}.{view.__qualname__}"
        owner = getattr(function, "__self__", None)
        if owner is not None and not inspect.ismodule(owner):
            kind = owner if inspect.isclass(owner) else type(owner)
            return f"{kind.__module__}.{kind.__qualname__}.{getattr(function, '__name__', '')}"
        if isinstance(function, functools.partial):
            function = function.func
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif not hasattr(function, "__qualname__"):
            return f"{type(function).__module__}.{type(function).__qualname__}"
        else:
            return f"{function.__module__}.{function.__qualname__}"


INSTRUMENT: Final = Instrument(module="asgiref.sync", install=_install, always=True)
