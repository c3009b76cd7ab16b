"""The forms of a ministry, which the package brings as a fixture."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management import call_command


def fill() -> dict[str, Any]:
    """No login: reading is free."""
    call_command("loaddata", "partisipa_formkit_data", verbosity=0)
    nodes: Any = apps.get_model("formkit_ninja", "FormKitSchemaNode")
    schemas: Any = apps.get_model("formkit_ninja", "FormKitSchema")
    children: Any = apps.get_model("formkit_ninja", "NodeChildren")
    changes = nodes.objects.exclude(track_change=None).order_by("track_change").values_list("track_change", flat=True)
    parent = children.objects.order_by("pk").first()
    schema = schemas.objects.exclude(label=None).order_by("label").first()
    return {
        "late_change": changes[len(changes) * 9 // 10],
        "schema": schema.pk,
        "label": schema.label,
        "node": parent.parent_id,
        "leaf": parent.child_id,
    }
