"""OAuth 2.0 and OpenID Connect."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-oauth-toolkit==3.4.1",
    repository="https://github.com/django-oauth/django-oauth-toolkit@3.4.1",
    command=("-m", "pytest", "-q", "-o", "addopts=", "--ignore=tests/e2e", "tests"),
    requirements=("djangorestframework", "django-ninja", "pytest", "pytest-django", "pytest-mock", "pytest-xdist"),
    environment={"DJANGO_SETTINGS_MODULE": "tests.settings"},
    expects=("compiled_queries", "compiled_writes"),
)
