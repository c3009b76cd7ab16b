"""What django-modern-rest needs beyond its defaults to answer as the contract says."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Final

from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from dmr import APIError, Controller, ResponseSpec
from dmr.endpoint import Endpoint
from dmr.errors import ErrorDetail, ErrorType
from dmr.exceptions import DataParsingError, NotAcceptableError, ValidationError
from dmr.negotiation import RequestNegotiator, ResponseNegotiator
from dmr.parsers import DeserializeFunc, Parser, Raw
from dmr.plugins.pydantic import PydanticSerializer
from dmr.renderers import Renderer

from perfcompare.stacks.modern_rest.schemas import Error, Invalid
from perfcompare.stacks.modern_rest.throttling import throttles
from perfcompare.work.upstream import UpstreamTimeoutError, UpstreamUnavailableError

REFUSED: Final[dict[type[Exception], tuple[HTTPStatus, str]]] = {
    Http404: (HTTPStatus.NOT_FOUND, "Not found."),
    OperationalError: (HTTPStatus.SERVICE_UNAVAILABLE, "The database is not available."),
    InterfaceError: (HTTPStatus.SERVICE_UNAVAILABLE, "The database is not available."),
    UpstreamUnavailableError: (HTTPStatus.BAD_GATEWAY, "The upstream service is not available."),
    UpstreamTimeoutError: (HTTPStatus.GATEWAY_TIMEOUT, "The upstream service did not answer in time."),
}


def refusals(*statuses: int) -> list[ResponseSpec]:
    """For `responses`: the errors of a controller, as the documentation describes them."""
    chosen = sorted({HTTPStatus.BAD_REQUEST, HTTPStatus.TOO_MANY_REQUESTS, *statuses})
    return [ResponseSpec(Invalid if one == 422 else Error, status_code=HTTPStatus(one)) for one in chosen]


class ContractParser(Parser):
    """Accepts JSON in UTF-8.

    msgspec's parser refuses NaN and lone surrogates as invalid JSON. The contract wants their fields to refuse them.
    """

    content_type = "application/json"

    def parse(
        self, to_deserialize: Raw, deserializer_hook: DeserializeFunc | None = None, *, request: HttpRequest, model: Any
    ) -> Any:
        """The parsed body. Raises DataParsingError, which becomes 400, when it is not JSON."""
        try:
            # json.loads would guess other encodings from bytes, and accept surrogates in UTF-8.
            return json.loads(to_deserialize.decode())
        except (ValueError, RecursionError) as error:
            raise DataParsingError("The body is not JSON.") from error


class ContractNegotiator(RequestNegotiator):
    """Answers 415 to a content type that is not JSON. Its base class answers 400, and accepts `*/*`."""

    def __call__(self, request: HttpRequest) -> Parser:
        """The parser for the body of `request`."""
        if request.content_type != ContractParser.content_type:
            detail = Error(detail="The content type must be application/json.")
            raise APIError(detail, status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        return super().__call__(request)


class AnyAccept(ResponseNegotiator):
    """Answers in JSON, where its base class answers 406 to a client that accepts something else."""

    def __call__(self, request: HttpRequest) -> Renderer:
        """The renderer of the answer to `request`."""
        try:
            return super().__call__(request)
        except NotAcceptableError:
            renderer: Renderer = next(iter(self._renderers.values()))
            request.__dmr_renderer__ = renderer  # type: ignore[attr-defined]
            return renderer


class ContractEndpoint(Endpoint):
    """An endpoint that negotiates as the contract does."""

    __slots__ = ()
    request_negotiator_cls = ContractNegotiator
    response_negotiator_cls = AnyAccept


class ContractController(Controller[PydanticSerializer]):
    """A controller with the contract's parser, errors and throttling."""

    is_abstract = True
    endpoint_cls = ContractEndpoint
    parsers = (ContractParser(),)
    throttling = throttles()
    responses = refusals()
    exclude_semantic_responses = frozenset({HTTPStatus.NOT_ACCEPTABLE})
    error_model = Error

    def format_error(
        self,
        error: str | Exception,
        *,
        loc: str | list[str | int] | None = None,
        error_type: str | ErrorType | None = None,
    ) -> Error | Invalid:
        """The contract's body for an error."""
        if isinstance(error, ValidationError):
            return _invalid(_by_field(error.payload))
        plain = super().format_error(error, loc=loc, error_type=error_type)
        return Error(detail=" ".join(one["msg"] for one in plain["detail"]))

    async def handle_async_error(self, endpoint: Endpoint, controller: Controller[Any], exc: Exception) -> HttpResponse:
        """The contract's answer to an exception of an endpoint. The base class raises unknown ones again."""
        if isinstance(exc, ValidationError):
            return self.to_error(self.format_error(exc), status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
        if isinstance(exc, IntegrityError) and "email" in str(exc):
            body = _invalid({"email": ["A user with this e-mail address already exists."]})
            return self.to_error(body, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
        for kind, (status, detail) in REFUSED.items():
            if isinstance(exc, kind):
                return self.to_error(Error(detail=detail), status_code=status)
        return await super().handle_async_error(endpoint, controller, exc)


def _invalid(errors: dict[str, list[str]]) -> Invalid:
    return Invalid(detail="The input is not valid.", errors=errors)


def _by_field(details: list[ErrorDetail]) -> dict[str, list[str]]:
    """Sentences by field. A location is `["parsed_query", "tags", "0"]`, or `["parsed_body"]` for the whole body."""
    errors: dict[str, list[str]] = {}
    for one in details:
        _, *fields = one["loc"]
        errors.setdefault(str(fields[0]) if fields else "body", []).append(one["msg"])
    return errors
