"""Trees by nested intervals."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-mptt==0.18.0",
    repository="https://github.com/django-mptt/django-mptt@0.18",
    command=("tests/manage.py", "test", "myapp"),
    requirements=("model-bakery",),
    expects=("compiled_queries", "compiled_writes"),
)
