"""JSON as the only form of answers."""

from __future__ import annotations

from typing import Final

from perfcompare.core.setting import Loss, Setting, Settings


def _json_only(settings: Settings) -> None:
    name = "rest_framework.renderers.JSONRenderer"
    given = settings.get("REST_FRAMEWORK", {})
    settings["REST_FRAMEWORK"] = {**given, "DEFAULT_RENDERER_CLASSES": [name]}


CHANGE: Final = Setting(
    label="JSON only",
    changes="DRF answers with JSON only: it has nothing to choose from.",
    costs="The browsable API is gone. A client that accepts only HTML gets a 406. With AcceptHeaderVersioning, answers "
    "still depend on Accept: name it in Vary yourself.",
    source="https://www.django-rest-framework.org/api-guide/renderers/#setting-the-renderers",
    lines=('REST_FRAMEWORK["DEFAULT_RENDERER_CLASSES"] = ["rest_framework.renderers.JSONRenderer"]',),
    settings=_json_only,
    loses=(
        Loss(
            header="vary",
            words=("accept",),
            why="There is one form of each answer, so only a version of the API can depend on the request's Accept.",
        ),
    ),
)
