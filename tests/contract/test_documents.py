"""The OpenAPI documents that the stacks make of their own code say what the contract says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Final

import pytest
from django.test import Client

from perfcompare.core.stack import prefix
from perfcompare.registries import stacks
from perfcompare.targets.demonstration import document

Document = dict[str, Any]
BOUNDS: Final = ("minimum", "maximum", "maxItems")


def _fetched(path: str) -> Callable[[], Document]:
    def fetched() -> Document:
        found: Document = Client().get(path, headers={"accept": "application/vnd.oai.openapi+json"}).json()
        return found

    return fetched


def _fastapi(name: str) -> Callable[[], Document]:
    def made() -> Document:
        found: Document = import_module(f"perfcompare.stacks.{name}.app").app.openapi()
        return found

    return made


def _modern_rest() -> Document:
    from perfcompare.stacks.modern_rest.docs_urls import schema

    return schema.convert()


DOCUMENTS: Final[dict[str, Callable[[], Document]]] = {
    **{name: _fastapi(name) for name in ("fastapi", "fastapi_sqlalchemy")},
    "modern_rest": _modern_rest,
    **{name: _fetched(f"/api/{name}/openapi.json") for name in ("ninja", "ninja_async")},
    **{name: _fetched(f"/api/{name}/schema") for name in ("drf", "adrf")},
}
every_document = pytest.mark.parametrize("stack", DOCUMENTS)


def _operations(found: Document, stack: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """By method and path of the contract."""
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            if "responses" in operation:
                yield f"{method} {path.removeprefix(prefix(stack).rstrip('/'))}", operation


def _bounds(operation: dict[str, Any]) -> dict[tuple[str, str], Any]:
    parameters = [(one["name"], one["schema"]) for one in operation.get("parameters", [])]
    return {(name, bound): schema.get(bound) for name, schema in parameters for bound in BOUNDS}


def test_every_stack_with_documentation_is_asked() -> None:
    assert {name for name, stack in stacks.items() if stack.docs} == set(DOCUMENTS)


@every_document
def test_it_describes_every_operation_with_all_its_statuses(stack: str) -> None:
    described = dict(_operations(DOCUMENTS[stack](), stack))
    contract = dict(_operations(document.document()))

    assert described.keys() == contract.keys()
    missing = {
        name: wanted
        for name, operation in contract.items()
        if (wanted := operation["responses"].keys() - {str(one) for one in described[name]["responses"]})
    }
    assert not missing


@every_document
def test_it_has_the_bounds_of_every_parameter(stack: str) -> None:
    described = dict(_operations(DOCUMENTS[stack](), stack))

    assert {name: _bounds(one) for name, one in described.items()} == {
        name: _bounds(one) for name, one in _operations(document.document())
    }
