"""Django's tests of models and their fields."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("composite_pk", "custom_columns", "custom_methods", "custom_pk", "datatypes", "field_subclassing"),
    *("model_enums", "model_fields", "model_inheritance", "model_inheritance_regress", "model_meta", "model_options"),
    *("model_package", "model_regress", "model_utils", "proxy_model_inheritance", "proxy_models", "max_lengths"),
    *("absolute_url_overrides", "field_deconstruction", "invalid_models_tests", "dispatch", "apps"),
    expects=("compiled_queries", "compiled_writes"),
)
