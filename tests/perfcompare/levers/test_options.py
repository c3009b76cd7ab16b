"""The setting PERFCOMPARE: what reads it, and what refuses it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

import pytest
from django.utils.module_loading import import_string

from perfcompare.levers._handling.options import body_limit
from perfcompare.levers._options import Count, check_options, read, tell
from perfcompare.levers._replacing import Installation
from perfcompare.levers.database_connections.settings import options as of_connections
from perfcompare.levers.insert_first.settings import serializers
from perfcompare.levers.native_async.settings import limits
from perfcompare.levers.token_cache.settings import options as of_tokens
from perfcompare.registries import levers
from tests.docs.pages import rows, spans
from tests.perfcompare.levers.fresh import printed

WITH_OPTIONS: Final = {name: import_string(lever.options) for name, lever in levers.items() if lever.options}


def found() -> list[tuple[str | None, str | None]]:
    return [(one.id, one.hint) for one in check_options()]


@dataclass(frozen=True, kw_only=True)
class _Kind:
    limit: Count = 3


def test_without_the_setting_an_option_has_its_default() -> None:
    assert read("any", _Kind) == _Kind(limit=3)


def test_an_option_is_read_when_it_is_needed(settings: Any) -> None:
    settings.PERFCOMPARE = {"any": {"limit": 5}}
    assert read("any", _Kind).limit == 5
    settings.PERFCOMPARE = {}
    assert read("any", _Kind).limit == 3


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        {"any": None},
        {"any": {"other": 1}},
        {"other": {"limit": 1}},
        {"any": {"limit": "5"}},
        {"any": {"limit": 0}},
    ],
)
def test_what_the_checks_refuse_does_not_end_a_process(given: Any, settings: Any) -> None:
    settings.PERFCOMPARE = given
    assert read("any", _Kind).limit == 3


def test_right_options_pass_the_check(settings: Any) -> None:
    settings.PERFCOMPARE = {
        name: {one.name: getattr(kind(), one.name) for one in fields(kind)} for name, kind in WITH_OPTIONS.items()
    }  # fmt: skip
    assert found() == []


@pytest.mark.parametrize(
    ("lever", "option", "value", "said"),
    [
        ("token_cache", "ttl_s", "10", "'10', which is not a number from 0"),
        ("token_cache", "ttl_s", True, "True, which is not a number from 0"),
        ("token_cache", "ttl_s", float("nan"), "nan, which is not a number from 0"),
        ("token_cache", "ttl_s", None, "None, which is not a number from 0"),
        ("token_cache", "poll_s", -1, "-1, which is not a number from 0"),
        ("token_cache", "max_entries", 0, "0, which is not a whole number from 1"),
        ("token_cache", "max_entries", 1e4, "10000.0, which is not a whole number from 1"),
        ("lean_wsgi", "body_limit", -1, "-1, which is not a whole number from 0 or None"),
        ("lean_asgi", "body_limit", "1 MB", "'1 MB', which is not a whole number from 0 or None"),
        ("lean_asgi", "type_parameters", 0, "0, which is not True or False"),
        ("native_async", "command_timeout_s", 0, "0, which is not a number from 0.001 to 2147484 or None"),
        ("native_async", "receivers", {"a.b": len}, f"{ {'a.b': len} }, which is not a dictionary of texts"),
        ("native_async", "receivers", ["a.b"], "['a.b'], which is not a dictionary of texts"),
        ("insert_first", "serializers", "a.B", "'a.B', which is not a list of texts"),
        ("insert_first", "serializers", [int], f"{[int]}, which is not a list of texts"),
        ("database_connections", "interface", "ASGI", "'ASGI', which is not 'wsgi' or 'asgi' or ''"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_and_has_no_effect(
    lever: str, option: str, value: Any, said: str, settings: Any
) -> None:
    settings.PERFCOMPARE = {lever: {option: value}}
    (message,) = check_options()
    assert (message.id, message.msg) == ("perfcompare.E003", f"PERFCOMPARE['{lever}']['{option}'] is {said}.")
    kind = WITH_OPTIONS[lever]
    assert message.hint == f"Until it is, the default is used: {getattr(kind(), option)!r}."
    assert read(lever, kind) == kind()


def test_a_wrong_value_of_an_earlier_name_is_refused_too(settings: Any) -> None:
    settings.TOKEN_CACHE_TTL_S = "10"
    assert [one.id for one in check_options()] == ["perfcompare.E003", "perfcompare.W010"]
    assert of_tokens().ttl_s == 30


def test_a_server_which_runs_no_check_is_told_once(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.PERFCOMPARE = {"token_cache": {"ttl_s": "10"}, "tokencache": {}}
    tell.cache_clear()
    for _ in range(2):
        Installation("any", tested=()).install()
    assert [one.message.partition(",")[0] for one in caplog.records] == [
        "PERFCOMPARE names 'tokencache'", "PERFCOMPARE['token_cache']['ttl_s'] is '10'"
    ]  # fmt: skip


def test_to_look_at_options_uses_no_lever() -> None:
    code = (
        "from django.conf import settings\n"
        "settings.configure(PERFCOMPARE={'cached_bytes': {'finished_json': True}})\n"
        "from perfcompare import levers\n"
        "from perfcompare.levers._options import check_options\n"
        "print(check_options(), levers.status()['cached_bytes'].state)"
    )
    assert printed(code) == "[] not used\n"


@pytest.mark.parametrize(
    ("given", "id_", "hint"),
    [
        ([], "perfcompare.E001", 'Write PERFCOMPARE = {"lever": {"option": value}}.'),
        ({"token_cache": 5}, "perfcompare.E001", 'Write PERFCOMPARE = {"lever": {"option": value}}.'),
        ({"tokencache": {}}, "perfcompare.E001", "Did you mean 'token_cache'? Known: "),
        ({"frozen_gc": {}}, "perfcompare.E001", "Known: cached_bytes, database_connections, "),
        ({5: {}}, "perfcompare.E001", "Known: "),
        ({"token_cache": {"ttl": 5}}, "perfcompare.E002", "Did you mean 'ttl_s'? Known: max_entries, poll_s, ttl_s."),
    ],
    ids=str,
)
def test_a_wrong_name_is_refused_and_the_nearest_is_named(given: Any, id_: str, hint: str, settings: Any) -> None:
    settings.PERFCOMPARE = given
    ((said_id, said_hint),) = found()
    assert said_id == id_
    assert str(said_hint).startswith(hint)


@pytest.mark.parametrize(
    ("name", "value", "reading"),
    [
        ("DATABASE_CONNECTIONS", {"workers": 4}, lambda: of_connections().workers == 4),
        ("INSERT_FIRST", ["one"], lambda: serializers() == ["one"]),
        ("NATIVE_ASYNC", {"max_size": 2}, lambda: limits().max_size == 2),
        ("NATIVE_RECEIVERS", {"a.b": "a.c"}, lambda: limits().receivers == {"a.b": "a.c"}),
        ("REQUEST_BODY_LIMIT", 6, lambda: (body_limit("lean_asgi").get(), body_limit("lean_wsgi").get()) == (6, 6)),
        ("TOKEN_CACHE_MAX", 7, lambda: of_tokens().max_entries == 7),
        ("TOKEN_CACHE_POLL_S", 8, lambda: of_tokens().poll_s == 8),
        ("TOKEN_CACHE_TTL_S", 9, lambda: of_tokens().ttl_s == 9),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_earlier_name_still_works_and_is_warned_of(name: str, value: Any, reading: Any, settings: Any) -> None:
    setattr(settings, name, value)
    assert reading()
    assert [one.id for one in check_options()] == ["perfcompare.W010"]


def test_an_option_wins_over_its_earlier_name(settings: Any) -> None:
    settings.TOKEN_CACHE_TTL_S = 9
    settings.PERFCOMPARE = {"token_cache": {"ttl_s": 10}}
    assert of_tokens().ttl_s == 10


def test_the_page_has_every_option_with_its_default() -> None:
    told = [(spans(row[0])[0], spans(row[1])[0], spans(row[2])[0]) for row in rows("docs/levers.md", "lever", "option")]
    assert sorted(told) == sorted(
        (name, one.name, repr(getattr(kind(), one.name)).replace("'", '"'))
        for name, kind in WITH_OPTIONS.items()
        for one in fields(kind)
    )


def test_a_lever_that_is_no_app_is_refused_among_them(settings: Any) -> None:
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "perfcompare.levers.orjson_rendering"]
    (message,) = check_options()
    assert (message.id, message.hint) == ("perfcompare.E004", "Write: " + "; ".join(levers["orjson_rendering"].lines))


def test_an_app_entry_of_a_lever_that_is_no_app_is_no_use_of_it() -> None:
    code = (
        "import django\n"
        "from django.conf import settings\n"
        "settings.configure(INSTALLED_APPS=['perfcompare.levers.orjson_rendering'])\n"
        "django.setup()\n"
        "from perfcompare import levers\n"
        "print(levers.status()['orjson_rendering'].state)"
    )
    assert printed(code) == "not used\n"
