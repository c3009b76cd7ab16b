"""The BACKEND to name in CACHES: this lever's cache where it knows all settings, and else the stock one."""

from __future__ import annotations

from typing import Any, Final

from django.core.cache.backends.base import BaseCache
from django.utils.module_loading import import_string

from perfcompare.levers.cached_bytes.dialects import stock_path
from perfcompare.levers.cached_bytes.exclusions import leave
from perfcompare.levers.cached_bytes.install import INSTALLATION

_shared: Final[list[tuple[Any, dict[str, Any], BaseCache]]] = []


def cached_bytes(location: object, params: dict[str, Any]) -> BaseCache:
    """The cache of these settings.

    Django asks for a new one in every thread and, under ASGI, for every request; this gives them all the same.
    """
    for known_location, known_params, cache in _shared:
        if known_location == location and known_params == params:
            return cache
    INSTALLATION.install()
    if INSTALLATION.parts["cache"].is_active:
        from perfcompare.levers.cached_bytes.address import UnknownError
        from perfcompare.levers.cached_bytes.cache import CachedBytes

        try:
            made = CachedBytes(location, params)
        except UnknownError as why:
            leave(location, stock_path(params), str(why))
        else:
            _shared.append((location, params, made))
            return made
    stock: BaseCache = import_string(stock_path(params))(location, params)
    return stock
