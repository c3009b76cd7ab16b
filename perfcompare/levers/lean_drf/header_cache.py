"""The headers that DRF sets on each response, checked once: their names and values are nearly always the same."""

from __future__ import annotations

from typing import Any, Final

from django.http.response import ResponseHeaders

from perfcompare.levers._replacing import Replacement, Unpatched

_MOST: Final = 1024
_LONGEST: Final = 200
_known: Final[dict[tuple[Any, Any], tuple[str, tuple[str, str]]]] = {}


def __setitem__(self: ResponseHeaders, key: Any, value: Any) -> None:
    """Set a header: ResponseHeaders.__setitem__."""
    next(SET.calls)
    plain = type(key) is str and type(value) is str and type(self) is ResponseHeaders and _CONVERTING.holds()
    if plain and (known := _known.get((key, value))) is not None:
        self._store[known[0]] = known[1]
        return
    SET.original(self, key, value)
    if plain and len(value) <= _LONGEST:
        if len(_known) >= _MOST:
            _known.clear()
        _known[key, value] = key.lower(), self._store[key.lower()]


def forget(**_signal: object) -> None:
    """Check all anew."""
    _known.clear()


_CONVERTING: Final = Unpatched({ResponseHeaders: "_convert_to_charset"}, forget)
objections: Final = _CONVERTING.objections
SET: Final = Replacement(ResponseHeaders, "__setitem__", __setitem__, "1eeb6c095921")
REPLACEMENTS: Final = (SET,)
