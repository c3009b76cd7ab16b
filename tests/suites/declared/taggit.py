"""Tags of any model."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-taggit==6.1.0",
    repository="https://github.com/jazzband/django-taggit@6.1.0",
    command=("-m", "django", "test", "--noinput"),
    requirements=("djangorestframework",),
    environment={"DJANGO_SETTINGS_MODULE": "tests.settings"},
    expects=("compiled_queries", "compiled_writes"),
)
