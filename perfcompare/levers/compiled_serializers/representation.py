"""DRF's methods that represent objects and find fields, by the compiled code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import Manager
from rest_framework.serializers import ListSerializer, Serializer
from rest_framework.utils.serializer_helpers import BindingDict

from perfcompare.levers._drf.project import serializers
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged
from perfcompare.levers.compiled_serializers import children, nodes, premises, runtime, trees, validation
from perfcompare.levers.compiled_serializers.premises import METHODS


def to_representation(self: Serializer[Any], instance: object) -> Any:
    """`instance` as a dict of primitive values: Serializer.to_representation."""
    next(ONE.calls)
    node = nodes.node_of(self) if METHODS.holds() else None
    return ONE.original(self, instance) if node is None else node.one(instance, runtime.Place(self))


def list_to_representation(self: ListSerializer[Any], data: Manager[Any] | Iterable[Any]) -> Any:
    """A list of such dicts: ListSerializer.to_representation."""
    next(MANY.calls)
    child = children.peeked(self)
    node = nodes.node_of_child(self, child) if METHODS.holds() and nodes.is_compiled(child) else None
    if node is None:
        return MANY.original(self, data)
    return node.many(runtime.items(data), runtime.ChildPlace(self))


def fields(self: Serializer[Any]) -> BindingDict:
    """The fields by name, bound to this serializer: Serializer.fields."""
    next(FIELDS.calls)
    found = trees.fields_of(self) if METHODS.holds() else None
    return FIELDS.original(self) if found is None else found


def forget(**_signal: object) -> None:
    """Called when a setting has changed: formats and time zones are part of what is generated."""
    premises.forget()


objections: Final = METHODS.objections


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each serializer."""
    found = serializers(project)
    yield from judged("serializers", found, trees.objection, what="fields")
    yield from judged("serializers", found, validation.objection, what="input")
    yield from judged("serializers", found, nodes.objection, what="output")


ONE: Final = Replacement(Serializer, "to_representation", to_representation, "ebbd40ed5f2b")
MANY: Final = Replacement(ListSerializer, "to_representation", list_to_representation, "1e793b3ba582")
FIELDS: Final = Replacement(Serializer, "fields", fields, "78c68b994755")
REPLACEMENTS: Final = (ONE, MANY, FIELDS, *children.REPLACEMENTS, *validation.REPLACEMENTS)
