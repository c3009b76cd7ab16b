"""A serializer made from a prepared state: what `Field.__init__` works out from a class and no arguments is the same.

`rest_framework.fields.Field.__init__` goes through all base classes for their error messages each time.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from typing import Any, Final

from rest_framework.fields import Field, empty
from rest_framework.serializers import BaseSerializer

from perfcompare.levers._drf import trust
from perfcompare.levers._drf.project import serializers
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged, overriding

_OPTIONS: Final = frozenset({"partial", "context", "many"})
"""Arguments that `Field.__init__` never sees."""
_SHARED: Final = (
    *("read_only", "write_only", "required", "default", "source", "initial", "label", "help_text", "allow_null"),
    *("field_name", "parent"),
)
_SET: Final = (*_SHARED, "style", "error_messages", "instance", "initial_data", "partial", "_context")
_CACHE: Final = "_compiled_serializers_state"
_field: Final[Any] = Field
_moments: Final = map((2.0**-40).__mul__, itertools.count(1))
"""The times between the making of one field and of the next, by which fields that a class declares are ordered.

DRF counts every field in an attribute of its class. Each time that is set, Python forgets what it knows of the
attributes of all fields and serializers, and has to look for each of them again.
"""
_FIELD_INIT: Final = Field.__init__ if trust.is_own(Field, "__init__") else None


def __init__(self: BaseSerializer[Any], instance: object = None, data: object = empty, **kwargs: object) -> None:
    """What BaseSerializer.__init__ makes; arguments of a field are left to it."""
    next(INIT.calls)
    if not _OPTIONS.issuperset(kwargs) or _field.__init__ is not _FIELD_INIT:
        INIT.original(self, instance, data, **kwargs)
        return
    prepared = type(self).__dict__.get(_CACHE)
    if prepared is None:
        INIT.original(self, instance, data, **kwargs)
        _prepare(self)
        return
    shared, messages = prepared
    state = vars(self)
    state["instance"] = instance
    if data is not empty:
        state["initial_data"] = data
    state["partial"] = kwargs.get("partial", False)
    state["_context"] = kwargs.get("context", {})
    state["_creation_counter"] = _field._creation_counter - 1 + next(_moments)
    state.update(shared)
    state["style"], state["error_messages"] = {}, messages.copy()


def _prepare(made: BaseSerializer[Any]) -> None:
    """Keep the state of `made` for the next one of its class, if attributes of that class are plain ones."""
    cls, state = type(made), vars(made)
    if objection(cls) is None and state["style"] == {}:
        shared = {name: state[name] for name in _SHARED}
        setattr(cls, _CACHE, (shared, state["error_messages"].copy()))


def objection(cls: type[Any]) -> str | None:
    """Why each serializer of `cls` is made anew: the end of a sentence."""
    setting = (name for name in _SET if hasattr(inspect.getattr_static(cls, name, None), "__set__"))
    return trust.objection(cls, "__setattr__", "__getattribute__") or next(
        (overriding(cls, name) for name in setting), None
    )


def objections() -> Iterator[str]:
    """Why every serializer is made anew at this moment."""
    if _field.__init__ is not _FIELD_INIT:
        yield f"off everywhere: {overriding(Field, '__init__')}."


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each serializer."""
    yield from judged("serializers", serializers(project), objection)


INIT: Final = Replacement(BaseSerializer, "__init__", __init__, "357358e58626")
REPLACEMENTS: Final = (INIT,)
