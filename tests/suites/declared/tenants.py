"""A schema for each tenant."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-tenants==4.0.1",
    folder="dts_test_project",
    command=("manage.py", "test", "--noinput", "django_tenants"),
    requirements=("mypy", "gunicorn"),
)
