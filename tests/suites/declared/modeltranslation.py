"""Fields in several languages."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-modeltranslation==0.20.6",
    command=("-m", "pytest", "-q", "-o", "python_files=test_*.py tests.py", "modeltranslation"),
    requirements=("pytest", "pytest-django", "parameterized", "pillow", "django-stubs-ext"),
    environment={"DB": "postgres", "DJANGO_SETTINGS_MODULE": "modeltranslation.tests.settings"},
    expects=("compiled_queries", "compiled_writes"),
)
