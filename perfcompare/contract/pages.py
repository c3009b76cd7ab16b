"""Django's answers outside the views of a framework: health, and errors as JSON."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from perfcompare.core import env, process


def health(_request: HttpRequest) -> JsonResponse:
    """The stack's name, the nonce of the process's starter, and facts about the process."""
    return JsonResponse(
        {
            "status": "ok",
            "stack": settings.STACK_NAME,
            "nonce": env.text("PERFCOMPARE_NONCE", "none"),
            "process": process.facts(debug=settings.DEBUG),
        }
    )


def error_400(_request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """The answer to a request that Django refuses before any view, such as one with a foreign Host."""
    return JsonResponse({"detail": "Bad request."}, status=400)


@csrf_exempt
def error_404(_request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """The answer to an unknown path, by any method."""
    return JsonResponse({"detail": "Not found."}, status=404)


def error_500(_request: HttpRequest) -> JsonResponse:
    """The answer after a defect of this project. No request should get it."""
    return JsonResponse({"detail": "Internal server error."}, status=500)
