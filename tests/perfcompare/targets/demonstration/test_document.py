"""The contract as an OpenAPI document: of the scenarios, and true to them."""

from __future__ import annotations

from typing import Final

import pytest
from jsonschema import Draft202012Validator

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core import env
from perfcompare.core.dataset import Dataset
from perfcompare.core.http import ANYTHING
from perfcompare.registries import scenarios
from perfcompare.targets.demonstration import document

DATASET: Final = Dataset(count=1200, seed=1)
every_endpoint = pytest.mark.parametrize("name", sorted(ENDPOINTS))


def test_the_file_of_the_documentation_is_what_the_scenarios_say() -> None:
    written = (env.ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")

    assert written == document.text(), "manage.py perfcompare openapi --output docs/openapi.json"


def test_it_has_every_scenario_once() -> None:
    operations = [one for methods in document.document()["paths"].values() for one in methods.values()]

    assert sorted(one["operationId"] for one in operations) == sorted(ENDPOINTS)


@every_endpoint
def test_right_answers_have_the_shape_that_it_describes(name: str) -> None:
    shape = Draft202012Validator(dict(scenarios[name].shape))
    answers = [case.expected.json for case in scenarios[name].cases(DATASET) if case.expected.status < 400]

    assert answers
    for answer in answers:
        known = {key: 1 if value is ANYTHING else value for key, value in answer.items()}  # type: ignore[attr-defined]
        assert not list(shape.iter_errors(known))


@every_endpoint
def test_every_status_of_the_cases_is_described(name: str) -> None:
    described = document.statuses(name)

    assert {400, 429} < set(described)
    assert [status for status in described if status < 400] == [201 if name == "user_create" else 200]


def test_bounds_are_those_at_which_cases_turn_invalid() -> None:
    for name in sorted(ENDPOINTS):
        for parameter in scenarios[name].parameters:
            if parameter.schema["type"] == "integer" and parameter.where == "query":
                cases = {case.request.path: case.expected.status for case in scenarios[name].cases(DATASET)}
                for value in (parameter.schema["minimum"] - 1, parameter.schema["maximum"] + 1):
                    assert cases[f"{scenarios[name].path}?{parameter.name}={value}"] == 422
