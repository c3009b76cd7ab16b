"""What generated code takes from DRF's classes, which has to be DRF's own when the code is used."""

from __future__ import annotations

from typing import Final

from rest_framework import fields, relations, serializers

from perfcompare.levers._replacing import Unpatched
from perfcompare.levers.compiled_serializers import attributes, nodes, trees

_SHOWN: Final = (
    *(fields.BooleanField, fields.IntegerField, fields.FloatField, fields.ReadOnlyField),
    *(fields.DateField, fields.UUIDField, fields.JSONField, fields.SerializerMethodField),
    *([fields.BigIntegerField] if hasattr(fields, "BigIntegerField") else []),  # since DRF 3.17
)


def forget() -> None:
    """Generate everything anew."""
    trees.forget()
    nodes.forget()


METHODS: Final = Unpatched(
    {
        **dict.fromkeys(_SHOWN, "to_representation"),
        fields.Field: "__init__ __deepcopy__ bind get_attribute get_value get_default run_validation "
        "validate_empty_values run_validators",
        fields.BooleanField: "to_representation to_internal_value",
        fields.IntegerField: "to_representation to_internal_value",
        fields.FloatField: "to_representation to_internal_value",
        fields.CharField: "to_representation to_internal_value run_validation",
        fields.DateTimeField: "to_representation enforce_timezone default_timezone",
        fields.DecimalField: "to_representation quantize",
        fields.ListField: "to_internal_value run_child_validation get_value",
        relations.RelatedField: "get_attribute use_pk_only_optimization",
        relations.PrimaryKeyRelatedField: "to_representation use_pk_only_optimization",
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
