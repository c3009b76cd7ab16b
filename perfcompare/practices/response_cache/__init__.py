"""The response cache of drf-extensions: `cache_response` around the methods of DRF's views."""

from __future__ import annotations

from perfcompare.core.limits import CACHE_SECONDS
from perfcompare.core.practice import Practice, with_views_of
from perfcompare.core.setting import Settings


def _settings(settings: Settings) -> None:
    settings["STACK_URLCONF"] = "perfcompare.practices.response_cache.urls"


PRACTICE = Practice(
    label="drf-extensions' cache_response",
    changes=f"The rendered answer of a view's method is kept in Redis for {CACHE_SECONDS} s, under a key that the "
    "project composes of parts of the request. Authentication, permissions and throttling come before it.",
    costs=f"For {CACHE_SECONDS} s nobody sees a write, unless the key holds something that a write changes. The "
    "default key holds no query parameter.",
    source="https://chibisov.github.io/drf-extensions/docs/#caching",
    lines=("pip install drf-extensions", f"@cache_response({CACHE_SECONDS}, key_func=Key())  # on the method get"),
    settings=_settings,
    scenarios=frozenset({"user_detail", "user_list", "dashboard", "cached_users"}),
    fits=with_views_of("perfcompare.stacks.drf.urls"),
    packages=("drf-extensions",),
)
