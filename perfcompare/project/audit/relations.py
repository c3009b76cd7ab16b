"""Along which relations a request comes from its objects to those that a statement loads."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import FrameType
from typing import Any, Final

from django.db.models import Model, QuerySet, query
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor, ReverseOneToOneDescriptor
from django.db.models.query_utils import DeferredAttribute

_GENERIC: Final = frozenset({"GenericForeignKey", "GenericForeignKeyDescriptor"})
"""By name: importing them needs their app."""
_ANSWERED: Final = frozenset({"_fetch_all", "count", "exists"})
"""What a queryset answers without a statement when its objects were prefetched."""


class Loading(StrEnum):
    """What loads related objects, and so what spares it."""

    ONE = "one"
    """A relation to one object: select_related()."""
    SEVERAL = "several"
    """All objects of a relation: prefetch_related()."""
    OWN = "own"
    """A queryset made from a relation, such as its last object: prefetch_related() spares nothing."""
    COLUMN = "column"
    """A column that the queryset left out."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """From an object to those that one of its attributes loads."""

    holder: Model
    name: str
    owner: str
    """The model that defines the attribute."""
    loading: Loading

    @property
    def relation(self) -> str:
        """`Order.product`."""
        return f"{self.owner}.{self.name}"


@dataclass
class Ways:
    """How each object of a request was reached. It keeps them, so that no other one gets their identity."""

    _steps: dict[int, tuple[Model, Step]] = field(default_factory=dict)

    def came(self, it: Model, step: Step) -> None:
        """`it` was reached by this step, unless it was reached before or leads to the step itself."""
        if id(it) not in self._steps and all(it is not one.holder for one in self.to(step)):
            self._steps[id(it)] = it, step

    def read(self, holder: Model, name: str, value: Any) -> None:
        """An attribute was read."""
        # Not isinstance(): that evaluates a lazy object.
        if issubclass(type(value), Model) and (step := _to_one(inspect.getattr_static(holder, name, None), holder)):
            self.came(value, step)

    def made(self, it: Model, frame: FrameType | None) -> None:
        """An object was made for a queryset that iterates in this frame, or around it."""
        for _ in range(3):
            queryset = getattr(frame.f_locals.get("self"), "queryset", None) if frame else None
            if queryset is not None and (step := _to_several(queryset, "_fetch_all")):
                self.came(it, step)
            frame = frame and frame.f_back

    def to(self, step: Step) -> Sequence[Step]:
        """All steps to the end of this one, the first one first."""
        found = [step]
        while (before := self._steps.get(id(found[0].holder))) is not None:
            found.insert(0, before[1])
        return found


def joined(frame: FrameType | None) -> tuple[str, str]:
    """The model of the queryset that iterates around this frame, and the relations that it joins on the way to it."""
    names: list[str] = []
    while frame is not None and (setter := getattr(frame.f_locals.get("self"), "local_setter", None)) is not None:
        names.insert(0, str(getattr(getattr(setter, "__self__", None), "name", "")))
        frame = frame.f_back
    queryset = getattr(frame.f_locals.get("self"), "queryset", None) if frame else None
    return "__".join(names), queryset.model._meta.label if queryset is not None else ""


def step(frame: FrameType) -> Step | None:
    """What this frame loads for an object, if it does that."""
    it = frame.f_locals.get("self")
    if issubclass(type(it), QuerySet):
        return _to_several(it, frame.f_code.co_name if frame.f_code.co_filename == query.__file__ else "")
    holder = frame.f_locals.get("instance")
    return _to_one(it, holder) if issubclass(type(holder), Model) else None


def _to_one(descriptor: Any, holder: Any) -> Step | None:
    kind = type(descriptor)
    if issubclass(kind, ForwardManyToOneDescriptor | DeferredAttribute):
        found = descriptor.field
        loading = Loading.COLUMN if issubclass(kind, DeferredAttribute) else Loading.ONE
        name = found.attname if loading is Loading.COLUMN else found.name
        return Step(holder=holder, name=name, owner=found.model.__name__, loading=loading)
    if issubclass(kind, ReverseOneToOneDescriptor):
        relation = descriptor.related
        name, owner = relation.get_accessor_name(), relation.model.__name__
        return Step(holder=holder, name=name, owner=owner, loading=Loading.ONE)
    if kind.__name__ in _GENERIC:
        found = getattr(descriptor, "field", descriptor)
        return Step(holder=holder, name=found.name, owner=found.model.__name__, loading=Loading.SEVERAL)
    return None


def _to_several(queryset: Any, function: str) -> Step | None:
    """The step that a queryset of related objects takes, in one of its functions."""
    holder = getattr(queryset, "_hints", {}).get("instance")
    where = getattr(getattr(queryset, "query", None), "where", None)
    if holder is None or where is None:
        return None
    targets = [getattr(getattr(one, "lhs", None), "target", None) for one in where.children]
    for relation in holder._meta.get_fields():
        if (relation.one_to_many or relation.many_to_many) and (key := _key(relation)) is not None and key in targets:
            name = relation.get_accessor_name() if relation.auto_created else relation.name
            if name:
                loading = Loading.SEVERAL if _is_all(queryset, function, holder, name) else Loading.OWN
                return Step(holder=holder, name=name, owner=relation.model.__name__, loading=loading)
    return None


def _key(relation: Any) -> Any:
    """The field by which the objects of a relation to several are found."""
    if not relation.auto_created:
        if relation.many_to_many:
            return relation.remote_field.through._meta.get_field(relation.m2m_field_name())
        return relation.related_model._meta.get_field(relation.object_id_field_name)
    if relation.many_to_many:
        return relation.through._meta.get_field(relation.field.m2m_reverse_field_name())
    return relation.field


def _is_all(queryset: Any, function: str, holder: Model, name: str) -> bool:
    """Whether it is the relation's own queryset, or a part of that, so that prefetched objects would answer it."""
    if function not in _ANSWERED:
        return False
    return bool(_sql(queryset) == _sql(getattr(holder, name).all()))


def _sql(queryset: Any) -> Any:
    whole = queryset.query.clone()
    whole.clear_limits()
    return whole.get_compiler(using=queryset.db).as_sql()
