"""What a request with a body must be, and the answer to an address that is taken."""

from __future__ import annotations

from typing import Final

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError

NO_UTF_8: Final = "The body is not JSON in UTF-8."


async def require_json(request: Request) -> None:
    """415 for a body of any other content type, 400 for one that is not in UTF-8.

    FastAPI itself would accept `application/vnd.api+json`, and UTF-16, too.
    """
    content_types = request.headers.getlist("content-type")
    if [one.partition(";")[0].strip().lower() for one in content_types] != ["application/json"]:
        raise HTTPException(415, "Send application/json.")
    try:
        text = (await request.body()).decode()
    except UnicodeDecodeError as error:
        raise HTTPException(400, NO_UTF_8) from error
    if "\0" in text or text.startswith("\ufeff"):  # UTF-16, or a byte order mark
        raise HTTPException(400, NO_UTF_8)


def taken() -> RequestValidationError:
    """422 for an e-mail address that another user has, to be raised."""
    return RequestValidationError([{"type": "taken", "loc": ("body", "email"), "msg": "This e-mail address is taken."}])
