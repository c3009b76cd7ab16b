"""`CreateModelMixin.create` with the looks for taken values put off until an INSERT is refused."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from typing import Any, Final, Protocol

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, router
from django.db.models import Model, QuerySet
from django.db.models.manager import BaseManager
from rest_framework.exceptions import ValidationError
from rest_framework.fields import Field
from rest_framework.mixins import CreateModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, ModelSerializer, Serializer
from rest_framework.status import HTTP_201_CREATED
from rest_framework.validators import UniqueValidator

from perfcompare.levers._drf import trust
from perfcompare.levers._drf.project import in_transactions, views
from perfcompare.levers._orm import database_path
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged, overriding
from perfcompare.levers.insert_first.checks import path_of
from perfcompare.levers.insert_first.settings import serializers

_ASKING: Final = ("filter_queryset", "exclude_current_instance", "__call__")
_PUT_OFF: Final = "_insert_first_put_off"
"""Where a serializer keeps the tables that validators have not asked."""


class _Creates(Protocol):
    """A view with CreateModelMixin and what that asks of it."""

    def get_serializer(self, *, data: object) -> BaseSerializer[Any]: ...
    def perform_create(self, serializer: BaseSerializer[Any]) -> None: ...
    def get_success_headers(self, data: object) -> dict[str, str]: ...


def create(self: _Creates, request: Request, *args: object, **kwargs: object) -> Response:
    """What CreateModelMixin.create answers and raises."""
    next(CREATE.calls)
    serializer = self.get_serializer(data=request.data)
    cls: Any = type(serializer)
    put_off: set[str] = set()
    if _is_named(cls):
        vars(serializer)[_PUT_OFF] = put_off
    else:
        next(CREATE.left)
    try:
        serializer.is_valid(raise_exception=True)
    except ValidationError:
        if put_off:
            _ask(self, request)
        raise
    try:
        self.perform_create(serializer)
    except Exception as error:
        if put_off and _was_refused(error, put_off):
            _ask(self, request)
        raise
    headers = self.get_success_headers(serializer.data)  # a copy, which a project may change
    return Response(serializer.data, status=HTTP_201_CREATED, headers=headers)


def _ask(view: _Creates, request: Request) -> None:
    """Validate in the ordinary way. Who took a value may have gone meanwhile: then what was raised before stands."""
    view.get_serializer(data=request.data).is_valid(raise_exception=True)


def _was_refused(error: BaseException | None, tables: Collection[str]) -> bool:
    """Whether it is, or was raised because of, a constraint of one of the tables (of any, where nobody tells)."""
    while error is not None and not isinstance(error, IntegrityError):
        error = error.__cause__ or error.__context__
    said = getattr(getattr(error, "__cause__", None), "diag", None)
    return error is not None and getattr(said, "table_name", None) in (None, *tables)


def call(self: UniqueValidator, value: object, serializer_field: Field[Any, Any, Any, Any]) -> None:
    """`UniqueValidator.__call__`, or nothing yet where the constraint will tell."""
    next(CALL.calls)
    parent: Any = serializer_field.parent
    put_off = getattr(parent, "__dict__", {}).get(_PUT_OFF)
    if put_off is not None and len(serializer_field.source_attrs) == 1 and trust.is_own(type(self), *_ASKING):
        model = parent.Meta.model
        table = _table(model, serializer_field.source_attrs[0]) if self.lookup == "exact" else ""
        if table and self.queryset.model is model and _decides(self.queryset):
            put_off.add(table)
            return
    CALL.original(self, value, serializer_field)


def _decides(queryset: QuerySet[Any] | BaseManager[Any]) -> bool:
    """Whether the INSERT will meet the rows that `queryset` asks for, and leave the session as it is when refused."""
    if database_path.has_routers() or queryset.db != DEFAULT_DB_ALIAS:
        return False
    connection = connections[DEFAULT_DB_ALIAS]
    return not connection.in_atomic_block and connection.get_autocommit()


@functools.lru_cache(maxsize=1024)
def _is_named(serializer: type) -> bool:
    return issubclass(serializer, ModelSerializer) and path_of(serializer) in serializers()


@functools.lru_cache(maxsize=1024)
def _table(model: type[Model], name: str) -> str:
    """The table whose own unique constraint refuses a value of the field that is taken; empty when none does."""
    found = next((one for one in model._meta.concrete_fields if one.name == name), None)
    return str(found.model._meta.db_table) if found and found.unique else ""


CALL: Final = Replacement(UniqueValidator, "__call__", call, "d116f4e5de58", "bbc43e253641")
CREATE: Final = Replacement(CreateModelMixin, "create", create, "2a560b416838")
REPLACEMENTS: Final = (CALL, CREATE)


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each view that creates by a serializer which is named."""
    found = (cls for cls in views(project) if issubclass(cls, CreateModelMixin) and _is_named(_serializer_of(cls)))
    yield from judged("views with a named serializer", found, _objection)


def _serializer_of(view: type[Any]) -> Any:
    return getattr(view, "serializer_class", None) or Serializer


def _objection(view: type[Any]) -> str | None:
    return None if view.create is CreateModelMixin.create else overriding(view, "create")


def objections() -> Iterator[str]:
    """Why validators ask first at this moment."""
    if database_path.has_routers():
        chosen = ", ".join(path_of(type(one)) for one in router.routers) or path_of(type(router))
        yield f"off everywhere: the database is chosen by {chosen}."
    yield from in_transactions()


def after_install() -> None:
    """Read the setting anew."""
    _is_named.cache_clear()
