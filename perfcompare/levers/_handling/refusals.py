"""Answers to a body over the limit: given in the place of the view, so that middleware sees them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

REFUSAL: Final = "perfcompare.refusal"
"""Where the environment of a WSGI request keeps what is answered in the place of its view."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered without asking the view."""

    status: int
    reason: str
    detail: str
    closes: bool = False
    """Whether the answer says that the connection is useless; a WSGI application must not."""

    def response(self) -> HttpResponse:
        """It as a response."""
        body = json.dumps({"detail": self.detail})
        response = HttpResponse(body, status=self.status, reason=self.reason, content_type="application/json")
        if self.closes:
            response.headers["Connection"] = "close"
        return response

    def match(self) -> ResolverMatch:
        """A view that answers it, which no view middleware has to protect."""

        def refuse(_request: HttpRequest) -> HttpResponse:
            return self.response()

        refuse.csrf_exempt = True  # type: ignore[attr-defined]
        return ResolverMatch(refuse, (), {})


def too_large(limit: int, *, closes: bool = False) -> Refusal:
    """413."""
    return Refusal(413, "Content Too Large", f"The body is larger than {limit} bytes.", closes)


def incomplete() -> Refusal:
    """400."""
    return Refusal(400, "Bad Request", "The body is incomplete.", closes=True)
