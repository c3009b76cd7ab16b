"""Twelve projects with 600 texts, half of which a person has labelled."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework.authtoken.models import Token

from ._models import model

_CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text">'
    '<Choice value="good"/><Choice value="bad"/></Choices></View>'
)


@transaction.atomic
def fill() -> dict[str, Any]:
    """The token of the person who owns everything."""
    users = model("users.User")
    organizations = model("organizations.Organization")
    projects = model("projects.Project")
    tasks = model("tasks.Task")
    annotations = model("tasks.Annotation")
    user = users.objects.create_user(email="measurer@example.com", password="secret")
    organization = organizations.create_organization(created_by=user, title="Measuring")
    user.active_organization = organization
    user.save()
    for number in range(12):
        project = projects.objects.create(
            title=f"Moods {number}", label_config=_CONFIG, created_by=user, organization=organization
        )
        for one in range(50):
            task = tasks.objects.create(data={"text": f"Text {one} of project {number}"}, project=project)
            if one % 2:
                result = [
                    {
                        "from_name": "mood",
                        "to_name": "text",
                        "type": "choices",
                        "value": {"choices": ["good" if one % 3 else "bad"]},
                    }
                ]
                annotation = annotations.objects.create(
                    task=task, project=project, completed_by=user, result=result, lead_time=one
                )
    token, _ = Token.objects.get_or_create(user=user)
    return {
        "headers": {"Authorization": f"Token {token.key}"},
        "project": project.pk,
        "task": annotation.task_id,
        "annotation": annotation.pk,
    }
