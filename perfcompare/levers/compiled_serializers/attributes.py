"""Where the value of a source is found on an object of a known class, as code."""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db.models import Model
from django.db.models.fields.related_descriptors import (
    ForeignKeyDeferredAttribute,
    ForwardManyToOneDescriptor,
    ForwardOneToOneDescriptor,
    ManyToManyDescriptor,
    ReverseManyToOneDescriptor,
    ReverseOneToOneDescriptor,
)
from django.db.models.manager import BaseManager
from django.db.models.query_utils import DeferredAttribute

from perfcompare.levers._drf import trust
from perfcompare.levers._replacing import MISSING

KNOWN: Final = (
    *(DeferredAttribute, ForeignKeyDeferredAttribute, ForwardManyToOneDescriptor, ForwardOneToOneDescriptor),
    *(ReverseOneToOneDescriptor, ManyToManyDescriptor, ReverseManyToOneDescriptor),
)


def passed(cls: type, name: str) -> Iterator[tuple[type, str, object]]:
    """The attributes of `cls` that are not asked for what `name` gives, and what they are."""
    found = _on_model(cls, name)
    if type(found) in KNOWN:
        yield cls, name, found
        attname = getattr(getattr(found, "field", None), "attname", name)
        if attname != name:
            yield cls, attname, inspect.getattr_static(cls, attname, MISSING)


def is_plain_model(cls: type) -> bool:
    """Whether `cls` is a model whose attributes are found as Python finds them."""
    return issubclass(cls, Model) and trust.has_plain_attributes(cls) and not issubclass(cls, Mapping)


def column(cls: type, name: str) -> str | None:
    """The key in the `__dict__` of an object of `cls` under which a loaded model keeps what `name` gives."""
    found = _on_model(cls, name)
    return found.field.attname if type(found) in (DeferredAttribute, ForeignKeyDeferredAttribute) else None


def key_column(cls: type, name: str) -> str | None:
    """The same for the key of the related object that `name` gives."""
    found = _on_model(cls, name)
    if type(found) not in (ForwardManyToOneDescriptor, ForwardOneToOneDescriptor):
        return None
    attname: str = found.field.attname
    # Model.serializable_value reads the attribute of that name.
    return attname if column(cls, attname) == attname and cls.serializable_value is Model.serializable_value else None  # type: ignore[attr-defined]


def cached_object(cls: type, name: str) -> str | None:
    """The key in `_state.fields_cache` under which a model keeps the related object, once loaded."""
    found = _on_model(cls, name)
    if type(found) in (ForwardManyToOneDescriptor, ForwardOneToOneDescriptor):
        return str(found.field.cache_name)
    return str(found.related.cache_name) if type(found) is ReverseOneToOneDescriptor else None


def prefetched(cls: type, name: str) -> str | None:
    """The key in `_prefetched_objects_cache` under which a model keeps the related objects, once prefetched."""
    found = _on_model(cls, name)
    if type(found) is ManyToManyDescriptor:
        key = found.rel.field.related_query_name() if found.reverse else found.rel.field.name
    elif type(found) is ReverseManyToOneDescriptor:
        key = found.rel.field.remote_field.cache_name
    else:
        return None
    return str(key) if found.related_manager_cls.all is BaseManager.all else None


def expression(cls: type, source: tuple[str, ...], owner: str = "o") -> str:
    """Python for the value of `source` on an object of `cls` called `owner`; callables come out uncalled."""
    if not source:
        return owner
    if len(source) > 1:
        return f"walk({owner}, {source!r})"
    (name,) = source
    if issubclass(cls, Mapping):
        return f"{owner}[{name!r}]"
    return f"{owner}.{name}" if _is_identifier(name) else f"getattr({owner}, {name!r})"


def _is_identifier(name: str) -> bool:
    return name.isidentifier() and name.isascii() and not keyword.iskeyword(name)


def _on_model(cls: type, name: str) -> Any:
    """What the model `cls` has under `name`; None for other classes and for models with rules of their own."""
    if not is_plain_model(cls):
        return None
    return inspect.getattr_static(cls, name, None)
