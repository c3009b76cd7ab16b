"""The course of a request in Django's own handler, which a lean handler takes in a shorter way.

That is right only while each function on it is the one that the lean handler was made for. Their code is looked at when
a handler is made, and that they are still the same functions at each request: an APM or a test may replace one later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.core.handlers import base
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponseBase

from perfcompare.levers._replacing import ABSENT, Replacement, comparison

_CALLED: Final = frozenset(
    {
        *("__init__", "load_middleware", "adapt_method_mode", "convert_exception_to_response", "reset_urlconf"),
        *("run_get_response", "create_request"),
        *("_set_content_type_params", "get_path_info", "get_script_name", "get_bytes_from_wsgi", "get_script_prefix"),
        *("read", "get_asgi_application", "get_wsgi_application"),
    }
)
"""What is called here too, or only when a handler is made: a patch that comes later counts as it does with Django."""


class Course:
    """Functions with the fingerprints that they may have (see `_replacing.codes`), by the class or module of each."""

    def __init__(self, known: dict[Any, dict[str, str]]) -> None:
        self._known = known
        self.holds: Callable[[], bool] = _never
        """Whether each function that is gone past is still the one that was proved."""

    def refusals(self) -> Iterator[str]:
        """What is not as it was, in sentences; nothing when the whole course is proved."""
        said = [
            sentence
            for owner, methods in self._known.items()
            for name, code in methods.items()
            if (sentence := self._refusal(owner, name, code))
        ]
        self.holds = _never if said else self._comparison()
        yield from said

    def _refusal(self, owner: object, name: str, code: str) -> str | None:
        heir = self._heir(owner)
        # An attribute of its own would stand in the place of the one that it inherits.
        own = None if heir is owner or name in self._known[heir] else Replacement(heir, name, None, ABSENT).refusal()
        return own or Replacement(owner, name, None, *code.split()).refusal()

    def _heir(self, owner: object) -> Any:
        """The class that is used of those that inherit from `owner`: Django's handler, or its request."""
        classes = [one for one in self._known if isinstance(one, type)]
        return next((one for one in classes if one is not owner and owner in one.__mro__), owner)

    def _comparison(self) -> Callable[[], bool]:
        return comparison(
            (heir, name, getattr(heir, name))
            for owner, methods in self._known.items()
            for heir in [self._heir(owner)]
            for name in methods.keys() - _CALLED | (methods.keys() & {"__init__"} if owner in _REQUESTS else set())
        ).same


def _never() -> bool:
    return False


_REQUESTS: Final = frozenset({WSGIRequest, ASGIRequest})
_SHARED: Final[dict[Any, dict[str, str]]] = {
    BaseHandler: {
        "load_middleware": "9aa1868493c8",
        "adapt_method_mode": "6c88ad4ffe78",
        "resolve_request": "26817298e9a3",
        "check_response": "15dec4b416e1",
        "make_view_atomic": "d1686e5e5816",
    },
    base: {
        "convert_exception_to_response": "9842d6d8a37c",
        "log_response": "e4e2657f7dd5 d8ab3c8c2954 30d19cf42181",
        "reset_urlconf": "ec7da2f3ec53",
        "set_urlconf": "1c2204cdda44",
    },
    HttpResponseBase: {
        "close": "7adcdf79e826",
        "items": "587ebb4dcbd8",
    },
    HttpRequest: {
        "close": "a6b905a3fe11",
        "_set_content_type_params": "16999d4531a5 c115b1856da6",
    },
    Signal: {
        "send": "a5c11d2c0fa6 3e350e6f0e33",
        "asend": "f94d61c49001 e653b2ce17b6",
        "_live_receivers": "d7355f87221b c410f3fd1992",
    },
}


def course_of(*known: dict[Any, dict[str, str]]) -> Course:
    """The course that handlers of both interfaces share, with what one of them has beside it."""
    merged: dict[Any, dict[str, str]] = {}
    for methods in (_SHARED, *known):
        for owner, codes in methods.items():
            merged[owner] = {**merged.get(owner, {}), **codes}
    return Course(merged)
