"""What `perfcompare.levers.status()` tells of each lever."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet

from perfcompare import levers
from perfcompare.core.versions import Range
from perfcompare.levers._status import State
from perfcompare.levers.compiled_queries.install import INSTALLATION as QUERIES
from perfcompare.levers.compiled_serializers.install import INSTALLATION as SERIALIZERS
from perfcompare.registries import levers as registered
from tests.perfcompare.levers.fresh import printed
from tests.perfcompare.levers.installed import installed


def test_every_lever_has_a_status() -> None:
    assert list(levers.status()) == list(registered)


def test_a_lever_that_is_installed_is_active_down_to_its_methods() -> None:
    with installed(QUERIES):
        told = levers.status()["compiled_queries"]
    assert told.state is State.ACTIVE
    assert [one.target for one in told.parts[0].replacements] == [
        f"django.db.models.query.QuerySet.{name}" for name in ("_fetch_all", "get", "count", "exists")
    ]
    assert levers.status()["compiled_queries"].state is State.UNUSED


def test_a_part_that_is_stock_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    part = SERIALIZERS.parts["asynchronous"]
    monkeypatch.setattr(part, "tested", (Range("no-such-distribution", "1", "2"),))
    with installed(SERIALIZERS):
        told = levers.status()["compiled_serializers"]
    assert told.state is State.PARTLY
    assert {one.name: (one.state, one.reasons) for one in told.parts} == {
        "representation": (State.ACTIVE, ()),
        "construction": (State.ACTIVE, ()),
        "asynchronous": (State.STOCK, ("no-such-distribution is not installed.",)),
    }


def test_a_lever_of_which_nothing_could_be_installed_is_inactive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QUERIES, "tested", (Range("Django", "1", "2"),))
    with installed(QUERIES):
        assert levers.status()["compiled_queries"].state is State.STOCK


def test_a_later_patch_of_another_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with installed(QUERIES):
        ours: Any = QuerySet.count

        def traced(self: Any) -> int:
            return int(ours(self))

        with monkeypatch.context() as patch:
            patch.setattr(QuerySet, "count", traced)
            told = levers.status()["compiled_queries"].parts[0].replacements
    assert [one.patched_by for one in told[:2]] == [None, None]
    assert str(told[2].patched_by).endswith("test_a_later_patch_of_another_package_is_named.<locals>.traced")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MIDDLEWARE", ["perfcompare.levers.api_middleware.middleware.ApiMiddleware"]),
        ("CACHES", {"default": {"BACKEND": "perfcompare.levers.api_middleware.any"}}),
    ],
)
def test_a_lever_that_replaces_nothing_is_active_where_settings_name_it(name: str, value: Any) -> None:
    code = (
        "from django.conf import settings\n"
        f"settings.configure(**{{{name!r}: {value!r}}})\n"
        "from perfcompare import levers\n"
        "told = levers.status()\n"
        "print(told['api_middleware'].state, told['orjson_rendering'].state, told['lean_drf'].state, sep=', ')"
    )
    assert printed(code) == "active, not used, not used\n"


def test_an_app_is_not_used_because_another_lever_has_loaded_a_module_of_it() -> None:
    code = (
        "import django\n"
        "from django.conf import settings\n"
        "settings.configure(INSTALLED_APPS=['perfcompare.levers.database_connections'])\n"
        "django.setup()\n"
        "import perfcompare.levers.native_async.settings\n"
        "from perfcompare import levers\n"
        "print(levers.status()['native_async'].state)"
    )
    assert printed(code) == "not used\n"


def test_the_package_can_be_imported_without_django() -> None:
    code = "import sys, perfcompare.levers; print('django' in sys.modules)"
    assert printed(code) == "False\n"
