"""Django's answers outside any framework's views: health, and errors as JSON."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from perfcompare.core import env, process


def health(_request: HttpRequest) -> JsonResponse:
    """Who answers here: the stack's name, the nonce of whoever started this process, and what the process is like."""
    return JsonResponse(
        {
            "status": "ok",
            "stack": settings.STACK_NAME,
            "nonce": env.text("PERFCOMPARE_NONCE", "none"),
            "process": process.facts(debug=settings.DEBUG),
        }
    )


def error_400(_request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """A request that Django refuses before any view, such as a foreign Host."""
    return JsonResponse({"detail": "Bad request."}, status=400)


def error_404(_request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """A path that nobody serves."""
    return JsonResponse({"detail": "Not found."}, status=404)


def error_500(_request: HttpRequest) -> JsonResponse:
    """A defect of this project: nothing should get here."""
    return JsonResponse({"detail": "Internal server error."}, status=500)
