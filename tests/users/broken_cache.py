"""A cache back end that is away."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.cache.backends.base import BaseCache


class BrokenCache(BaseCache):
    """Refuses whatever is asked of it, as a server that is not there does."""

    def __init__(self, _location: str, parameters: dict[str, Any]) -> None:
        super().__init__(parameters)

    def _refuse(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise ConnectionRefusedError("nobody listens")

    get = add = set = incr = _refuse
