"""Puts the compiled path in the place of DRF's methods, and takes it away again."""

from __future__ import annotations

import importlib.util
from typing import Any, Final

from django.core.signals import setting_changed
from django.utils.functional import cached_property
from rest_framework.serializers import ListSerializer, Serializer
from rest_framework.utils.serializer_helpers import BindingDict

from perfcompare.levers.compiled_serializers import children, making, nodes, runtime, trees, validating

_STOCK_LIST: Final = ListSerializer.to_representation
_STOCK_FIELDS: Final = vars(Serializer)["fields"]


def to_representation(self: Serializer[Any], instance: Any) -> Any:
    """`instance` as a dict of primitive values: Serializer.to_representation."""
    node = nodes.node_of(self)
    place = runtime.Place(self)
    return runtime.stock(instance, place) if node is None else node.one(instance, place)


def list_to_representation(self: ListSerializer[Any], data: Any) -> Any:
    """A list of such dicts: ListSerializer.to_representation."""
    child = children.peeked(self)
    node = nodes.node_of_child(self, child) if nodes.is_compiled(child) else None
    if node is None:
        return _STOCK_LIST(self, data)
    return node.many(runtime.items(data), runtime.ChildPlace(self))


def fields(self: Serializer[Any]) -> BindingDict:
    """The fields by name, bound to this serializer: Serializer.fields."""
    return trees.fields_of(self, _STOCK_FIELDS.func)


def forget(**_signal: Any) -> None:
    """A receiver of `setting_changed`: formats and time zones are part of what is generated."""
    trees.forget()
    nodes.forget()


def install() -> None:
    """Put it in place, once per process."""
    _set(to_representation, list_to_representation, cached_property(fields))
    making.install()
    children.install()
    validating.install()
    setting_changed.connect(forget, dispatch_uid=__name__)
    if importlib.util.find_spec("adrf"):
        from perfcompare.levers.compiled_serializers import asynchronous

        asynchronous.install()


def uninstall() -> None:
    """Let DRF work as it does by itself."""
    _set(runtime.STOCK, _STOCK_LIST, _STOCK_FIELDS)
    making.uninstall()
    children.uninstall()
    validating.uninstall()
    setting_changed.disconnect(dispatch_uid=__name__)
    if importlib.util.find_spec("adrf"):
        from perfcompare.levers.compiled_serializers import asynchronous

        asynchronous.uninstall()


def _set(one: Any, many: Any, descriptor: Any) -> None:
    descriptor.__set_name__(Serializer, "fields")
    replaced: tuple[tuple[type, str, Any], ...] = (
        (Serializer, "to_representation", one),
        (ListSerializer, "to_representation", many),
        (Serializer, "fields", descriptor),
    )
    for cls, name, value in replaced:
        setattr(cls, name, value)
