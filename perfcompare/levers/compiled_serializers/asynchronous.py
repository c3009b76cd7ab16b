"""adrf: what needs nothing but loaded objects is represented on the event loop, without a thread for each field.

adrf fetches and represents each field in a thread of its own call (adrf.serializers.Serializer.ato_representation).
Here the objects of a QuerySet are fetched first, and then represented by the compiled code: on the loop when only
library code and attributes of the objects take part, in one thread call when methods of a project do and adrf calls
them in threads, and by adrf itself when something has to be awaited. An object that turns out to need the database is
left to adrf as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

from adrf import serializers
from asgiref.sync import sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db.models import Manager, QuerySet
from rest_framework.serializers import ListSerializer, Serializer

from perfcompare.levers._drf.project import serializers as serializers_of
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged, overriding
from perfcompare.levers.compiled_serializers import children, nodes
from perfcompare.levers.compiled_serializers.premises import METHODS
from perfcompare.levers.compiled_serializers.runtime import ChildPlace, Place
from perfcompare.levers.compiled_serializers.specs import LOOP, THREAD

_T = TypeVar("_T")
_FURTHEST: Final = THREAD if hasattr(serializers, "sync_to_async") else LOOP
"""An adrf that enters no threads calls a project's methods on the event loop, which is left to it."""


async def ato_representation(self: Serializer[Any], instance: object) -> Any:
    """`instance` as a dict of primitive values: adrf's Serializer.ato_representation."""
    next(ONE.calls)
    node = nodes.node_of(self) if _holds() else None
    if node is None or node.pace > _FURTHEST:
        return await ONE.original(self, instance)
    try:
        return await _represented(node, node.one, instance, Place(self))
    except SynchronousOnlyOperation:
        return await ONE.original(self, instance)


async def list_ato_representation(self: ListSerializer[Any], data: Manager[Any] | Iterable[Any]) -> Any:
    """A list of such dicts: adrf's ListSerializer.ato_representation."""
    next(MANY.calls)
    child = children.peeked(self)
    node = nodes.node_of_child(self, child) if _is_own(type(child)) and _holds() else None
    if node is None or node.pace > _FURTHEST:
        return await MANY.original(self, data)
    data = data.all() if isinstance(data, Manager) else data
    objects = [one async for one in data] if isinstance(data, QuerySet) else list(data)
    try:
        return await _represented(node, node.many, objects, ChildPlace(self))
    except SynchronousOnlyOperation:
        return await MANY.original(self, objects)


def _holds() -> bool:
    return METHODS.holds() and getattr(serializers, "sync_to_async", sync_to_async) is sync_to_async


async def _represented(node: nodes.Node, represent: Callable[[_T, Place], Any], what: _T, place: Place) -> Any:
    return represent(what, place) if node.pace == LOOP else await sync_to_async(represent)(what, place)


ONE: Final = Replacement(
    *(serializers.Serializer, "ato_representation", ato_representation),
    *("38d4b3e5971f", "389e98262eee", "b2bcb8b6c4eb"),
)
MANY: Final = Replacement(serializers.ListSerializer, "ato_representation", list_ato_representation, "5ca7cea8986b")
REPLACEMENTS: Final = (ONE, MANY)
objections: Final = METHODS.objections


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each serializer of adrf."""
    found = (cls for cls in serializers_of(project) if issubclass(cls, serializers.Serializer))
    yield from judged("asynchronous serializers", found, _objection)


def _objection(cls: type[Any]) -> str | None:
    if not _is_own(cls):
        return overriding(cls, "ato_representation")
    return nodes.objection(cls)


def _is_own(cls: type[Any]) -> bool:
    return getattr(cls, "ato_representation", None) is ato_representation
