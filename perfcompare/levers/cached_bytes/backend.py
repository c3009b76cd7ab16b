"""The BACKEND to name in CACHES: this lever's cache where it knows all settings, and else the stock one."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from django.core.cache.backends.base import BaseCache
from django.utils.module_loading import import_string

from perfcompare.levers.cached_bytes.dialects import stock_path
from perfcompare.levers.cached_bytes.exclusions import leave
from perfcompare.levers.cached_bytes.install import INSTALLATION

_first: Final[list[tuple[Any, dict[str, Any], Any]]] = []
"""For each of the settings a cache that nobody has used, of which all others are made."""


def cached_bytes(location: object, params: dict[str, Any]) -> BaseCache:
    """A cache of these settings, as Django asks for one in every thread and, under ASGI, for every request."""
    for known_location, known_params, first in _first:
        if known_location == location and known_params == params:
            another: BaseCache = first.another()
            return another
    INSTALLATION.install()
    if INSTALLATION.parts["cache"].is_active:
        from perfcompare.levers.cached_bytes.address import UnknownError
        from perfcompare.levers.cached_bytes.cache import cache_class

        try:
            made = cache_class(stock_path(params))(location, params)
        except UnknownError as why:
            leave(location, stock_path(params), str(why))
        else:
            _first.append((location, deepcopy(params), made))
            return cached_bytes(location, params)
    stock: BaseCache = import_string(stock_path(params))(location, params)
    return stock
