"""Django's `cache_page` around views of DRF, as DRF's documentation shows it."""

from __future__ import annotations

from perfcompare.core.limits import CACHE_SECONDS
from perfcompare.core.practice import Practice, with_views_of
from perfcompare.core.setting import Settings


def _settings(settings: Settings) -> None:
    settings["STACK_URLCONF"] = "perfcompare.practices.cache_page.urls"


PRACTICE = Practice(
    label="cache_page",
    changes=f"Django keeps the whole answer to each URL in Redis for {CACHE_SECONDS} s. A request that finds one there "
    "reaches no view.",
    costs=f"For {CACHE_SECONDS} s nobody sees a write. Authentication and throttling do not see the request either, so "
    "an answer that depends on who asks needs vary_on_headers.",
    source="https://www.django-rest-framework.org/api-guide/caching/",
    lines=(f'path("users", cache_page({CACHE_SECONDS})(UserListView.as_view()))',),
    settings=_settings,
    scenarios=frozenset({"user_detail", "user_list", "dashboard", "cached_users"}),
    fits=with_views_of("perfcompare.stacks.drf.urls"),
)
