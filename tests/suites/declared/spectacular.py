"""OpenAPI schemas of DRF, which read what levers replace."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="drf-spectacular==0.30.0",
    command=("-m", "pytest", "-q", "tests", "--allow-skip-extra-system-req"),
    requirements=(
        *("djangorestframework", "pytest", "pytest-django", "setuptools", "drf-spectacular-sidecar", "dj-rest-auth"),
        *("django-allauth[socialaccount]", "django-filter", "django-oauth-toolkit", "django-polymorphic"),
        *("django-rest-knox", "django-rest-polymorphic", "djangorestframework-camel-case", "drf-nested-routers"),
        *("djangorestframework-dataclasses", "djangorestframework-recursive", "djangorestframework-simplejwt"),
    ),
    also=("lean_filters",),
    expects=("compiled_serializers", "lean_drf"),
)
