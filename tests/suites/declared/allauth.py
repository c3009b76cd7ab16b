"""Accounts, sessions and second factors."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-allauth==65.22.1",
    command=("-m", "pytest", "-q", "tests/apps/account", "tests/apps/headless", "tests/apps/mfa"),
    requirements=(
        *("pytest", "pytest-django", "pytest-asyncio", "Pillow", "djangorestframework", "django-ninja"),
        *("pyjwt[crypto]", "oauthlib", "qrcode", "fido2", "python3-openid", "python3-saml", "requests", "pyyaml"),
    ),
    expects=("compiled_queries", "compiled_writes"),
)
