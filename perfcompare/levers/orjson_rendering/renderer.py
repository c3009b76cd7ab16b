"""The renderer: orjson for what it writes as DRF would, DRF's own renderer for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

import orjson
from rest_framework import renderers
from rest_framework.utils import encoders

from perfcompare.levers._replacing import works
from perfcompare.levers.orjson_rendering import LEVER

_IS_STOCK: Final = not works("orjson_rendering", LEVER.tested)
# Dates and times go through DRF's encoder, whose spelling differs; orjson writes text, numbers and containers.
_OPTIONS: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_ENCODE: Final = encoders.JSONEncoder().default
_SEPARATORS: Final = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"))


class JSONRenderer(renderers.JSONRenderer):
    """DRF's JSONRenderer, faster. A subclass that changes the encoder or the settings gets what it asks for."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """`data` as JSON; what DRF raises, for what has no JSON.

        Data whose class has `__finished_json__`, a method that returns bytes, is written as those bytes.
        """
        if self._is_compact(accepted_media_type, renderer_context):
            written = _finished(data) or _written(data)
            if written is not None:
                return written
        return bytes(super().render(data, accepted_media_type, renderer_context))

    def _is_compact(self, media_type: str | None, context: Mapping[str, Any] | None) -> bool:
        """Whether DRF would write without spaces, with Unicode as it is, with its own encoder."""
        return (
            not _IS_STOCK
            and self.compact
            and not self.ensure_ascii
            and self.encoder_class is encoders.JSONEncoder
            and not (media_type and ";" in media_type)
            and not (context and context.get("indent"))
        )


def _finished(data: Any) -> bytes | None:
    """The bytes that `data` carries; None when it carries none, or by now holds what its own way cannot write."""
    method = getattr(type(data), "__finished_json__", None)
    if method is None:
        return None
    try:
        return _escaped(method(data))
    except TypeError:
        return None


def _written(data: Any) -> bytes | None:
    """`data` as orjson writes it; None when that is not what DRF would answer."""
    if data is None:
        return None
    try:
        written = orjson.dumps(data, default=_default, option=_OPTIONS)
    except TypeError:  # orjson's JSONEncodeError: a key or number that DRF may well write
        return None
    if b"null" in written and not _is_finite(data):
        return None
    return _escaped(written)


def _escaped(written: bytes) -> bytes:
    """JSON without the two characters that end lines in JavaScript, as DRF writes it."""
    # Of the two tests the first takes a fraction of the time, and most answers contain no such byte.
    if b"\xe2" in written and b"\xe2\x80" in written:
        for character, escaped in _SEPARATORS:
            written = written.replace(character, escaped)
    return written


def _default(value: Any) -> Any:
    """What stands for a `value` that orjson does not know; json writes tuples and floats of any class by itself."""
    if hasattr(value, "__next__"):
        raise TypeError("An iterator can be read once: DRF must be the one to do so.")
    if isinstance(value, tuple):
        return list(value)
    encoded = float(value) if isinstance(value, float) else _ENCODE(value)
    if not _is_finite(encoded):
        raise TypeError("JSON has no NaN and no infinity: DRF decides what to do.")
    return encoded


def _is_finite(value: Any) -> bool:
    """Whether `value` holds no NaN and no infinity, for which orjson writes null and DRF raises."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_is_finite, value))
    return True
