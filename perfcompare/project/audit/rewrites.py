"""Changes that a team would make to its code, made in one process to see what they bring.

A rewrite of a view: {"module.View": {"select_related": […], "prefetch_related": […], "defer": […]}}.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

Rewrites = Mapping[str, Mapping[str, Sequence[str]]]


def apply(rewrites: Rewrites) -> None:
    """Let `get_queryset` of each view do this too."""
    for name, calls in rewrites.items():
        view = import_string(name)
        view.get_queryset = _rewritten(view.get_queryset, calls)


def order(middleware: Sequence[str]) -> None:
    """Let the settings name these, where there are any."""
    if middleware:
        settings.MIDDLEWARE = list(middleware)


def _rewritten(original: Any, calls: Mapping[str, Sequence[str]]) -> Any:
    @functools.wraps(original)
    def get_queryset(self: Any) -> Any:
        queryset = original(self)
        for method, arguments in calls.items():
            queryset = getattr(queryset, method)(*arguments)
        return queryset

    return get_queryset
