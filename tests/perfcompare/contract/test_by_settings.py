from __future__ import annotations

from typing import Any

import pytest

from perfcompare.contract.by_settings import GRANIAN, PERSISTENT, POOLED
from perfcompare.core.limits import DATABASE_TIMEOUT_S
from perfcompare.core.setting import Setting
from perfcompare.registries import stacks

BY_SETTINGS = {name: stack for name, stack in stacks.items() if stack.by_settings}


def applied(setting: Setting) -> tuple[dict[str, Any], dict[str, Any]]:
    """A database and its settings before, and what they are after."""
    before = {"NAME": "people", "OPTIONS": {"connect_timeout": 2}}
    settings: dict[str, Any] = {"DATABASES": {"default": before}}
    setting.settings(settings)
    return before, settings["DATABASES"]["default"]


def test_connections_are_kept_whatever_the_database_is() -> None:
    before, after = applied(PERSISTENT)

    assert after == {"NAME": "people", "OPTIONS": {"connect_timeout": 2}, "CONN_MAX_AGE": None}
    assert "CONN_MAX_AGE" not in before


def test_the_pool_says_its_sizes_and_waits_as_long_as_the_contract_allows() -> None:
    before, after = applied(POOLED)

    assert after["OPTIONS"] == {
        "connect_timeout": 2,
        "pool": {"min_size": 4, "max_size": 20, "timeout": DATABASE_TIMEOUT_S},
    }
    assert before["OPTIONS"] == {"connect_timeout": 2}


def test_another_server_changes_no_django_setting() -> None:
    before, after = applied(GRANIAN)

    assert after == before


@pytest.mark.parametrize("name", BY_SETTINGS)
def test_what_a_stack_changes_by_settings_is_told_to_people(name: str) -> None:
    for setting in BY_SETTINGS[name].by_settings:
        assert setting.source.startswith("https://")
        assert setting.changes.endswith(".")
        assert setting.costs.endswith(".")
        assert setting.lines
        assert "perfcompare" not in "".join(setting.lines)


@pytest.mark.parametrize("name", [name for name, stack in BY_SETTINGS.items() if not stack.levers])
def test_a_stack_by_settings_alone_has_the_views_and_middleware_of_one_as_it_comes(name: str) -> None:
    by_settings = BY_SETTINGS[name].django

    assert by_settings is not None
    assert [other for other, stack in stacks.items() if other not in BY_SETTINGS and stack.django == by_settings]


@pytest.mark.parametrize("name", BY_SETTINGS)
def test_another_server_is_told_wherever_there_is_one(name: str) -> None:
    assert (GRANIAN in BY_SETTINGS[name].by_settings) is (BY_SETTINGS[name].server == "granian_wsgi")
