from __future__ import annotations

import pytest

from perfcompare.anatomy import serializers
from perfcompare.commands import serialize
from perfcompare.core.errors import WrongAnswerError
from perfcompare.models import Run, side_results
from tests.perfcompare.commands.conftest import Call


def test_the_digest_is_of_the_value_and_not_of_its_spelling() -> None:
    one, same, other = (serializers.digest(text) for text in (b'{"a":1,"b":[2]}', b'{"b": [2], "a": 1}', b'{"a":1}'))

    assert one == same != other


def test_ways_that_differ_are_not_timed() -> None:
    serialize.check({"drf": "x", "ninja": "x"})
    with pytest.raises(WrongAnswerError, match="ninja and drf"):
        serialize.check({"drf": "x", "pydantic": "x", "ninja": "y"})


def test_an_unknown_way_is_a_usage_error(call: Call) -> None:
    assert call("serialize", "--ways", "drf,magic").code == 2


@pytest.mark.django_db
def test_every_way_makes_the_same_and_is_measured(call: Call) -> None:
    outcome = call("serialize", "--users", "50", "--processes", "1")

    assert outcome.code == 0, outcome.err
    assert [line.split()[0] for line in outcome.out.splitlines()[1:-1]] == list(serializers.WAYS)
    found = side_results.serialising(Run.objects.newest().options)
    assert found is not None
    assert {way.name: len(way.seconds) for way in found.ways} == dict.fromkeys(serializers.WAYS, 1)
