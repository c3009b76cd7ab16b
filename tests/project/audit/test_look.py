"""What the audit sees of one request that it watches."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from asgiref.sync import AsyncToSync, SyncToAsync, async_to_sync, sync_to_async
from django.contrib.auth.models import Group
from django.core.handlers.exception import convert_exception_to_response
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject

from perfcompare.project.audit.instruments.thread_hops import INSTRUMENT
from perfcompare.project.audit.look import Listening, Looked, watched_models
from perfcompare.project.audit.spans import Recorder
from perfcompare.project.audit.wrapping import put


def test_a_lazy_object_that_asks_the_database_is_not_evaluated_by_the_look() -> None:
    looked = Looked()
    listening = Listening(looked)

    def load() -> str:
        listening.statement("SELECT 1", ())
        return "ada"

    assert str(SimpleLazyObject(load)) == "ada"
    assert [sql for sql, *_ in looked.statements] == ["SELECT 1"]


def test_a_key_is_no_column_that_could_be_left_out() -> None:
    looked = Looked()

    with watched_models(looked):
        Group.from_db("default", ["id", "name"], [1, "editors"])

    assert dict(looked.loaded["auth.Group"]) == {"name": 7}


def test_a_watched_model_is_made_of_whatever_its_version_of_django_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    own = vars(Model)["from_db"].__func__

    def newer(cls: type[Model], db: str | None, names: Any, values: Any, *, fetch_mode: str) -> Any:
        assert fetch_mode == "peers"
        return own(cls, db, names, values)

    monkeypatch.setattr(Model, "from_db", classmethod(newer))
    asked: Any = Group
    with watched_models(Looked()):
        assert asked.from_db("default", ["id", "name"], [1, "editors"], fetch_mode="peers").name == "editors"


def test_models_are_as_before_when_they_have_been_watched() -> None:
    before = dict(vars(Model))
    with watched_models(Looked()):
        pass
    assert dict(vars(Model)) == before


LIBRARY = """
def view(request):
    send()
    return answer
"""


def test_middleware_that_only_passes_a_request_on_is_not_where_a_statement_comes_from() -> None:
    looked = Looked()
    names: dict[str, Any] = {"send": partial(Listening(looked).statement, "SELECT 1", ()), "answer": HttpResponse()}
    exec(compile(LIBRARY, "<a library>", "exec"), names)  # noqa: S102 - a view that is no file of the project
    handler: Any = convert_exception_to_response(names["view"])

    def middleware(request: HttpRequest) -> Any:
        return handler(request)

    middleware(RequestFactory().get("/"))
    names["view"](RequestFactory().get("/"))

    [passed_on, asked] = [origin.place for _sql, _values, origin in looked.statements]
    assert passed_on is None
    assert asked is not None
    assert asked.file == __file__


def test_what_runs_in_a_thread_comes_from_the_line_that_asked_for_it_and_not_from_one_that_waits() -> None:
    looked = Looked()
    listening = Listening(looked)
    recorder = Recorder()
    recorder.listener = listening
    names: dict[str, Any] = {"listening": listening}
    exec(compile(QUERY, "<a library>", "exec"), names)  # noqa: S102 - code that is no file of the project
    ask: Any = names["ask"]
    before = SyncToAsync.__call__, SyncToAsync.thread_handler, AsyncToSync.__call__

    async def view() -> None:
        await sync_to_async(ask)()

    def middleware() -> None:
        async_to_sync(view)()

    async def handler() -> None:
        with recorder.request():
            await sync_to_async(middleware)()

    INSTRUMENT.install(recorder)
    try:
        asyncio.run(handler())
    finally:
        put(SyncToAsync, "__call__", before[0])
        put(SyncToAsync, "thread_handler", before[1])
        put(AsyncToSync, "__call__", before[2])
    [(_sql, _values, origin)] = looked.statements
    assert origin.place is not None
    assert origin.place.name.endswith("view")


QUERY = """
def ask():
    listening.statement("SELECT 1", ())
"""
