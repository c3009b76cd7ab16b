"""The course of a request in Django's own handler, which a lean handler takes in a shorter way.

That is right only while each function on it is the one that the lean handler was made for. Their code is looked at when
a handler is made, and that they are still the same functions at each request: an APM or a test may replace one later.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Final

from django.core.handlers import base
from django.core.handlers.base import BaseHandler
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponseBase

from perfcompare.levers._replacing import Replacement


class Course:
    """Functions with their fingerprints (see `_replacing.codes`), by the class or module that has them."""

    def __init__(self, known: dict[Any, dict[str, str]]) -> None:
        self._known = known
        names = [f"o{number}.{name}" for number, methods in enumerate(known.values()) for name in methods]
        self._owners = SimpleNamespace(**{f"o{number}": owner for number, owner in enumerate(known)})
        self._get = attrgetter(*names)
        self._proved: Any = ()

    def refusals(self) -> Iterator[str]:
        """What is not as it was, in sentences; nothing when the whole course is proved."""
        said = [
            sentence
            for owner, methods in self._known.items()
            for name, code in methods.items()
            if (sentence := Replacement(owner, name, None, code).refusal())
        ]
        if not said:
            self._proved = self._get(self._owners)
        yield from said

    def holds(self) -> bool:
        """Whether each function is the one that was proved."""
        return bool(self._get(self._owners) == self._proved)


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
        "log_response": "d8ab3c8c2954",
        "reset_urlconf": "ec7da2f3ec53",
        "set_urlconf": "1c2204cdda44",
    },
    HttpResponseBase: {
        "close": "7adcdf79e826",
        "items": "587ebb4dcbd8",
    },
    HttpRequest: {
        "close": "a6b905a3fe11",
        "_set_content_type_params": "16999d4531a5",
    },
    Signal: {
        "send": "a5c11d2c0fa6",
        "asend": "f94d61c49001",
        "_live_receivers": "d7355f87221b",
    },
}


def course_of(*known: dict[Any, dict[str, str]]) -> Course:
    """The course that handlers of both interfaces share, with what one of them has beside it."""
    merged: dict[Any, dict[str, str]] = {}
    for methods in (_SHARED, *known):
        for owner, codes in methods.items():
            merged[owner] = {**merged.get(owner, {}), **codes}
    return Course(merged)
