"""DRF's TokenAuthentication on an event loop: its own code runs, and finds its token already loaded.

The authenticator runs with a stand-in for its model, which notes the key that is asked for. The token is then read by
the asynchronous ORM, and the authenticator runs again with what was found. Nothing of its rules is repeated here.
"""

from __future__ import annotations

import copy
from typing import Any

from rest_framework.authentication import TokenAuthentication


class _Asked(BaseException):  # no rule of an authenticator catches it
    def __init__(self, key: dict[str, Any]) -> None:
        self.key = key


class _Model:
    """Stands for a token model whose one token has been read, or still has to be."""

    def __init__(self, model: Any) -> None:
        self.DoesNotExist = model.DoesNotExist
        self.objects = self
        self.found: Any = None

    def select_related(self, *_names: str) -> _Model:
        return self

    def get(self, **key: object) -> Any:
        if self.found is None:
            raise _Asked(key)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


async def authenticate(authenticator: TokenAuthentication, request: object) -> Any:
    """What `authenticator.authenticate(request)` returns or raises."""
    model: Any = authenticator.get_model()
    loaded = _Model(model)
    # A copy, since a view may share its authenticators between requests.
    prepared: Any = copy.copy(authenticator)
    prepared.get_model = lambda: loaded
    try:
        return prepared.authenticate(request)
    except _Asked as asked:
        key = asked.key
    try:
        loaded.found = await model.objects.select_related("user").aget(**key)
    except Exception as error:  # raised again where the authenticator would have met it
        loaded.found = error
    return prepared.authenticate(request)
