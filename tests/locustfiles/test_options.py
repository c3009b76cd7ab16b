from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from locustfiles import _options
from perfcompare.core.errors import UsageError
from perfcompare.registries import stacks
from tests.locustfiles.running import run


def asked(**changes: Any) -> Namespace:
    values: dict[str, Any] = {
        "stack": "drf", "scenario": "simple", "prefix": "", "check": "values", "check_rate": 1.0, "token": "",
        "dataset_count": 10, "dataset_seed": 1, "delay_ms": -1, "seed": 4, "warmup": 0.0, "result": "",
        "allow_remote": False,
    }  # fmt: skip
    return Namespace(**{**values, **changes})


@pytest.mark.parametrize(
    "host", ["http://127.0.0.1:8000", "http://localhost:1", "http://[::1]:80", "http://127.9.9.9", None]
)
def test_this_machine_may_be_loaded(host: str | None) -> None:
    assert _options.read(asked(), host).host == (host or _options.DEFAULT_HOST)


@pytest.mark.parametrize("host", ["http://10.0.0.1:8000", "https://example.org", "http://127.0.0.1.example.org"])
def test_another_machine_needs_consent(host: str) -> None:
    with pytest.raises(UsageError, match="add --allow-remote"):
        _options.read(asked(), host)

    assert _options.read(asked(allow_remote=True), host).host == host


def test_a_stacks_own_url_needs_consent_too() -> None:
    options = asked(stacks="drf,fastapi=http://10.0.0.1", scenarios="")

    with pytest.raises(UsageError, match=r"http://10.0.0.1 is not this machine"):
        _options.read(options, None)


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"tags": ["read"]}, ("simple", "items")),
        ({"tags": ["items", "write"]}, ("items", "user_create")),
        ({"exclude_tags": ["items"]}, ("simple", "user_create")),
        ({"tags": ["read"], "exclude_tags": ["simple"]}, ("items",)),
    ],
)
def test_tags_choose_among_the_scenarios_of_a_journey(changes: dict[str, Any], left: tuple[str, ...]) -> None:
    options = asked(scenario=None, scenarios="simple,items,user_create", **changes)

    assert _options.read(options, None).scenarios == left


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stack": "djrf"}, "Did you mean 'drf'"),
        ({"stack": ""}, "No stack is named"),
        ({"stack": "drf=127.0.0.1:80"}, "is not a URL"),
        ({"scenario": None, "scenarios": "simpel"}, "Did you mean 'simple'"),
        ({"scenario": None, "scenarios": "simple", "tags": ["write"]}, "No scenario is left: .* take away simple"),
        ({"prefix": "api"}, "must begin and end with a slash"),
        ({"dataset_count": 0}, "between 1 and 1000000"),
        ({"rate": 0.0}, "sends nothing"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        _options.read(asked(**changes), None)


@pytest.fixture
def offering_little(monkeypatch: pytest.MonkeyPatch) -> str:
    """A stack that offers the constant answer alone."""
    get = type(stacks).__getitem__
    little = replace(stacks["floor"], scenarios=frozenset({"simple"}))
    monkeypatch.setattr(type(stacks), "__getitem__", lambda self, key: little if key == "floor" else get(self, key))
    return "floor"


def test_what_a_stack_does_not_offer_is_refused(offering_little: str) -> None:
    with pytest.raises(UsageError, match=f"{offering_little}: no dashboard there. Offered: simple"):
        _options.read(asked(stack=offering_little, scenario="dashboard"), None)


def test_a_journey_is_what_all_chosen_stacks_offer(offering_little: str) -> None:
    options = asked(scenario=None, stacks=f"drf,{offering_little}", scenarios="")
    assert _options.read(options, None).scenarios == ("simple",)


@pytest.mark.parametrize("text", ["x", "nan", "-1", "inf", "1.5"])
def test_a_share_is_between_0_and_1(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="between 0 and 1"):
        _options.number(least=0, most=1)(text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--stack", "djrf"], "Did you mean 'drf'"),
        (["--host", "http://example.org"], "add --allow-remote"),
        (["--check-rate", "2"], "between 0 and 1"),
    ],
)
def test_locust_ends_with_status_2_before_any_load(options: list[str], message: str, result: Path) -> None:
    found = run("single", *options, result=result)

    assert found.status == 2
    assert message in found.output
    assert "Traceback" not in found.output
    assert found.result is None
