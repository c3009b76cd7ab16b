"""A Response that is gone when it has been sent, instead of when the garbage collector finds it.

DRF's views keep their response (`APIView.dispatch`), which keeps the view in its renderer context, and itself too
(`Response.rendered_content`). So the data of each answer, and with it serializers, QuerySets and instances, hang in a
reference cycle. Here the two references back are dropped when the content is there: DRF itself only needs them until
then.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

from rest_framework.response import Response

from perfcompare.levers._replacing import Replacement


class _Rendered(Protocol):
    """A Response that a view has finished."""

    renderer_context: dict[str, Any]


def _rendered_content(self: _Rendered) -> Any:
    """As Response.rendered_content; view and renderer context do not know the response any more."""
    next(CONTENT.calls)
    content = CONTENT.inner(self)
    context = self.renderer_context
    if context.get("response") is self:
        del context["response"]
    view: Any = context.get("view")
    if getattr(view, "response", None) is self:
        del view.response
    return content


CONTENT: Final = Replacement(
    *(Response, "rendered_content", _rendered_content),
    *("5af809a905ac", "05127f0b29f7", "2012c7df29ab"),
)
REPLACEMENTS: Final = (CONTENT,)
