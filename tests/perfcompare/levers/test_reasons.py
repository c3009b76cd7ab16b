"""Whatever makes a lever take stock's way each time is one of its reasons, and leads to what is in the way."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final

import pytest
from django.db import DEFAULT_DB_ALIAS, connections, router
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.models.signals import post_init
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from rest_framework.authtoken.models import Token
from rest_framework.fields import Field
from rest_framework.request import Request

from perfcompare import levers
from perfcompare.levers._replacing import Installation
from perfcompare.levers.compiled_queries.install import INSTALLATION as QUERIES
from perfcompare.levers.compiled_serializers.install import INSTALLATION as SERIALIZERS
from perfcompare.levers.compiled_writes.install import INSTALLATION as WRITES
from perfcompare.levers.database_connections.install import INSTALLATION as CONNECTIONS
from perfcompare.levers.inline_middleware import middleware  # noqa: F401 - as a process that serves has it
from perfcompare.levers.insert_first.install import INSTALLATION as INSERT_FIRST
from perfcompare.levers.lean_drf.install import INSTALLATION as DRF
from perfcompare.levers.native_async.install import INSTALLATION as ASYNC
from perfcompare.levers.token_cache.install import INSTALLATION as TOKENS
from tests.perfcompare.levers.fresh import printed
from tests.perfcompare.levers.installed import installed

HERE: Final = __name__
REDIS: Final = "django.core.cache.backends.redis.RedisCache"
ORJSON: Final = "perfcompare.levers.orjson_rendering.renderer.JSONRenderer"


TOKEN: Final = "rest_framework.authtoken.models.Token"
FIELD: Final = "rest_framework.fields.Field"
REQUEST: Final = "rest_framework.request.Request"
BASE: Final = "django.db.backends.postgresql.base.DatabaseWrapper"
BUT_PLANS: Final = "off for 'default' but for plans, which Django's cursor asks: "
IN_VIEWS: Final = "off for 'default' in views: ATOMIC_REQUESTS puts each of them into a transaction."
WITHOUT_ORJSON: Final = """
import sys
from perfcompare.core import packages
version = packages.version
packages.version = lambda name: None if name == "orjson" else version(name)
sys.modules["orjson"] = None
"""


class Choosing:
    """A router."""


def listener(**_named: object) -> None:
    """A receiver."""


def wrapper(execute: Callable[..., Any], *arguments: Any) -> Any:
    """Around a statement."""
    return execute(*arguments)


def own(self: Any, *arguments: object, **named: object) -> Any:
    """In the place of a method."""


def own_for(path: str) -> str:
    return f"{HERE}.own stands in the place of {path}"


def atomic(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(connections[DEFAULT_DB_ALIAS].settings_dict, "ATOMIC_REQUESTS", True)


def by_hand(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(connections[DEFAULT_DB_ALIAS].settings_dict, "AUTOCOMMIT", False)


def routed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(router, "routers", [Choosing()])


def wrapped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(connections[DEFAULT_DB_ALIAS], "execute_wrappers", [wrapper])


def logged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(connections[DEFAULT_DB_ALIAS], "force_debug_cursor", True)


def listening(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(post_init, "receivers", [*post_init.receivers])
    post_init.connect(listener, sender=Token)
    patch.setattr(post_init, "sender_receivers_cache", type(post_init.sender_receivers_cache)())


def replaced(owner: Any, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(owner, name, own)


def nothing(_patch: pytest.MonkeyPatch) -> None:
    """As the project is."""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("installation", "part", "change", "sentence"),
    [
        (TOKENS, "querysets", atomic, IN_VIEWS),
        (TOKENS, "querysets", listening, f"off everywhere: {HERE}.listener is told of each new {TOKEN}."),
        (TOKENS, "querysets", wrapped, f"off for 'default': {HERE}.wrapper wraps its statements."),
        (QUERIES, "reads", replaced(DatabaseWrapper, "_cursor"), f"{BUT_PLANS}{own_for(BASE)}._cursor."),
        (INSERT_FIRST, "creation", atomic, IN_VIEWS),
        (INSERT_FIRST, "creation", by_hand, "off for 'default': AUTOCOMMIT is off."),
        (INSERT_FIRST, "creation", routed, f"off everywhere: the database is chosen by {HERE}.Choosing."),
        (WRITES, "inserts", logged, "off for 'default': its connection logs statements."),
        (WRITES, "inserts", wrapped, f"off for 'default': {HERE}.wrapper wraps its statements."),
        (WRITES, "unique", logged, "off for 'default': its connection logs statements."),
        (QUERIES, "reads", logged, "off for exists() on 'default': its connection logs statements."),
        (ASYNC, "on_commit", replaced(DatabaseWrapper, "connect"), f"off for 'default': {own_for(BASE)}.connect."),
        (SERIALIZERS, "construction", replaced(Field, "__init__"), f"off everywhere: {own_for(FIELD)}.__init__."),
        (DRF, "proxies", replaced(Request, "__getattr__"), f"off everywhere: {own_for(REQUEST)}.__getattr__."),
        (CONNECTIONS, "answer_limit", nothing, "off everywhere: the option `answer_timeout_s` sets no limit."),
    ],
)  # fmt: skip
def test_a_part_says_what_makes_it_take_the_stock_way(
    installation: Installation,
    part: str,
    change: Callable[[pytest.MonkeyPatch], None],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with installed(installation):
        change(monkeypatch)
        try:
            (told,) = (one for one in levers.status()[installation.lever].parts if one.name == part)
        finally:
            monkeypatch.undo()
    assert sentence in told.reasons


def test_a_lever_without_parts_says_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def process_response(self: Any, _request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return response

    monkeypatch.setattr(SecurityMiddleware, "process_response", process_response)
    (reason,) = levers.status()["inline_middleware"].reasons
    assert reason.startswith(f"off everywhere: {HERE}.")
    assert reason.endswith(" stands in the place of django.middleware.security.SecurityMiddleware.process_response.")


def _told(lever: str, before: str = "", **settings: object) -> tuple[str, list[str]]:
    """The state of a lever and all its reasons, in a new process in which `before` has run."""
    code = (
        "import json\n"
        "from django.conf import settings\n"
        f"settings.configure(**{settings!r})\n"
        "import django\n"
        "django.setup()\n"
        "def own(*_given, **_named): ...\n"
        f"{before}\n"
        "from perfcompare import levers\n"
        f"told = levers.status()[{lever!r}]\n"
        "print(json.dumps([told.state, [*told.reasons, *(said for one in told.parts for said in one.reasons)]]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    state, reasons = json.loads(done.stdout)
    return state, reasons


@pytest.mark.parametrize(
    ("lever", "before", "settings", "state", "reason"),
    [
        (
            "lean_wsgi",
            "from django.core.handlers.wsgi import WSGIHandler; WSGIHandler.__call__ = own",
            {"WSGI_APPLICATION": "perfcompare.levers.lean_wsgi.application.application"},
            "inactive",
            "django.core.handlers.wsgi.WSGIHandler.__call__ has been replaced by __main__.own.",
        ),
        (
            "cached_bytes",
            "import redis; redis.Redis.execute_command = own",
            {"CACHES": {"default": {"BACKEND": "perfcompare.levers.cached_bytes.backend.cached_bytes", "STOCK": REDIS,
                                    "LOCATION": "redis://127.0.0.1:1/0"}}},
            "active",
            "off where this is used: __main__.own stands in the place of redis.client.Redis.execute_command.",
        ),
        (
            "cached_bytes",
            "",
            {"CACHES": {"default": {"BACKEND": "perfcompare.levers.cached_bytes.backend.cached_bytes", "STOCK": REDIS,
                                    "LOCATION": "rediss://127.0.0.1:1/0"}}},
            "active",
            f"off for the cache 'default', which stays {REDIS}: it takes redis:// and unix://, and not rediss:// in"
            " LOCATION.",
        ),
        (
            "orjson_rendering",
            "",
            {"REST_FRAMEWORK": {"DEFAULT_RENDERER_CLASSES": [ORJSON], "COMPACT_JSON": False}},
            "active",
            "off everywhere: REST_FRAMEWORK['COMPACT_JSON'] is off.",
        ),
        (
            "orjson_rendering",
            "from rest_framework.utils import encoders; encoders.JSONEncoder.default = own",
            {"REST_FRAMEWORK": {"DEFAULT_RENDERER_CLASSES": [ORJSON]}},
            "active",
            "off everywhere: __main__.own stands in the place of rest_framework.utils.encoders.JSONEncoder.default.",
        ),
        (
            "orjson_rendering",
            WITHOUT_ORJSON,
            {"REST_FRAMEWORK": {"DEFAULT_RENDERER_CLASSES": [ORJSON]}},
            "inactive",
            "orjson is not installed.",
        ),
        (
            "database_connections",
            "",
            {"INSTALLED_APPS": ["perfcompare.levers.database_connections"],
             "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}},
            "active",
            "off for 'default': django.db.backends.sqlite3.base.DatabaseWrapper is not PostgreSQL.",
        ),
    ],
)  # fmt: skip
def test_a_lever_that_settings_name_is_looked_at_before_it_is_used(
    lever: str, before: str, settings: dict[str, object], state: str, reason: str
) -> None:
    told, reasons = _told(lever, before, **settings)
    assert told == state
    assert reason in reasons


def test_an_encoder_that_somebody_has_patched_before_is_asked() -> None:
    code = (
        "import uuid\n"
        "from django.conf import settings\n"
        "settings.configure()\n"
        "from rest_framework.utils import encoders\n"
        "encoders.JSONEncoder.default = lambda _self, value: value.hex\n"
        f"from {ORJSON.rpartition('.')[0]} import JSONRenderer\n"
        "print(JSONRenderer().render({'id': uuid.UUID(int=1)}).decode())"
    )
    assert printed(code) == '{"id":"00000000000000000000000000000001"}\n'


def test_without_orjson_the_renderer_is_drfs() -> None:
    code = (
        f"{WITHOUT_ORJSON}\n"
        "from django.conf import settings\n"
        f"settings.configure(REST_FRAMEWORK={{'DEFAULT_RENDERER_CLASSES': [{ORJSON!r}]}})\n"
        "from rest_framework.settings import api_settings\n"
        "print(api_settings.DEFAULT_RENDERER_CLASSES[0]().render({'id': 1.0}).decode())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ('{"id":1.0}\n', 0), done.stderr
