"""Formkit-Ninja: forms of public administrations, as FormKit's schemas."""

from __future__ import annotations

from tests.projects.processes import LOCKS
from tests.projects.project import Project
from tests.suites.suite import Installed

# Those that ask its API; others start a browser, or read models only.
_TESTS = (
    *("api_errors", "calculations", "data_loss_roundtrip", "date_constraints", "element_api", "formkit_in", "fracrank"),
    *("hidden_node", "issue_64", "issue_70", "issue_71", "nodechildren", "nodechildren_change_stream"),
    *("openapi_document", "option_edit_policy", "option_sources", "partisipa_reproduction"),
    *("schema_component_edit_policy", "schema_edit_policy", "text_keys", "tf611_api_creation", "visible_when_api"),
)

PROJECT = Project(
    about="Django Ninja: ModelSchemas with related sets, unions, aliases, pydantic models of trees; pghistory.",
    packages=("formkit-ninja==7.1.1", "factory-boy", "pytest-playwright", "openapi-spec-validator", "sqlparse"),
    settings="testproject.settings",
    requests=(
        "/api/formkit/list-schemas",
        "/api/formkit/list-nodes",
        "/api/formkit/list-nodes?latest_change={late_change}",
        "/api/formkit/list-related-nodes",
        "/api/formkit/list-components",
        "/api/formkit/schema/by-uuid/{schema}",
        "/api/formkit/schema/by-label/{label}",
        "/api/formkit/schema/all",
        "/api/formkit/node/{node}",
        "/api/formkit/node/{leaf}",
        "/api/formkit/options",
    ),
    tests=Installed(
        package="formkit-ninja==7.1.1",
        unpacked=True,
        lock=LOCKS / "formkit_ninja.txt",
        command=("-m", "pytest", "-q", "-o", "addopts=", *(f"tests/test_{name}.py" for name in _TESTS)),
        environment={"DJANGO_SETTINGS_MODULE": "testproject.settings"},
        expects=("compiled_queries", "compiled_writes", "lean_ninja"),
    ),
)
