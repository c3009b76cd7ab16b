"""The settings of the DRF stacks, as text. Settings and the list of stacks read this module, so it imports no
framework."""

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
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "perfcompare.contract.drf_input.ContentNegotiation",
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
    "DEFAULT_PAGINATION_CLASS": "perfcompare.contract.drf_input.LimitOffsetPagination",
    "PAGE_SIZE": DEFAULT_LIMIT,
    "DEFAULT_THROTTLE_CLASSES": _THROTTLES if _RATE else [],
    "DEFAULT_THROTTLE_RATES": {"anon": _RATE or None, "user": _RATE or None},
    # Otherwise a client that sends a new X-Forwarded-For with each request is never throttled.
    "NUM_PROXIES": 0,
    "EXCEPTION_HANDLER": "perfcompare.contract.drf.exception_handler",
    "NON_FIELD_ERRORS_KEY": "body",
    # NaN is well formed in this contract. It reaches its field, which refuses it.
    "STRICT_JSON": False,
    # Otherwise ?format=x is a 404, but the contract ignores unknown parameters.
    "URL_FORMAT_OVERRIDE": None,
    # Imported when a schema is generated, which only the development server does.
    "DEFAULT_SCHEMA_CLASS": "perfcompare.contract.drf_schema.ContractSchema",
}

SETTINGS: Final[dict[str, Any]] = {
    "REST_FRAMEWORK": REST_FRAMEWORK,
    # This machine serves the documentation's scripts, not a CDN.
    "SPECTACULAR_SETTINGS": {
        "SWAGGER_UI_DIST": "SIDECAR",
        "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
        "SERVE_INCLUDE_SCHEMA": False,
    },
}
