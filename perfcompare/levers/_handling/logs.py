"""Whether an answer of 400 or more would be logged at all."""

from __future__ import annotations

import logging
from typing import Final

from django.http import HttpResponseBase
from django.utils.log import request_logger

_SERVER_ERROR: Final = 500


def would_log(response: HttpResponseBase) -> bool:
    """Whether `django.utils.log.log_response` would do more than mark the response; where not, it is marked here."""
    if getattr(response, "_has_been_logged", False):
        return False
    level = logging.ERROR if response.status_code >= _SERVER_ERROR else logging.WARNING
    if request_logger.isEnabledFor(level):
        return True
    response._has_been_logged = True  # type: ignore[attr-defined]  # what log_response does
    return False
