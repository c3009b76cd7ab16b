"""What Django Ninja needs beyond its defaults to answer as the contract says, for its sync and its async stacks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Final

from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import PathView
from ninja.parser import Parser
from ninja.throttling import AuthRateThrottle, BaseThrottle
from pydantic import PlainSerializer
from pydantic import ValidationError as ReadingError

from perfcompare.contract.pydantic_types import errors_by_field
from perfcompare.contract.refusals import described
from perfcompare.core import env
from perfcompare.work.upstream import UpstreamTimeoutError, UpstreamUnavailableError

UNAVAILABLE: Final[dict[type[Exception], tuple[int, str]]] = {
    OperationalError: (503, "The database is not available."),
    InterfaceError: (503, "The database is not available."),
    UpstreamUnavailableError: (502, "The upstream service is not available."),
    UpstreamTimeoutError: (504, "The upstream service did not answer in time."),
}


def _isoformat(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


# Declares the format of the text, so that perfcompare.levers.lean_ninja can write it faster.
_isoformat.rfc3339_utc = True  # type: ignore[attr-defined]

# Ninja's encoder is Django's, which cuts date-times to milliseconds. A type on the fields that hold one leaves the
# renderer, and every value that is no date-time, as Ninja ships it.
Timestamp = Annotated[datetime, PlainSerializer(_isoformat, return_type=str)]


def throttles() -> list[BaseThrottle]:
    """The throttle of every operation, by THROTTLE_RATE; none when it is empty.

    It counts per user, and anonymous requests per address. In an asynchronous operation too, Ninja calls it
    synchronously on the event loop, and it calls the cache.
    """
    count, _, period = env.rate("THROTTLE_RATE").partition("/")
    # Ninja has no `minute`. Ninja and DRF both understand the first letter.
    return [AuthRateThrottle(f"{count}/{period[:1]}")] if count else []


def refusals(*statuses: int) -> dict[str, Any]:
    """For `openapi_extra`: the errors of an operation. Nothing of it runs when a request is answered."""
    return {"responses": described(*statuses)}


class ContractParser(Parser):
    """Accepts one JSON object in UTF-8 with the JSON content type."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The parsed body of `request`. Ninja turns every error that is raised here into the cause of its own error
        400."""
        if request.content_type != "application/json":
            raise HttpError(415, "The content type must be application/json.")
        # json.loads would guess other encodings from bytes, and let surrogates in UTF-8 pass.
        body = json.loads(request.body.decode())
        if not isinstance(body, dict):
            raise ValidationError([{"loc": ("body",), "msg": "The body must be a JSON object."}])
        return body


class ContractAPI(NinjaAPI):
    """A NinjaAPI with the contract's parser and errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(parser=ContractParser(), **options)

    def set_default_exception_handlers(self) -> None:
        """Register Ninja's handlers, and those of the contract over them."""
        super().set_default_exception_handlers()
        self.exception_handler(HttpError)(self._http_error)
        self.exception_handler(AuthenticationError)(self._unauthorized)
        self.exception_handler(ValidationError)(self._invalid)
        self.exception_handler(IntegrityError)(self._conflict)
        self.exception_handler(ReadingError)(self._unread)
        for error, (status, detail) in UNAVAILABLE.items():
            self.exception_handler(error)(partial(self._unavailable, status=status, detail=detail))

    def _get_urls(self) -> list[Any]:
        # Ninja answers a wrong method in HTML and has no setting for it. Only that answer is replaced.
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                view._not_allowed = partial(self._not_allowed, view)  # type: ignore[method-assign]
        urls: list[Any] = super()._get_urls()
        for url in urls:
            if url.name == "api-root":  # Ninja's page there is a 404, which a POST gets only without the check of CSRF
                url.callback.csrf_exempt = True
        return urls

    def _error(self, request: HttpRequest, status: int, detail: str, **more: object) -> HttpResponse:
        return self.create_response(request, {"detail": detail, **more}, status=status)

    def _unprocessable(self, request: HttpRequest, errors: dict[str, list[str]]) -> HttpResponse:
        return self._error(request, 422, "The input is not valid.", errors=errors)

    def _http_error(self, request: HttpRequest, error: HttpError) -> HttpResponse:
        if isinstance(error.__cause__, HttpError | ValidationError):  # the parser's own, see ContractParser
            return self.on_exception(request, error.__cause__)
        return self._error(request, error.status_code, str(error))

    def _unauthorized(self, request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        response = self._error(request, error.status_code, str(error))
        response["WWW-Authenticate"] = "Token"
        return response

    def _invalid(self, request: HttpRequest, error: ValidationError) -> HttpResponse:
        if not request.body and any(one["loc"][0] == "body" for one in error.errors):
            return self._error(request, 400, "The body is missing.")
        return self._unprocessable(request, errors_by_field(error.errors))

    def _conflict(self, request: HttpRequest, error: IntegrityError) -> HttpResponse:
        if "email" not in str(error):
            raise error
        return self._unprocessable(request, {"email": ["A user with this e-mail address already exists."]})

    def _unread(self, request: HttpRequest, error: ReadingError) -> HttpResponse:
        # A queryset in an answer is asked for while Pydantic reads it, and Pydantic keeps only the text of its error.
        texts = (str(one["ctx"]["error"]) for one in error.errors() if one["type"] == "get_attribute_error")
        names = {text.partition(":")[0] for text in texts}
        for kind, (status, detail) in UNAVAILABLE.items():
            if kind.__name__ in names:
                return self._error(request, status, detail)
        raise error

    def _unavailable(self, request: HttpRequest, _error: Exception, *, status: int, detail: str) -> HttpResponse:
        return self._error(request, status, detail)

    def _not_allowed(self, view: PathView) -> HttpResponse:
        methods = sorted({method for operation in view.operations for method in operation.methods})
        response = JsonResponse({"detail": "Method not allowed."}, status=405)
        response["Allow"] = ", ".join(methods)
        return response
