"""What instruments see of a request."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from perfcompare.core import env
from perfcompare.project.audit.instruments import database, garbage_collection
from perfcompare.project.audit.look import Listening, Looked
from perfcompare.project.audit.spans import ROOT, Recorder
from tests import probes

SMALLEST = """
import json, sys
import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("", lambda request: HttpResponse("{}"))]
settings.configure(
    ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=["django.middleware.common.CommonMiddleware"]
)
django.setup()
assert "django.core.handlers.base" not in sys.modules

from django.core.wsgi import get_wsgi_application
from perfcompare.core import calling
from perfcompare.project.audit import worker
from perfcompare.project.audit.spans import Recorder

recorder = Recorder()
worker._install(recorder)
with recorder.request():
    assert calling.wsgi(get_wsgi_application(), calling.call("GET", "/", {}, None)).status == 200
print(json.dumps([*recorder.totals]))
"""


def test_middleware_url_and_view_are_parts_where_nothing_has_loaded_the_handler_of_django() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SMALLEST],
        env={"PYTHONPATH": str(env.ROOT), **probes.environ()},
        capture_output=True,
        text=True,
        check=True,
    )
    parts = {(category, label) for category, label in json.loads(done.stdout)}

    assert {("middleware", "CommonMiddleware"), ("URL resolving", "resolve"), ("view", "<lambda>")} <= parts


@pytest.fixture
def collected() -> Iterator[Recorder]:
    """A recorder that collections are told."""
    recorder = Recorder()
    garbage_collection.INSTRUMENT.install(recorder)
    yield recorder
    gc.callbacks.pop()


def test_a_collection_is_a_part_of_the_request_that_it_stops(collected: Recorder) -> None:
    gc.collect()
    assert not collected.totals

    with collected.request():
        gc.collect()

    assert collected.totals[garbage_collection.CATEGORY, "generation 2"].count == 1
    assert collected.totals[ROOT].children == 1


def test_a_collection_sets_no_context_variable_because_it_may_have_begun_inside_of_that(collected: Recorder) -> None:
    current = collected.begin(ROOT, None)
    collected.current = SimpleNamespace(get=lambda: current)  # type: ignore[assignment]

    gc.collect()

    assert collected.totals[garbage_collection.CATEGORY, "generation 2"].count == 1


@pytest.mark.parametrize(("options", "opened"), [({}, 1), ({"pool": {"max_size": 2}}, 0)])
def test_what_comes_from_a_pool_is_not_opened(options: dict[str, object], opened: int) -> None:
    looked = Looked()
    recorder = Recorder()
    recorder.listener = Listening(looked)
    wrapper = SimpleNamespace(
        settings_dict={"OPTIONS": options}, alias="default", Database=SimpleNamespace(__name__="psycopg")
    )

    with recorder.request():
        database._connect(recorder, lambda _wrapper: None)(wrapper)

    assert looked.happened.total() == opened


ASYNCHRONOUS = """
import asyncio, json, sys
import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path


class Old:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)


async def view(request):
    return HttpResponse("{}")


urlpatterns = [path("", view)]
DJANGO = ["django.middleware.common.CommonMiddleware", "django.middleware.security.SecurityMiddleware"]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=["__main__.Old", *DJANGO])
django.setup()

from django.core.asgi import get_asgi_application
from perfcompare.core import calling
from perfcompare.project.audit import rewrites, worker
from perfcompare.project.audit.spans import Recorder

described = worker._middleware()
rewrites.order(json.loads(sys.argv[1]))
recorder = Recorder()
worker._install(recorder)


async def asked():
    with recorder.request():
        assert (await calling.asgi(get_asgi_application(), calling.call("GET", "/", {}, None))).status == 200


asyncio.run(asked())
hops = sum(one.count for (category, _label), one in recorder.totals.items() if category == "thread hops")
print(json.dumps([described, hops]))
"""


def _asked(order: list[str]) -> tuple[list[dict[str, object]], int]:
    done = subprocess.run(
        [sys.executable, "-c", ASYNCHRONOUS, json.dumps(order)],
        env={"PYTHONPATH": str(env.ROOT), **probes.environ()},
        capture_output=True,
        text=True,
        check=True,
    )
    described, hops = json.loads(done.stdout)
    return described, hops


def test_synchronous_middleware_at_the_end_saves_changes_of_thread() -> None:
    described, hops = _asked([])
    first, *django = [str(one["path"]) for one in described]

    assert [one["asynchronous"] for one in described] == [False, True, True]
    assert [one["kind"] for one in described] == [first, *django]
    assert _asked([*django, first])[1] < hops
