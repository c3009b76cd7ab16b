"""A list that counts and slices by itself, to show what DRF's pagination costs.

Every DRF stack paginates as the published comparison configures it (LimitOffsetPagination, 100 a page). So this
practice takes the class away, and leaves the answer as it is.
"""

from __future__ import annotations

from perfcompare.core.practice import Practice, with_views_of
from perfcompare.core.setting import Settings


def _settings(settings: Settings) -> None:
    settings["STACK_URLCONF"] = "perfcompare.practices.own_pages.urls"


PRACTICE = Practice(
    label="pages by hand",
    changes="The view counts and slices by itself. DRF's pagination class is not there.",
    costs="Each list needs this code, and its OpenAPI document does not know the parameters.",
    source="https://www.django-rest-framework.org/api-guide/pagination/",
    lines=("pagination_class = None", "rows = self.get_queryset()[offset : offset + limit]  # in the method list"),
    settings=_settings,
    scenarios=frozenset({"user_list"}),
    fits=with_views_of("perfcompare.stacks.drf.urls"),
)
