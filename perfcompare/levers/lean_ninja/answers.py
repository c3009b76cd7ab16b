"""From what a view returned to the bytes of the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import orjson
from pydantic.fields import FieldInfo
from pydantic_core import SchemaValidator, to_json

from perfcompare.levers._memo import Memo, ends
from perfcompare.levers._replacing import path_of
from perfcompare.levers.lean_ninja.scalar_fields import NotPlain, is_pure
from perfcompare.levers.lean_ninja.shapes import field_shape

Write = Callable[[Any], bytes | None]

_OPTIONS: Final = orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS


def writer(response: FieldInfo) -> Write | None:
    """What makes of a view's result the JSON that Ninja makes for the type of `response`.

    It gives None for a result that is left to Ninja. None instead of a writer: every result is.
    """
    if objection(response) is not None:
        return None
    plain = field_shape(response)
    validate = SchemaValidator(plain.schema).validate_python
    return _writer(lambda result: plain.read_all([result])[0], validate, keeps=is_pure(plain.schema))


def objection(response: FieldInfo) -> str | None:
    """Why Ninja writes every result of that type: the end of a sentence."""
    try:
        field_shape(response)
    except NotPlain as what:
        return f"only Ninja knows how to write {_named(*what.args)}"
    except RecursionError:
        return f"{_named(response.annotation)} holds itself"
    return None


def _named(what: object) -> str:
    return path_of(what) if isinstance(what, type) else str(what)


def _writer(read: Callable[[Any], Any], validate: Callable[[Any], Any], *, keeps: bool) -> Write:
    memo = Memo()

    def fresh(result: object) -> bytes | None:
        try:
            data = validate(read(result))
            body = orjson.dumps(data, option=_OPTIONS)
        except Exception:  # not as plain as its type promised, or an attribute that raises: Ninja words the error
            return None
        # orjson writes NaN as null, Ninja as NaN.
        return to_json(data, inf_nan_mode="constants") if b"null" in body else body

    def write(result: object) -> bytes | None:
        finished = None if result.__class__ is dict else getattr(result, "__finished_json__", None)
        raw = finished() if finished is not None else None
        if raw is None:
            return fresh(result)
        if not keeps:
            return fresh(orjson.loads(raw))
        key = ends(raw)
        body = memo.get(key, raw)
        if body is None and (body := fresh(orjson.loads(raw))) is not None:
            memo.put(key, raw, body)
        return body

    return write
