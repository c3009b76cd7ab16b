"""What DRF needs beyond its defaults to answer as the contract says, for its synchronous and its asynchronous stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db import InterfaceError, OperationalError
from rest_framework import exceptions, views
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from perfcompare.contract.drf_input import IntegerField
from perfcompare.core.limits import MAX_ID
from perfcompare.work.upstream import UpstreamTimeoutError, UpstreamUnavailableError


class DatabaseUnavailable(exceptions.APIException):
    """The database refuses connections, or the pool has none left."""

    status_code = 503
    default_detail = "The database is not available."


class UpstreamUnavailable(exceptions.APIException):
    """The upstream service refused or broke the connection."""

    status_code = 502
    default_detail = "The upstream service is not available."


class UpstreamTimeout(exceptions.APIException):
    """The upstream service was too slow."""

    status_code = 504
    default_detail = "The upstream service did not answer in time."


_UNAVAILABLE: Final[dict[type[Exception], type[exceptions.APIException]]] = {
    OperationalError: DatabaseUnavailable,
    InterfaceError: DatabaseUnavailable,
    UpstreamUnavailableError: UpstreamUnavailable,
    UpstreamTimeoutError: UpstreamTimeout,
}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The contract's answer to `error`. As in DRF, None for an unexpected error, which becomes a 500."""
    error = next((answer() for kind, answer in _UNAVAILABLE.items() if isinstance(error, kind)), error)
    response = views.exception_handler(error, context)
    if response is not None and isinstance(error, exceptions.ValidationError):
        response.status_code = 422
        response.data = {"detail": "The input is not valid.", "errors": _errors_by_field(error.detail)}
    if response is not None and isinstance(error, exceptions.Throttled):
        # DRF omits the header when the rate was lowered below the number of requests already made.
        response["Retry-After"] = str(error.wait or 1)  # type: ignore[attr-defined]
    return response


def _errors_by_field(detail: Any) -> dict[str, list[str]]:
    fields = detail if isinstance(detail, dict) else {"body": detail}
    return {field: list(_sentences(errors)) for field, errors in fields.items()}


def _sentences(errors: Any) -> Iterator[str]:
    """All sentences of a field's errors. List fields report {index: sentences}."""
    if isinstance(errors, str):
        yield str(errors)
        return
    parts: Iterable[Any] = errors.values() if isinstance(errors, dict) else errors
    for part in parts:
        yield from _sentences(part)


class BodyMixin(APIView):
    """For a view whose POST needs a body. DRF treats a missing body as `{}`, and one without a length as missing."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """DRF's checks, then the check of the body. Raises ParseError when there is no body."""
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            if not request.body:
                raise exceptions.ParseError("The body is missing.")
            request.META["CONTENT_LENGTH"] = str(len(request.body))


# A bare field, because a serializer for one value would cost each request more than the validation itself.
_ID: Final = IntegerField(min_value=1, max_value=MAX_ID)
_READING: Final = ("GET", "HEAD")


class IdInPathMixin(APIView):
    """For a view with `<str:id>` in its path, to read it. DRF answers 404 to an invalid id, and the contract 422."""

    path_parameters = {"id": {"type": "integer", "minimum": 1, "maximum": MAX_ID}}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """DRF's checks, then the check of the id. Raises ValidationError for an invalid one."""
        super().initial(request, *args, **kwargs)
        if request.method not in _READING:
            return
        try:
            _ID.run_validation(kwargs["id"])
        except exceptions.ValidationError as error:
            raise exceptions.ValidationError({"id": error.detail}) from error
