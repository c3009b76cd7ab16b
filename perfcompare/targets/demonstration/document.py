"""The contract as one OpenAPI document, made from the scenarios (https://spec.openapis.org/oas/v3.1.0.html)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.contract.refusals import EVERYWHERE, described
from perfcompare.core.dataset import Dataset
from perfcompare.core.scenario import Parameter, Scenario
from perfcompare.registries import scenarios, stacks
from perfcompare.targets.demonstration import differences

_DATASET: Final = Dataset(count=100, seed=1)


def text() -> str:
    """The document as the file that docs/contract.md links."""
    return f"{json.dumps(document(), indent=1, ensure_ascii=False)}\n"


def document() -> dict[str, Any]:
    """The document. Its server is one of the stacks that offer the whole contract."""
    offering = [
        name for name, stack in stacks.items() if stack.scenarios >= ENDPOINTS and differences.checks(name, 422)
    ]
    stack = {"default": "fastapi", "enum": offering}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The contract",
            "version": "1",
            "description": "What every stack answers. `manage.py perfcompare openapi` makes this document from the "
            "scenarios.",
        },
        "servers": [{"url": "/api/{stack}", "variables": {"stack": stack}}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`Token <key>`",
                }
            },
        },
    }


def statuses(name: str) -> list[int]:
    """The statuses that the scenario called `name` can be answered with, by a method that it has."""
    scenario = scenarios[name]
    own = re.compile(re.sub(r"\\\{\w+\\\}", "[^/?]+", re.escape(scenario.path)) + r"(\?.*)?", re.DOTALL)
    of_cases = {
        case.expected.status
        for case in scenario.cases(_DATASET)
        if case.request.method == scenario.method and own.fullmatch(case.request.path)
    }
    return sorted(of_cases.union(scenario.troubles, EVERYWHERE))


def _paths() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for name in sorted(ENDPOINTS):
        scenario = scenarios[name]
        paths.setdefault(f"/{scenario.path}", {})[scenario.method.lower()] = dict(_operation(name, scenario))
    return paths


def _operation(name: str, scenario: Scenario) -> Iterator[tuple[str, Any]]:
    yield "operationId", name
    yield "summary", scenario.summary
    if scenario.token:
        yield "security", [{"token": []}]
    if scenario.parameters:
        yield "parameters", [_parameter(one) for one in scenario.parameters]
    if scenario.body is not None:
        yield "requestBody", {"required": True, "content": _json(scenario.body)}
    right, *refused = statuses(name)
    answer = {"description": HTTPStatus(right).phrase, "content": _json(scenario.shape)}
    yield "responses", {str(right): answer, **{str(status): one for status, one in described(*refused).items()}}


def _parameter(one: Parameter) -> dict[str, Any]:
    return {"name": one.name, "in": one.where, "required": one.where == "path", "schema": one.schema}


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
