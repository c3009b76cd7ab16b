"""What is a library's own, whatever it says about itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model, QuerySet

from perfcompare.levers._replacing import is_own_attribute


class OfC:
    """Stands for a proxy of C code, as those of wrapt: it says that it is the function, and has no module."""

    __module__ = "builtins"

    def __init__(self, wrapped: Any) -> None:
        self.__wrapped__ = wrapped

    def __call__(self, *args: Any) -> Any:
        return self.__wrapped__(*args)


class Descriptor:
    def __get__(self, instance: object, owner: type) -> None: ...


PK: Any = vars(Model)["pk"]


@pytest.mark.parametrize(
    "attribute",
    [
        OfC(QuerySet.get), property(OfC(PK.fget)), property(PK.fget, OfC(PK.fset)), classmethod(OfC(QuerySet.get)),
        staticmethod(OfC(QuerySet.get)), Descriptor(),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_what_others_have_put_there_is_not(attribute: object) -> None:
    assert not is_own_attribute(attribute)


@pytest.mark.parametrize(
    "attribute",
    [
        QuerySet.get, PK, vars(Model)["from_db"], Model.from_db, object.__getattribute__, len, str.join, int, QuerySet,
        None, 5, "text", vars(QuerySet)["as_manager"], vars(object)["__class__"],
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_what_the_library_or_python_has_written_is(attribute: object) -> None:
    assert is_own_attribute(attribute)
