from __future__ import annotations

import pytest

from perfcompare.core.errors import UsageError
from perfcompare.core.stack import original, prefix, variant
from perfcompare.registries import stacks


def test_a_twin_is_the_same_stack_under_another_name() -> None:
    twin, plain = stacks["fastapi~twin"], stacks["fastapi"]

    assert (twin.targets, twin.packages, twin.scenarios) == (plain.targets, plain.packages, plain.scenarios)
    assert twin.label == "FastAPI (twin)"


def test_a_slowed_stack_is_served_through_the_slowdown() -> None:
    assert stacks["drf~slowed"].targets == {
        "wsgi": "perfcompare.targets.demonstration.slowed:wsgi",
        "asgi": "perfcompare.targets.demonstration.slowed:asgi",
    }


def test_the_former_name_of_the_slowed_variant_means_the_same() -> None:
    assert stacks.choose(["drf~planted"])["drf~planted"] == stacks["drf~slowed"]


def test_a_variant_answers_where_its_stack_does() -> None:
    assert prefix("drf@2~twin2") == prefix("drf") == "/api/drf/"
    assert (original("drf@2~twin2"), variant("drf@2~twin2"), variant("drf")) == ("drf@2", "twin2", "")


def test_variants_are_not_listed() -> None:
    assert not [name for name in stacks if variant(name)]


@pytest.mark.parametrize("name", ["fastapi~", "fastapi~2", "fastapi~triplet", "nothing~twin"])
def test_what_is_no_variant_is_not_found(name: str) -> None:
    assert name not in stacks
    with pytest.raises(UsageError, match="There is no"):
        stacks.choose([name])
