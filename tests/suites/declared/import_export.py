"""Rows from and into tables of other programs."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-import-export==4.4.3",
    folder="tests",
    command=("manage.py", "test", "--noinput", "core"),
    requirements=("tablib[all]", "chardet", "pytz", "memory-profiler", "django-extensions", "openpyxl"),
    environment={"IMPORT_EXPORT_TEST_TYPE": "postgres"},
    expects=("compiled_queries", "compiled_writes"),
)
