"""What `compare` calls a difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.matrix import compare

ANSWER = {"request": "GET /", "status": 200, "headers": [["Vary", "Cookie"]], "body": "a"}


@pytest.mark.parametrize("changed", [{"status": 500}, {"headers": []}, {"body": "b"}])
def test_another_answer_is_one(changed: dict[str, Any]) -> None:
    (said,) = compare._other("asgi", [ANSWER], [{**ANSWER, **changed}], ("status", "headers", "body"))
    assert said.startswith("asgi: GET /: ")


VERSION = "asgiref 3.7.2 is installed; tested: 3.8.1 to 3.13."


def _told(state: str, *reasons: str, outside: Sequence[str] = (), **parts: str) -> dict[str, Any]:
    """What one lever says; a part that is inactive gives the reasons."""
    told = [{"name": name, "state": one, "reasons": [*reasons] * (one == "inactive")} for name, one in parts.items()]
    of = next(iter(parts), "") if reasons and parts else ""
    return {
        "state": state,
        "reasons": [] if parts else [*reasons],
        "parts": told,
        "outside": {"": [], **{name: [] for name in parts}, of: [*outside]},
    }


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        (_told("active"), True),
        (_told("active", representing="active"), True),
        (_told("inactive", VERSION, outside=[VERSION]), True),
        (_told("partly active", VERSION, outside=[VERSION], hops="inactive", users="active"), True),
        (_told("not used"), False),
        (_told("active", outside=[VERSION]), False),
        (_told("inactive", "It raised an exception.", outside=[VERSION]), False),
        (_told("inactive", VERSION), False),
        (_told("partly active", "The code is not what the lever was tested with.", representing="inactive"), False),
        (_told("partly active", "It raised an exception.", outside=[VERSION], hops="inactive"), False),
        (_told("not used", representing="inactive"), False),
    ],
)
def test_a_lever_is_off_with_a_sentence_about_the_version_or_active_in_all_its_parts(told: Any, fits: bool) -> None:
    assert (not list(compare._levers("wsgi", {"lean_drf": told}, but=""))) is fits
