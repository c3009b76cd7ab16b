from __future__ import annotations

import pytest

from perfcompare.core import env


@pytest.mark.parametrize("value", ["", "1/second", "1000/hour", " 5/minute "])
def test_a_right_rate_is_taken(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("THROTTLE_RATE", value)

    assert env.rate("THROTTLE_RATE") == value.strip()


@pytest.mark.parametrize("value", ["x", "5", "5/", "/hour", "0/hour", "5/fortnight", "5/h", "1.5/hour"])
def test_a_wrong_rate_is_named_with_what_is_allowed(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("THROTTLE_RATE", value)

    with pytest.raises(env.VariableError, match="second, minute, hour or day") as caught:
        env.rate("THROTTLE_RATE")

    assert f"THROTTLE_RATE={value} is not a rate" in str(caught.value)


@pytest.mark.parametrize(
    ("named", "used"),
    [
        (None, "config.settings.local"),
        ("", "config.settings.local"),
        ("shop.settings", "config.settings.local"),
        ("config.settings", "config.settings.local"),
        ("config.settings.production", "config.settings.production"),
    ],
)
def test_only_settings_of_this_project_are_used(named: str | None, used: str) -> None:
    assert env.settings_module({} if named is None else {"DJANGO_SETTINGS_MODULE": named}) == used


@pytest.mark.parametrize("name", ["prodution", "base", "silk", "local.more"])
def test_settings_of_this_project_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(
        env.VariableError, match=r"not name settings of this project\. Choose one of: config\.settings\.local,"
    ):
        env.settings_module({"DJANGO_SETTINGS_MODULE": f"config.settings.{name}"})
