"""Django's tests of forms of models, of serializers and of fixtures."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("fixtures", "fixtures_model_package", "fixtures_regress", "generic_inline_admin", "inline_formsets"),
    *("forms_tests", "model_forms", "model_formsets", "model_formsets_regress", "serializers"),
    expects=("compiled_queries", "compiled_writes"),
)
