"""Serializer.to_internal_value by compiled code, and validators that are not there without a look at every field."""

from __future__ import annotations

from typing import Any, Final

from rest_framework.fields import empty
from rest_framework.serializers import Serializer

from perfcompare.levers._drf import trust
from perfcompare.levers._replacing import Replacement
from perfcompare.levers.compiled_serializers import trees
from perfcompare.levers.compiled_serializers.premises import METHODS
from perfcompare.levers.compiled_serializers.validation_code import accept_for

_DECIDING: Final = ("_writable_fields", "_read_only_defaults", "set_value", "root", "__getattr__", "__getattribute__")


def to_internal_value(self: Serializer[Any], data: object) -> Any:
    """The validated `data`, or ValidationError: Serializer.to_internal_value."""
    next(ACCEPT.calls)
    if type(data) is dict and "fields" not in vars(self) and METHODS.holds():
        tree = _tree(self)
        if tree.accept is not None:
            return tree.accept(self, data)
    return ACCEPT.original(self, data)


def run_validators(self: Serializer[Any], value: object) -> None:
    """Ask the validators of the serializer, if it has any: Serializer.run_validators."""
    next(VALIDATE.calls)
    if "fields" in vars(self) or self.validators or not METHODS.holds() or _tree(self).read_only_defaults:
        VALIDATE.original(self, value)


def objection(cls: type[Serializer[Any]]) -> str | None:
    """Why the input of a serializer of `cls` is DRF's business: the end of a sentence."""
    return trees.choosing(cls) or trees.objection(cls) or trust.objection(cls, *_DECIDING)


def _tree(serializer: Serializer[Any]) -> trees.Tree:
    tree = trees.tree_with_texts_of(serializer)
    if not tree.is_compiled:
        _compile(tree, type(serializer))
    return tree


def _compile(tree: trees.Tree, cls: type[Serializer[Any]]) -> None:
    template = tree.template
    if template is not None and objection(cls) is None:
        tree.read_only_defaults = any(one.read_only and one.default is not empty for one in template.values())
        tree.accept = accept_for(template, dict(tree.makers))
    tree.is_compiled = True


ACCEPT: Final = Replacement(Serializer, "to_internal_value", to_internal_value, "8785b13ce906")
VALIDATE: Final = Replacement(Serializer, "run_validators", run_validators, "1c9ef5d46ff0")
REPLACEMENTS: Final = (ACCEPT, VALIDATE)
