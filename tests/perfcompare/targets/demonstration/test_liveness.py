"""The services of timed servers are asked whether they answer."""

from __future__ import annotations

import os

import pytest

from perfcompare.targets.demonstration.liveness import ailing

NOWHERE = {
    "PostgreSQL": ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing"),
    "Redis": ("REDIS_URL", "redis://127.0.0.1:1/0"),
    "The upstream service": ("UPSTREAM_URL", "http://127.0.0.1:1"),
}


def test_services_that_answer_are_not_named() -> None:
    assert ailing(os.environ) is None


@pytest.mark.parametrize("name", NOWHERE)
def test_one_that_does_not_answer_is_named_with_the_reason_on_one_line(name: str) -> None:
    variable, url = NOWHERE[name]

    said = ailing({**os.environ, variable: url})

    assert said is not None
    assert said.startswith(f"{name} does not answer (")
    assert "refused" in said
    assert "\n" not in said
