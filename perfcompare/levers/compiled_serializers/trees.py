"""The fields of a serializer class: built once by DRF, then copied for each serializer.

A class is left to DRF when anything that decides about its fields is not the library's own, or reads what may change:
choices or limits that a function computes. Otherwise the fields depend on the class, its Meta and the language in
which their texts were put together, so there is one tree for each of these.

A class with a `fields` of its own, such as one that takes those away which a request did not ask for, gets copies of
the same fields from `super().fields`. Only the serializer itself then knows which of them it shows.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Model
from django.utils.translation import get_language
from rest_framework.fields import Field
from rest_framework.serializers import ModelSerializer, Serializer
from rest_framework.utils.serializer_helpers import BindingDict

from perfcompare.levers._drf import trust
from perfcompare.levers._replacing import MISSING, Attribute, Comparison, comparison, is_constant, overriding
from perfcompare.levers.compiled_serializers.clones import Make, cloner
from perfcompare.levers.compiled_serializers.validation_code import EARLY

try:
    from django.utils.choices import CallableChoiceIterator
except ImportError:  # before Django 5.0 there are no choices that a function computes
    CallableChoiceIterator = ()  # type: ignore[assignment,misc]

BUILDING: Final = (
    *("get_fields", "get_field_names", "get_default_field_names", "build_field"),
    *("build_standard_field", "build_relational_field", "build_nested_field", "build_property_field"),
    *("build_url_field", "build_unknown_field", "include_extra_kwargs", "get_extra_kwargs"),
    "get_uniqueness_extra_kwargs",
)
"""What makes the fields of a ModelSerializer."""
_DECIDING: Final = (
    *BUILDING,
    *("_readable_fields", "_get_model_fields", "get_unique_together_constraints", "__getattribute__", "__getattr__"),
)
_METHODS: Final = tuple(
    dict.fromkeys(
        (
            *(*_DECIDING, "fields", "_readable_fields", "_writable_fields", "set_value", "_read_only_defaults", "root"),
            *("serializer_field_mapping", "serializer_related_field", "serializer_related_to_field"),
            *("serializer_url_field", "serializer_choice_field", "url_field_name"),
        )
    )
)
"""What code is generated from, or goes past, for a serializer."""
_OF_FIELDS: Final = (
    *("__init__", "__new__", "__deepcopy__", "__setattr__", "__getattribute__", "bind", "fail", "root", "context"),
    *("get_attribute", "get_value", "get_default", "get_validators", "validators", "validate_empty_values"),
    *("run_validation", "run_validators", "run_child_validation", "to_internal_value", "to_representation"),
    *("ato_representation", "aget_attribute", "use_pk_only_optimization", "quantize", "enforce_timezone"),
    *("default_timezone", "_lower_if_str", "default_error_messages", "initial"),
)
"""What it goes past of a class of fields that is not DRF's."""
_OF_COLUMNS: Final = (
    *("_choices", "max_length", "max_digits", "decimal_places", "null", "blank", "_unique", "default", "editable"),
    *("help_text", "verbose_name"),
)
"""What DRF makes the field of a serializer of, as far as a field of a model has it of its own."""
_META: Final = ("model", "fields", "exclude", "depth", "extra_kwargs", "read_only_fields")
_CACHE: Final = "_compiled_serializers"

AnySerializer = Serializer[Any]
_generation = 0


@dataclass(kw_only=True, eq=False)
class Tree:
    """The template of a class's fields."""

    signature: tuple[Any, ...]
    methods: Comparison
    """Whether its class still has the methods that it was made with."""
    generation: int
    template: dict[str, Any] | None
    """The fields, bound to a parent that is gone; None when each serializer must build its own."""
    shown: dict[str, Any] | None
    """The same; None when only the serializer itself knows which fields it has."""
    is_readable: bool
    """Whether a serializer shows those of its fields that are not write-only, and no others."""
    makers: list[tuple[str, Make]] = field(default_factory=list)
    node: Any = None
    """What `nodes` keeps here."""
    is_compiled: bool = False
    """Whether `validation` has been here."""
    accept: Any = None
    """What it keeps here; None when input is DRF's business."""
    read_only_defaults: bool = True
    """Whether a field that is not written may have a value for the serializer's validators."""


def forget() -> None:
    """Build every tree anew at its next use, since settings changed."""
    global _generation
    _generation += 1


def tree_of(serializer: AnySerializer, language: str | None = None) -> Tree:
    """The tree of the class of `serializer`, from its cache when nothing has changed since.

    Only who looks at the texts of the fields of a model needs to name the `language`.
    """
    cls = type(serializer)
    signature = _signature(cls)
    trees = cls.__dict__.get(_CACHE)
    if trees is None:
        trees = {}
        setattr(cls, _CACHE, trees)
    tree: Tree | None = trees.get(language)
    if tree is None or tree.generation != _generation or tree.signature != signature or not tree.methods.holds():
        tree = trees[language] = _built(serializer, signature)
    return tree


def tree_with_texts_of(serializer: AnySerializer) -> Tree:
    """The tree whose fields have the texts of the current language."""
    # Texts made from a model's names are put together at once; declared fields keep theirs as lazy ones.
    return tree_of(serializer, get_language() if isinstance(serializer, ModelSerializer) else None)


def objection(cls: type[AnySerializer]) -> str | None:
    """Why each serializer of `cls` makes its own fields: the end of a sentence."""
    said = next((trust.objection(cls, name) for name in _DECIDING if not _is_settled(cls, name)), None)
    model = getattr(getattr(cls, "Meta", None), "model", None)
    if said is None and (computed := _computed(model)) is not None:
        said = f"{computed} has choices or limits that a function computes"
    return said


def fields_of(serializer: AnySerializer) -> BindingDict | None:
    """The bound fields of `serializer`; None when DRF must make them."""
    tree = tree_with_texts_of(serializer)
    if tree.template is None:
        return None
    fields = BindingDict(serializer)
    early = vars(serializer).pop(EARLY, {})
    fields.fields = {name: early[name] if name in early else make(serializer) for name, make in tree.makers}
    return fields


def choosing(cls: type[AnySerializer]) -> str | None:
    """Why only a serializer itself knows which of its class's fields it has: the end of a sentence."""
    return trust.objection(cls, "fields")


def _is_settled(cls: type, name: str) -> bool:
    """Whether what `cls` has under that name is a library's, or says the same whenever it is asked."""
    return trust.is_own(cls, name) or is_constant(getattr(cls, name))


def _signature(cls: type[AnySerializer]) -> tuple[Any, ...]:
    meta = getattr(cls, "Meta", None)
    declared = cls._declared_fields
    return (declared,) if meta is None else (declared, meta, *[getattr(meta, name, None) for name in _META])


def _kept(value: object) -> object:
    """`value` as it is now: somebody may put something into a list or a dictionary later."""
    if isinstance(value, dict):
        return {name: _kept(one) for name, one in value.items()}
    return [*value] if isinstance(value, list) else value


def hiding(cls: type[AnySerializer]) -> str | None:
    """Why nobody knows which fields a serializer of `cls` shows: the end of a sentence."""
    # A property may put the fields together anew whenever they are asked for.
    is_kept = not hasattr(type(inspect.getattr_static(cls, "fields", None)), "__set__")
    return trust.objection(cls, "_readable_fields") if is_kept else overriding(cls, "fields")


def _built(serializer: AnySerializer, signature: tuple[Any, ...]) -> Tree:
    cls = type(serializer)
    kept = tuple(map(_kept, signature))
    methods = comparison(_passed(cls))
    tree = Tree(signature=kept, methods=methods, generation=_generation, template=None, shown=None, is_readable=False)
    tree.is_readable = hiding(cls) is None
    if objection(cls) is not None:
        return tree
    template = serializer.get_fields()
    for name, one in template.items():
        one.bind(name, serializer)
    makers = [(name, cloner(one) or _constructor(cls, name)) for name, one in template.items()]
    for one in template.values():
        one.parent = None  # type: ignore[assignment] # as before bind()
    tree.methods = comparison(_passed(cls, (*template.values(), *cls._declared_fields.values())))
    if all(maker for _, maker in makers):
        tree.template = template
        tree.shown = None if choosing(cls) else template
        tree.makers = [(name, maker) for name, maker in makers if maker is not None]
    return tree


def _passed(cls: type[AnySerializer], fields: Iterable[Any] = ()) -> Iterator[Attribute]:
    """What code for a serializer goes past, of its class and of those of its fields that a project has written."""
    yield from ((cls, name, getattr(cls, name, MISSING)) for name in _METHODS)
    model = getattr(getattr(cls, "Meta", None), "model", None)
    for column in model._meta.concrete_fields if model is not None and issubclass(cls, ModelSerializer) else ():
        own = vars(column)
        yield from ((column, name, own[name]) for name in _OF_COLUMNS if name in own)
    found = (type(one) for field in fields for one in (field, getattr(field, "child", None)))
    for own in dict.fromkeys(found):
        if issubclass(own, Field) and not own.__module__.startswith("rest_framework."):
            yield from ((own, name, getattr(own, name, MISSING)) for name in _OF_FIELDS)


def _constructor(cls: type[AnySerializer], name: str) -> Make | None:
    """For a declared field that no copy of its state can stand for: what DRF does."""
    declared = cls._declared_fields.get(name)
    if declared is None:
        return None

    def construct(parent: AnySerializer) -> Any:
        made = copy.deepcopy(declared)
        made.bind(name, parent)
        return made

    return construct


def _computed(model: type[Model] | None) -> Any:
    """A field of `model` with choices or limits that are computed whenever a serializer field is made, if any has."""
    fields = model._meta.get_fields() if model is not None else ()
    return next(
        (
            one
            for one in fields
            if isinstance(getattr(one, "choices", None), CallableChoiceIterator)
            or callable(getattr(getattr(one, "remote_field", None), "limit_choices_to", None))
        ),
        None,
    )
