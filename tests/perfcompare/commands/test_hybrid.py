from __future__ import annotations

import pytest

from perfcompare.commands import hybrid
from perfcompare.servers import _nginx
from tests.perfcompare.commands.conftest import Call


def test_both_versions_are_whole_and_the_api_is_split_by_path() -> None:
    shared = ("simple", "user_list", "user_detail", "items")

    places = hybrid._places("drf", "fastapi", shared, ["users"])

    assert {(one.route, one.stack): tuple(one.scenarios) for one in places} == {
        ("/api/v1/", "drf"): shared,
        ("/api/v2/", "fastapi"): shared,
        ("/api/", "drf"): ("simple", "items"),
        ("/api/users", "fastapi"): ("user_list", "user_detail"),
    }


def test_a_path_that_the_api_does_not_have_is_refused_with_those_it_has(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_nginx, "program", lambda: "/usr/sbin/nginx")

    outcome = call("hybrid", "--moved", "people", "--check")

    assert outcome.code == 2
    assert "There is nothing at people. The API has: cached-users, dashboard, expensive, items" in outcome.err
