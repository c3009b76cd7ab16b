"""`Request.user` without a failing lookup: whether a user is known already is asked of the request's own state.

DRF asks by `hasattr`, which goes through `Request.__getattr__` and two exceptions for each new request
(rest_framework.request.Request.user).
"""

from __future__ import annotations

from typing import Any, Final

from rest_framework import request
from rest_framework.request import Request

from perfcompare.levers._replacing import Replacement


def user(self: Any) -> Any:
    """Who asks, authenticated at the first use: the property Request.user."""
    next(USER.calls)
    if "_user" not in vars(self) and not hasattr(self._request, "_user"):
        try:
            self._authenticate()
        except AttributeError:
            # As DRF does: otherwise `__getattr__` would hide it.
            with request.wrap_attributeerrors():
                raise
    return self._user


USER: Final = Replacement(Request, "user", user, "b001ce235551")
REPLACEMENTS: Final = (USER,)
