"""Answers to a body over REQUEST_BODY_LIMIT: given in the place of the view, so that middleware sees them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.http import HttpResponse


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered without asking the view."""

    status: int
    reason: str
    detail: str

    def response(self) -> HttpResponse:
        """It as a response."""
        body = json.dumps({"detail": self.detail})
        return HttpResponse(body, status=self.status, reason=self.reason, content_type="application/json")


def too_large(limit: int) -> Refusal:
    """413."""
    return Refusal(413, "Content Too Large", f"The body is larger than {limit} bytes.")


def incomplete() -> Refusal:
    """400."""
    return Refusal(400, "Bad Request", "The body is incomplete.")
