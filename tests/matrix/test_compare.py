"""What `compare` calls a difference."""

from __future__ import annotations

from typing import Any

import pytest

from tests.matrix import compare
from tests.matrix.combinations import LONG_TERM, OLDEST

ANSWER = {"request": "GET /", "status": 200, "headers": [["Vary", "Cookie"]], "body": "a"}


@pytest.mark.parametrize("changed", [{"status": 500}, {"headers": []}, {"body": "b"}])
def test_another_answer_is_one(changed: dict[str, Any]) -> None:
    (said,) = compare._other("asgi", [ANSWER], [{**ANSWER, **changed}], ("status", "headers", "body"))
    assert said.startswith("asgi: GET /: ")


def _told(state: str, *reasons: str, **parts: str) -> dict[str, Any]:
    told = [{"name": name, "state": one, "reasons": reasons} for name, one in parts.items()]
    return {"state": state, "reasons": () if parts else reasons, "parts": told}


VERSION = "asgiref 3.8.1 is installed; tested: 3.13."


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        (_told("inactive", VERSION), True),
        (_told("inactive", "It raised an exception."), False),
        (_told("active"), False),
    ],
)
def test_a_lever_that_must_be_off_is_off_with_a_sentence_about_the_version(told: Any, fits: bool) -> None:
    assert (not list(compare._levers(OLDEST, "asgi", {"lean_asgi": told}, but=""))) is fits


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        (_told("active", representing="active"), True),
        (_told("inactive", VERSION), False),
        (_told("partly active", "The code is not what the lever was tested with.", representing="inactive"), False),
        (_told("not used"), False),
        (_told("not used", representing="inactive"), False),
    ],
)
def test_every_other_lever_is_active_in_all_its_parts(told: Any, fits: bool) -> None:
    assert (not list(compare._levers(LONG_TERM, "wsgi", {"compiled_serializers": told}, but=""))) is fits


def test_a_part_that_must_be_off_names_the_package() -> None:
    def said(reason: str, state: str) -> list[str]:
        told = _told("partly active", reason, hops=state)
        return list(compare._levers(OLDEST, "wsgi", {"lean_drf": told}, but=""))

    assert said("adrf 0.1.8 is installed; tested: 0.1.10 to 0.1.14.", "inactive") == []
    assert said("It raised an exception.", "inactive")
    assert said("", "active")
