from __future__ import annotations

import os
from pathlib import Path

import pytest
from silk.models import Request, SQLQuery

from config.settings import silk as silk_settings
from perfcompare.commands import profile
from perfcompare.core.dataset import Dataset
from perfcompare.targets.demonstration import profiling
from tests.perfcompare.factories import make_target
from users import seeding
from users.models import User

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "profiles"]),
]
TOKEN_COLUMN = '"authtoken_token"."key" ='


def _restore() -> None:
    seeding.remove_created()


def profiled(folder: Path, stack: str, server: str, *names: str) -> list[profiling.Profiled]:
    """Three requests each way for each scenario, on the test's own databases."""
    from django.db import connections

    seeding.seed(count=20, seed=1)
    records = connections["profiles"].settings_dict["NAME"]
    environ = {**os.environ, "DATABASE_URL": _url(), "PERFCOMPARE_PROFILE_RECORDS": str(records)}
    return list(
        profiling.profile(
            stack,
            server,
            names,
            make_target(Dataset(count=20, seed=1), environ, _restore),
            requests=3,
            folder=folder,
        )
    )


def _url() -> str:
    from django.db import connection

    return os.environ["DATABASE_URL"].replace("/perfcompare?", f"/{connection.settings_dict['NAME']}?")


def test_a_sync_stack_has_sql_silk_requests_and_a_flame_graph(tmp_path: Path) -> None:
    found, _ = profiled(tmp_path, "drf", "gunicorn_gthread", "protected", "simple")

    assert len(found.silk_requests) == 3
    assert found.silk_ms is not None
    assert (found.frames["name"], found.frames["children"] != []) == ("wsgi", True)
    recorded = Request.objects.get(pk=found.silk_requests[-1])
    assert recorded.pyprofile != ""
    statements = profile._statements(recorded.pk, found.statements)
    assert TOKEN_COLUMN in statements[0]["sql"]
    assert statements[0]["place"]


def test_an_async_stack_is_sampled_through_its_awaits(tmp_path: Path) -> None:
    (found,) = profiled(tmp_path, "fastapi", "uvicorn", "upstream")

    assert (found.silk_requests, found.silk_ms) == ((), None)
    assert found.frames["name"] == "asgi"
    assert profiling.WAITING in str(found.frames)


def test_the_sql_of_a_stack_without_silk_is_seen_on_its_way_to_postgresql(tmp_path: Path) -> None:
    created, listed = profiled(tmp_path, "fastapi", "uvicorn", "user_create", "user_list")

    assert [one.sql.split()[0] for one in created.statements] == ["INSERT"]
    assert [one.sql.partition(" FROM ")[2].split()[0] for one in listed.statements] == [
        "users_user",
        "users_user",
        "users_address",
    ]
    assert all(one.ms and one.ms > 0 for one in listed.statements)
    kept = profile._statements(None, listed.statements)
    assert {(one["seen"], one["place"]) for one in kept} == {("proxy", "")}


def test_sql_of_a_stack_with_levers_is_shown_whether_or_not_it_goes_past_silk(tmp_path: Path) -> None:
    (found,) = profiled(tmp_path, "drf_tuned", "granian_wsgi", "user_list")

    assert found.silk_requests
    kept = profile._statements(found.silk_requests[-1], found.statements)
    assert len(kept) >= 2
    # silk has a database router, and with a router the levers leave queries to Django
    assert {one["seen"] for one in kept} == {"silk"}


def test_no_text_parameter_stays_in_what_the_proxy_saw(tmp_path: Path) -> None:
    (found,) = profiled(tmp_path, "drf", "gunicorn_gthread", "protected")

    tokens = [user.auth_token.key for user in User.objects.all() if hasattr(user, "auth_token")]
    assert tokens
    assert "'…'" in found.statements[0].sql
    assert not [token for token in tokens if token in str(found.statements)]


def test_silk_keeps_no_bodies_and_no_secrets(tmp_path: Path) -> None:
    profiled(tmp_path, "drf", "gunicorn_gthread", "protected", "user_create")

    tokens = [token for user in User.objects.all() for token in [getattr(user, "auth_token", None)] if token]
    assert tokens
    kept = [
        text
        for request in Request.objects.all()
        for text in (
            request.body,
            request.raw_body,
            request.encoded_headers,
            request.query_params,
            request.response.body,
            request.response.raw_body,
            request.response.encoded_headers,
        )
    ]
    kept += [text or "" for query in SQLQuery.objects.all() for text in (query.query, query.analysis)]
    assert not [text for text in kept for token in tokens if token.key in text]
    assert {request.body for request in Request.objects.all()} <= {"", None}
    assert not [text for text in kept if "@" in text and "example" in text]


def test_silk_has_its_own_database() -> None:
    router = silk_settings.Router()

    assert router.db_for_write(Request) == "profiles"
    assert router.db_for_write(User) is None
    assert router.allow_migrate("profiles", "silk")
    assert not router.allow_migrate("default", "silk")
    assert not router.allow_migrate("profiles", "users")
