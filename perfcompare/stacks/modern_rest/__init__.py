"""django-modern-rest with asynchronous controllers."""

from __future__ import annotations

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.stack import DJANGO_TARGETS, DjangoPart, Stack

STACK = Stack(
    label="django-modern-rest",
    summary="django-modern-rest, asynchronous controllers and the ORM's asynchronous interface",
    packages=("django-modern-rest", "Django", "pydantic", "msgspec", "asgiref"),
    scenarios=ENDPOINTS,
    targets=DJANGO_TARGETS,
    server="uvicorn",
    django=DjangoPart(
        urlconf="perfcompare.stacks.modern_rest.urls",
        # Its documentation says to validate answers in development but not in production:
        # https://django-modern-rest.readthedocs.io/en/latest/pages/using-controller/validation.html
        settings={"DMR_SETTINGS": {"validate_responses": False}},
    ),
    docs="docs",
)
