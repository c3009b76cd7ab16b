"""What generated code takes from DRF's classes, which has to be DRF's own when the code is used."""

from __future__ import annotations

from typing import Final

from rest_framework import fields, relations, serializers

from perfcompare.levers._replacing import Unpatched
from perfcompare.levers.compiled_serializers import attributes, nodes, trees
from perfcompare.levers.compiled_serializers.plain import TESTS

_FIELDS: Final = (
    *(
        one
        for module in (fields, relations)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, fields.Field)
    ),
    serializers.ListSerializer,
)
_OF_EACH: Final = (
    "__init__ __new__ __deepcopy__ bind get_attribute get_value get_default run_validation validate_empty_values "
    "run_validators get_validators validators root context fail"
)
"""Of each class of fields, since one may get a method of its own in the place of an inherited one."""
_SHOWN: Final = (
    *(fields.BooleanField, fields.IntegerField, fields.FloatField, fields.ReadOnlyField),
    *(fields.DateField, fields.UUIDField, fields.JSONField, fields.SerializerMethodField),
    *([fields.BigIntegerField] if hasattr(fields, "BigIntegerField") else []),  # since DRF 3.17
)
_OF_SOME: Final[dict[type, str]] = {
    **dict.fromkeys(_SHOWN, "to_representation"),
    fields.BooleanField: "to_representation to_internal_value",
    fields.IntegerField: "to_representation to_internal_value",
    fields.FloatField: "to_representation to_internal_value",
    fields.CharField: "to_representation to_internal_value",
    fields.DateTimeField: "to_representation enforce_timezone default_timezone",
    fields.DecimalField: "to_representation quantize",
    fields.ListField: "to_internal_value run_child_validation",
    relations.RelatedField: "use_pk_only_optimization",
    relations.PrimaryKeyRelatedField: "to_representation use_pk_only_optimization",
}


def forget() -> None:
    """Generate everything anew."""
    trees.forget()
    nodes.forget()


METHODS: Final = Unpatched(
    {
        **dict.fromkeys(TESTS, "__call__ clean compare"),
        **{one: f"{_OF_EACH} {_OF_SOME.get(one, '')}" for one in _FIELDS},
        serializers.Serializer: "get_fields _readable_fields _writable_fields set_value _read_only_defaults",
        serializers.ModelSerializer: " ".join(trees.BUILDING),
        # What is read from where Django keeps it.
        **dict.fromkeys(attributes.KNOWN, "__get__"),
        # What these methods call by names of their modules.
        fields: "get_attribute is_simple_callable get_error_detail valid_datetime localize_input html timezone copy "
        "decimal SkipField ValidationError ObjectDoesNotExist",
        relations: "get_attribute is_simple_callable PKOnlyObject",
        serializers: "get_error_detail model_meta models copy PKOnlyObject SkipField ValidationError",
    },
    forget,
)
