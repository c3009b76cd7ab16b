"""The fields of a ministry's forms, which the package brings as a fixture, in five forms."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command

from ._models import model

_FORMS = 5
_GROUPS = 6


def fill() -> dict[str, Any]:
    """No login: reading is free."""
    call_command("loaddata", "partisipa_formkit_data", verbosity=0)
    nodes = model("formkit_ninja.FormKitSchemaNode")
    schemas = model("formkit_ninja.FormKitSchema")
    components = model("formkit_ninja.FormComponents")
    labels = model("formkit_ninja.SchemaLabel")
    children = model("formkit_ninja.NodeChildren")
    # The fixture is older than the package's models of some fields; a list of nodes that has one is no answer at all.
    nodes.objects.filter(pk__in=[one.pk for one in nodes.objects.all() if not _valid(one)]).delete()
    inner = set(children.objects.values_list("child_id", flat=True))
    outer = set(children.objects.values_list("parent_id", flat=True)) - inner
    groups = list(nodes.objects.filter(pk__in=outer, is_active=True).order_by("pk"))
    for number in range(_FORMS):
        schema = schemas.objects.create(label=f"form-{number}")
        for language in ("en", "tet", "pt"):
            labels.objects.create(schema=schema, lang=language, label=f"Form {number}")
        for order, group in enumerate(groups[number * _GROUPS : (number + 1) * _GROUPS]):
            components.objects.create(schema=schema, node=group, order=order, label=str(group)[:80])
    changes = nodes.objects.exclude(track_change=None).order_by("track_change").values_list("track_change", flat=True)
    child = children.objects.filter(parent=groups[0]).first()
    return {
        "late_change": changes[len(changes) * 9 // 10],
        "schema": schema.pk,
        "label": schema.label,
        "node": groups[0].pk,
        "leaf": child.child_id,
    }


def _valid(node: Any) -> bool:
    try:
        node.get_node()
    except ValueError:
        return False
    return True
