"""What is answered where there is no answer. None of it costs anything before it happens."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from perfcompare.stacks.floor.answers import finished

NO_USER: Final = finished(HTTPStatus.NOT_FOUND, {"detail": "No such user."})
NO_TOKEN: Final = finished(HTTPStatus.UNAUTHORIZED, {"detail": "Send a valid token."}, www_authenticate="Token")
NOT_VALID: Final = finished(HTTPStatus.BAD_REQUEST, {"detail": "No answer can be made of this."})
DATABASE_AWAY: Final = finished(HTTPStatus.SERVICE_UNAVAILABLE, {"detail": "The database is not available."})
UPSTREAM_AWAY: Final = finished(HTTPStatus.BAD_GATEWAY, {"detail": "The upstream service is not available."})
UPSTREAM_LATE: Final = finished(HTTPStatus.GATEWAY_TIMEOUT, {"detail": "The upstream service did not answer in time."})
