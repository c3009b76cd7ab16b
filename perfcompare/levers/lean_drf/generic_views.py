"""adrf's generic views, without a thread for what only computes.

adrf.generics calls every synchronous method by sync_to_async. Here a method is called directly when it is the library's
own and asks nobody: object permissions of which none looks at the object, and the envelope of a page.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any, Final

from adrf import generics
from rest_framework.permissions import BasePermission

from perfcompare.levers._drf import trust
from perfcompare.levers._replacing import Replacement


def called(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """An asynchronous form of `function`, a method that adrf's generic views call."""
    next(HOP.calls)
    return functools.partial(_at_once, function) if _only_computes(function) else HOP.original(function)


async def _at_once(function: Callable[..., Any], *args: object, **kwargs: object) -> Any:
    return function(*args, **kwargs)


def _only_computes(function: object) -> bool:
    owner: Any = getattr(function, "__self__", None)
    name = getattr(function, "__name__", "")
    if name == "check_object_permissions":
        return trust.is_own(type(owner), name, "get_permissions") and all(
            map(_ignores_objects, owner.permission_classes)
        )
    return name == "get_paginated_response" and trust.is_own(type(owner), name)


def _ignores_objects(permission: object) -> bool:
    return getattr(permission, "has_object_permission", None) is BasePermission.has_object_permission


HOP: Final = Replacement(
    *(generics, "sync_to_async", called),
    *("ebd024b4b27b", "7a456fcc3391"),
    home="asgiref.sync.sync_to_async",
)
REPLACEMENTS: Final = (HOP,)
