"""Formkit-Ninja: forms of public administrations, as FormKit's schemas."""

from __future__ import annotations

from tests.projects.processes import LOCKS
from tests.projects.project import Project
from tests.suites.suite import Installed

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
        command=("-m", "pytest", "-q", "-o", "addopts=", "tests", "--ignore=tests/test_pw.py"),
        environment={"DJANGO_SETTINGS_MODULE": "testproject.settings"},
        expects=("compiled_queries", "compiled_writes", "lean_ninja"),
    ),
)
