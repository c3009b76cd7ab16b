"""All that the levers replace: with the tested versions everything is known, and nothing can be told apart."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
from rest_framework.mixins import CreateModelMixin
from rest_framework.validators import UniqueValidator

from perfcompare import levers
from perfcompare.levers._replacing import Installation, Replacement
from perfcompare.levers._replacing.codes import functions_of
from tests.perfcompare.levers.installed import installed

FOLDER: Final = Path(levers.__file__).parent
INSTALLATIONS: Final[dict[str, Installation]] = {
    path.parent.name: importlib.import_module(f"perfcompare.levers.{path.parent.name}.install").INSTALLATION
    for path in sorted(FOLDER.glob("*/install.py"))
}
WORDS: Final = ("__name__", "__qualname__", "__module__", "__doc__")

ALLOWED: Final = {
    # A class of this package gets methods that Python looks up on the class.
    ("_orm/dictionaries.py", "setattr(cls, name, _preceded(getattr(dict, name), act))"),
    ("_orm/relatives.py", "setattr(Relatives, _name, _for_one(_name))"),
    ("cached_bytes/values.py", "setattr(FinishedMapping, _name, _reading(_name))"),
    # A cache under a name of its own, which goes with the class.
    ("compiled_serializers/construction.py", "setattr(cls, _CACHE, (shared, state['error_messages'].copy()))"),
    ("compiled_serializers/trees.py", "setattr(cls, _CACHE, trees)"),
    # Attributes of an instance.
    ("_orm/plans.py", "setattr(one, name, owner)"),
    ("_orm/related.py", "setattr(queryset, kind, groups[key])"),
    ("native_async/creation.py", "setattr(instance, meta.pk.attname, meta.pk.get_pk_value_on_save(instance))"),
    ("native_async/creation.py", "setattr(instance, field.attname, value)"),
    ("native_async/inserts.py", "setattr(instance, attribute, value)"),
    # The state of a thread or a context, which the library itself sets in the same way.
    (
        "lean_asgi/handler.py",
        "AsyncToSync.executors.current = before.run(getattr, AsyncToSync.executors, 'current', None)",
    ),
    ("lean_asgi/handler.py", "SyncToAsync.context_to_thread_executor[context] = warm_threads.CurrentLane()"),
}
"""Assignments outside of `_replacing` that only look like a replacement."""


def _assignments(tree: ast.Module) -> Iterator[str]:
    """Statements that may set or delete an attribute of something that the module has imported from elsewhere."""
    foreign = {
        (name.asname or name.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and not (isinstance(node, ast.ImportFrom) and str(node.module).startswith("perfcompare.levers"))
        for name in node.names
    }
    for named in tree.body:  # other names for the same
        if isinstance(named, ast.AnnAssign) and isinstance(named.target, ast.Name) and _root(named.value) in foreign:
            foreign.add(named.target.id)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in (
            *("setattr", "delattr", "__setattr__", "__delattr__", "update_wrapper"),
        ):
            yield ast.unparse(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete)):
            targets = node.targets if isinstance(node, (ast.Assign, ast.Delete)) else [node.target]
            parts = [one for target in targets for one in ast.walk(target)]
            if any(isinstance(one, ast.Attribute) and _root(one) in foreign for one in parts):
                yield ast.unparse(node)


def _root(node: ast.expr | None) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def test_no_lever_assigns_to_another_packages_class_by_itself() -> None:
    found = {
        (str(path.relative_to(FOLDER)), statement)
        for path in FOLDER.rglob("*.py")
        if path.relative_to(FOLDER).parts[0] != "_replacing"
        for statement in _assignments(ast.parse(path.read_text()))
    }
    assert found == ALLOWED


@pytest.mark.parametrize(
    "statement",
    [
        "from django.db.models import QuerySet\nQuerySet.get = None",
        "from django.db.models import QuerySet\ndef f():\n    del QuerySet.get",
        "import adrf.generics\nadrf.generics.hop = None",
        "from adrf import generics\na, generics.hop = 1, 2",
        "from rest_framework.fields import Field\nfield: Final = Field\nfield.counter += 1",
        "for owner, name, new in REPLACED:\n    setattr(owner, name, new)",
        "type.__setattr__(owner, name, new)",
    ],
)
def test_an_assignment_is_found(statement: str) -> None:
    assert list(_assignments(ast.parse(statement)))


def _together(names: Sequence[str]) -> ExitStack:
    stack = ExitStack()
    for name in names:
        stack.enter_context(installed(INSTALLATIONS[name]))
    return stack


@pytest.mark.parametrize("order", [sorted(INSTALLATIONS), sorted(INSTALLATIONS, reverse=True)], ids=["first", "last"])
def test_every_part_is_active_with_the_tested_versions(order: Sequence[str]) -> None:
    before: dict[Replacement, Any] = {}
    with _together(order):
        for name in order:
            for part in INSTALLATIONS[name].parts.values():
                assert (name, part.name, part.is_active, part.reasons) == (name, part.name, True, ())
                before |= dict.fromkeys(part.replacements)
    assert before
    for one in before:
        assert not one.is_active
        assert one.refusal() is None


@pytest.mark.parametrize("name", INSTALLATIONS)
def test_what_is_replaced_looks_like_the_original(name: str) -> None:
    with installed(INSTALLATIONS[name]):
        replaced = [one for part in INSTALLATIONS[name].parts.values() for one in part.replacements]
        for one in replaced:
            for new, original in zip(functions_of(one.value), functions_of(one._found), strict=True):
                assert [getattr(new, word) for word in WORDS] == [getattr(original, word) for word in WORDS]
                assert inspect.signature(new) == inspect.signature(original)
            if functions_of(one._found):
                assert type(one.value) is type(one._found)
                assert one.value.__doc__ == one._found.__doc__


@pytest.mark.parametrize("order", [("insert_first", "compiled_writes"), ("compiled_writes", "insert_first")])
@pytest.mark.parametrize("goes", [0, 1])
def test_two_levers_on_one_method_come_and_go_in_any_order(order: tuple[str, str], goes: int) -> None:
    stock, create = UniqueValidator.__call__, CreateModelMixin.create
    for name in order:
        INSTALLATIONS[name].install()
    INSTALLATIONS[order[goes]].uninstall()
    assert all(part.is_active for part in INSTALLATIONS[order[1 - goes]].parts.values())
    assert UniqueValidator.__call__ is not stock
    INSTALLATIONS[order[1 - goes]].uninstall()

    assert UniqueValidator.__call__ is stock
    assert CreateModelMixin.create is create
