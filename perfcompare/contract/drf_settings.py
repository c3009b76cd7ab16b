"""What the DRF stacks set, as text: this module imports no framework, since settings and the list of stacks read it."""

from __future__ import annotations

from typing import Any, Final

from perfcompare.core import env
from perfcompare.core.limits import DEFAULT_LIMIT

_RATE: Final = env.rate("THROTTLE_RATE")
_THROTTLES: Final = ["rest_framework.throttling.AnonRateThrottle", "rest_framework.throttling.UserRateThrottle"]

REST_FRAMEWORK: Final[dict[str, Any]] = {
    # Timed runs render JSON only; the browsable API is for people.
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["perfcompare.contract.drf_input.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
    "DEFAULT_PAGINATION_CLASS": "perfcompare.contract.drf_input.LimitOffsetPagination",
    "PAGE_SIZE": DEFAULT_LIMIT,
    "DEFAULT_THROTTLE_CLASSES": _THROTTLES if _RATE else [],
    "DEFAULT_THROTTLE_RATES": {"anon": _RATE or None, "user": _RATE or None},
    # Otherwise whoever writes a new X-Forwarded-For into each request is never throttled.
    "NUM_PROXIES": 0,
    "EXCEPTION_HANDLER": "perfcompare.contract.drf.exception_handler",
    "NON_FIELD_ERRORS_KEY": "body",
    # NaN is well formed in this contract: it reaches its field, which refuses it.
    "STRICT_JSON": False,
    # Otherwise ?format=x is a 404, and the contract ignores parameters it does not know.
    "URL_FORMAT_OVERRIDE": None,
    # Looked up when a schema is asked for, which only the development server does.
    "DEFAULT_SCHEMA_CLASS": "perfcompare.contract.drf_schema.QuerySchema",
}

SETTINGS: Final[dict[str, Any]] = {
    "REST_FRAMEWORK": REST_FRAMEWORK,
    # The documentation's scripts come from this machine, not from a CDN.
    "SPECTACULAR_SETTINGS": {
        "SWAGGER_UI_DIST": "SIDECAR",
        "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
        "SERVE_INCLUDE_SCHEMA": False,
    },
}
